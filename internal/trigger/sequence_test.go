package trigger_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/audit"
	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
	"waybill/internal/trigger"
)

func TestSequenceTakesInWhatTheRecordedEventBrings(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	log, lines := silent()
	sequence := trigger.Sequence{Sequencer: l.Sequencer(), Log: log}
	event := recorded[events.DynamoDBEvent](t, "sequence")
	for range 2 { // delivered twice
		if err := sequence.Handle(t.Context(), event); err != nil {
			t.Fatal(err)
		}
	}
	id := event.Records[0].Change.NewImage["sk"].String()
	leaf := event.Records[0].Change.NewImage["leaf"].Binary()
	proof, err := l.Prover().Prove(t.Context(), id)
	if err == nil {
		_, err = proof.Verify(leaf, l.Key())
	}
	if err != nil || proof.TreeSize != 1 {
		t.Errorf("%s in a ledger of %d: %v", id, proof.TreeSize, err)
	}
	organisation := event.Records[0].Change.NewImage["pk"].String()
	if entry, err := audit.Whole(organisation, leaf, nil); err != nil || entry.ID != id {
		t.Errorf("the recorded leaf is %+v, %v", entry, err)
	}
	var line struct{ Records, Leaves, Committed, Size *int }
	first, _, _ := strings.Cut(lines.String(), "\n")
	if err := json.Unmarshal([]byte(first), &line); err != nil || line.Records == nil || *line.Records != 1 || *line.Leaves != 1 || *line.Committed != 1 || *line.Size != 1 {
		t.Errorf("the line is %s, %v", first, err)
	}
}

// What is no leaf, and what no INSERT brought, is passed over; it stops nothing behind it.
func TestSequencePassesOverWhatIsNoLeaf(t *testing.T) {
	t.Parallel()
	record := func(name, image string) (r events.DynamoDBEventRecord) {
		r.EventName = name
		if err := json.Unmarshal([]byte(image), &r.Change.NewImage); err != nil {
			t.Fatal(err)
		}
		return r
	}
	batch := events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{
		record("INSERT", `{"sk":{"S":"seal"}}`),
		record("MODIFY", `{"sk":{"S":"evt_1"},"leaf":{"B":"AAAA"}}`),
		record("REMOVE", `null`),
		record("INSERT", `{"sk":{"S":"evt_2"},"leaf":{"B":"AAAA"}}`),
	}}
	l := ledgertest.New()
	log, _ := silent()
	if err := (trigger.Sequence{Sequencer: l.Sequencer(), Log: log}).Handle(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if got := l.Ledgered(); len(got) != 1 || got[0] != "evt_2" {
		t.Errorf("the ledger has %v", got)
	}
}

// A batch that is not in as a whole is an error, so that Lambda delivers it again: a leaf given up would be a gap. The
// second delivery adds what the first did not.
func TestSequenceFailsWithItsBatch(t *testing.T) {
	t.Parallel()
	var batch events.DynamoDBEvent
	for n := range 2 * ledger.MostLeaves {
		var r events.DynamoDBEventRecord
		r.EventName = "INSERT"
		r.Change.NewImage = map[string]events.DynamoDBAttributeValue{
			"sk": events.NewStringAttribute(fmt.Sprintf("evt_%03d", n)), "leaf": events.NewBinaryAttribute([]byte{byte(n)}),
		}
		batch.Records = append(batch.Records, r)
	}
	l := ledgertest.New()
	log, lines := silent()
	sequence, appends := trigger.Sequence{Sequencer: l.Sequencer(), Log: log}, 0
	l.Decide(func(call string) ledgertest.Fate {
		if call == "Append" {
			appends++
		}
		if appends == 2 {
			return ledgertest.Lost
		}
		return ledgertest.Heard
	})
	if err := sequence.Handle(t.Context(), batch); !errors.Is(err, ledgertest.ErrFate) || !strings.Contains(lines.String(), `"level":"ERROR"`) {
		t.Errorf("got %v, and the line is %s", err, lines)
	}
	l.Decide(nil)
	if err := sequence.Handle(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	if err := l.Check(); err != nil || len(l.Ledgered()) != len(batch.Records) {
		t.Errorf("%d leaves of %d: %v", len(l.Ledgered()), len(batch.Records), err)
	}
}
