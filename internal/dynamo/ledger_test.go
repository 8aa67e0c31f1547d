package dynamo_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	lambda "github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/dynamo"
	"waybill/internal/fault"
	"waybill/internal/faultline"
	"waybill/internal/ledger"
	"waybill/internal/localaws/awstest"
)

// emptyLedger is a ledger's table of the test's own, and the line under it. It has the audit table's keys.
func emptyLedger(t *testing.T) (dynamo.Ledger, *faultline.Line) {
	t.Helper()
	cloud, line := awstest.Start(t), faultline.New()
	cfg := cloud.Config()
	line.Attach(&cfg)
	return dynamo.OpenLedger(cfg, cloud.Audit(t), func() time.Time { return noon }), line
}

// someLeaves are n from an index on, each of so many bytes.
func someLeaves(from, n, size int) (all []ledger.Leaf) {
	for i := from; i < from+n; i++ {
		all = append(all, ledger.Leaf{ID: fmt.Sprintf("evt_%026d", i), Data: bytes.Repeat([]byte{byte(i)}, size)})
	}
	return all
}

func ids(leaves []ledger.Leaf) (all []string) {
	for _, l := range leaves {
		all = append(all, l.ID)
	}
	return all
}

// state is all that a ledger's store can be asked.
type state struct {
	Head      ledger.Head
	Indices   map[string]int64
	Committed []ledger.Leaf
}

func stateOf(t *testing.T, l dynamo.Ledger, known ...string) (s state) {
	t.Helper()
	var err error
	s.Head, err = l.Head(t.Context())
	ok(t, err)
	s.Indices, err = l.Indices(t.Context(), known)
	ok(t, err)
	s.Committed, err = l.Committed(t.Context(), 0)
	ok(t, err)
	return s
}

func TestLeavesStandWhereTheyWereAppended(t *testing.T) {
	t.Parallel()
	l, _ := emptyLedger(t)
	all := someLeaves(0, 5, 40)
	same(t, stateOf(t, l, ids(all)...), state{Indices: map[string]int64{}}, nil)
	ok(t, l.Append(t.Context(), 0, all[:3]))
	ok(t, l.Append(t.Context(), 3, all[3:]))
	indices := map[string]int64{}
	for i, leaf := range all {
		indices[leaf.ID] = int64(i)
	}
	same(t, stateOf(t, l, append(ids(all), "evt_none")...), state{ledger.Head{Size: 5}, indices, all}, nil)
	rest, err := l.Committed(t.Context(), 3)
	same(t, rest, all[3:], err)
	none, err := l.Committed(t.Context(), 5)
	same(t, none, nil, err)
}

func TestAnAppendHappensAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	l, _ := emptyLedger(t)
	stand, fresh := someLeaves(0, 3, 40), someLeaves(10, 2, 40)
	ok(t, l.Append(t.Context(), 0, stand))
	before := stateOf(t, l, ids(append(stand, fresh...))...)
	for what, try := range map[string]struct {
		size   int64
		leaves []ledger.Leaf
	}{
		"the head is farther":       {2, fresh},
		"the head is not so far":    {4, fresh},
		"the ledger is not empty":   {0, fresh},
		"a leaf stands already":     {3, append(slices.Clone(fresh), stand[1])},
		"all of them stand already": {3, stand},
	} {
		if err := l.Append(t.Context(), try.size, try.leaves); err == nil {
			t.Errorf("%s: it was appended", what)
		} else {
			is(t, err, fault.Stale)
		}
		same(t, stateOf(t, l, ids(append(stand, fresh...))...), before, nil)
	}
}

func TestOfAppendsAtOnceOneHappens(t *testing.T) {
	t.Parallel()
	l, _ := emptyLedger(t)
	errs := make([]error, 6)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = l.Append(t.Context(), 0, someLeaves(10*i, 2, 40)) })
	}
	all.Wait()
	appended := 0
	for _, err := range errs {
		if err == nil {
			appended++
		} else {
			is(t, err, fault.Stale)
		}
	}
	if s := stateOf(t, l); appended != 1 || s.Head.Size != 2 || len(s.Committed) != 2 {
		t.Errorf("%d happened, and the ledger is %+v", appended, s)
	}
}

// The most that a sequencer appends at once: 98 leaves, or 300,000 bytes.
func TestATransactionTakesTheMost(t *testing.T) {
	t.Parallel()
	l, _ := emptyLedger(t)
	all := append(someLeaves(0, ledger.MostLeaves, 3060), someLeaves(200, 4, ledger.MostData)...)
	ok(t, l.Append(t.Context(), 0, all[:ledger.MostLeaves]))
	ok(t, l.Append(t.Context(), ledger.MostLeaves, all[ledger.MostLeaves:]))
	same(t, stateOf(t, l).Committed, all, nil)
	known, err := l.Indices(t.Context(), ids(all)[:100])
	ok(t, err)
	if len(known) != 100 {
		t.Errorf("%d of 100 stand", len(known))
	}
}

// One answer of DynamoDB's ends after 1 MB, between two batches.
func TestCommittedGoesOnWhereAnAnswerEnded(t *testing.T) {
	t.Parallel()
	l, _ := emptyLedger(t)
	all := someLeaves(0, 20, 60_000)
	for i := 0; i < len(all); i += 4 {
		ok(t, l.Append(t.Context(), int64(i), all[i:i+4]))
	}
	var read []ledger.Leaf
	answers := 0
	for len(read) < len(all) && answers < len(all) {
		more, err := l.Committed(t.Context(), int64(len(read)))
		ok(t, err)
		read, answers = append(read, more...), answers+1
	}
	same(t, read, all, nil)
	if answers != 2 {
		t.Errorf("%d answers to 1.2 MB", answers)
	}
}

// A batch that is not where it should be is an error: what follows it would get other indices.
func TestCommittedRefusesAGap(t *testing.T) {
	t.Parallel()
	l, _ := emptyLedger(t)
	ok(t, l.Append(t.Context(), 0, someLeaves(0, 3, 40)))
	ok(t, l.Append(t.Context(), 3, someLeaves(3, 3, 40)))
	for _, from := range []int64{1, 2} {
		if leaves, err := l.Committed(t.Context(), from); err == nil {
			t.Errorf("from %d on: %d leaves", from, len(leaves))
		}
	}
}

func TestWhatIsPublishedMovesOnce(t *testing.T) {
	t.Parallel()
	l, _ := emptyLedger(t)
	ok(t, l.Append(t.Context(), 0, someLeaves(0, 3, 40)))
	before := stateOf(t, l).Head
	ok(t, l.Append(t.Context(), 3, someLeaves(3, 3, 40))) // meanwhile
	after := ledger.Head{Size: 3, Published: 3, Checkpoint: "a signed note\n"}
	ok(t, l.Publish(t.Context(), before, after))
	want := ledger.Head{Size: 6, Published: 3, Checkpoint: after.Checkpoint}
	same(t, stateOf(t, l).Head, want, nil)
	is(t, l.Publish(t.Context(), before, ledger.Head{Size: 6, Published: 6, Checkpoint: "another\n"}), fault.Stale)
	same(t, stateOf(t, l).Head, want, nil)
	ok(t, l.Append(t.Context(), 6, someLeaves(6, 1, 40))) // which says nothing of what is published
	want.Size = 7
	same(t, stateOf(t, l).Head, want, nil)
}

// Batches go by time to live; head and indices stay.
func TestOnlyBatchesExpire(t *testing.T) {
	t.Parallel()
	l, _ := emptyLedger(t)
	ok(t, l.Append(t.Context(), 0, someLeaves(0, 2, 40)))
	found, err := l.Client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &l.Table})
	ok(t, err)
	expiring := map[string]string{}
	for _, it := range found.Items {
		pk, _ := it["pk"].(*types.AttributeValueMemberS)
		if at, expires := it["expiresAt"].(*types.AttributeValueMemberN); expires {
			expiring[pk.Value] = at.Value
		}
	}
	want := map[string]string{"batch": fmt.Sprint(noon.Add(90 * 24 * time.Hour).Unix())}
	if len(found.Items) != 4 || !maps.Equal(expiring, want) {
		t.Errorf("of %d items %v expire, want %v", len(found.Items), expiring, want)
	}
}

// DynamoDB may answer a part of what it was asked for. The rest is asked for again, not taken for absent.
func TestIndicesAsksForWhatWasLeftOut(t *testing.T) {
	t.Parallel()
	l, line := emptyLedger(t)
	all := someLeaves(0, 3, 40)
	ok(t, l.Append(t.Context(), 0, all))
	leftOut := fmt.Sprintf(`{"Responses":{},"UnprocessedKeys":{%q:{"Keys":[{"pk":{"S":"leaf#%s"},"sk":{"S":"leaf"}}],"ConsistentRead":true}}}`, l.Table, all[1].ID)
	line.Reply("BatchGetItem", faultline.Response{Status: http.StatusOK, Body: leftOut}, 3)
	known, err := l.Indices(t.Context(), ids(all))
	same(t, known, map[string]int64{all[1].ID: 1}, err)
	line.Reply("BatchGetItem", faultline.Response{Status: http.StatusOK, Body: leftOut}, 100)
	_, err = l.Indices(t.Context(), ids(all))
	is(t, err, fault.Unavailable)
}

func TestABusyLedgerIsUnavailable(t *testing.T) {
	t.Parallel()
	l, line := emptyLedger(t)
	ctx, throttled := t.Context(), &types.ProvisionedThroughputExceededException{}
	for operation, call := range map[string]func() error{
		"GetItem":            func() error { _, err := l.Head(ctx); return err },
		"BatchGetItem":       func() error { _, err := l.Indices(ctx, []string{"evt_1"}); return err },
		"TransactWriteItems": func() error { return l.Append(ctx, 0, someLeaves(0, 1, 40)) },
		"Query":              func() error { _, err := l.Committed(ctx, 0); return err },
		"UpdateItem":         func() error { return l.Publish(ctx, ledger.Head{}, ledger.Head{Published: 1}) },
	} {
		line.Answer(operation, throttled, 1)
		is(t, call(), fault.Unavailable)
	}
}

// Of the audit table's stream, what has a leaf is one; how else the item looks does not matter.
func TestLeafOfAStreamsRecord(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		image string
		want  ledger.Leaf
	}{
		{`{"pk":{"S":"org_1"},"sk":{"S":"evt_1"},"action":{"S":"upload.sealed"},"leaf":{"B":"eyJ2IjoxfQ=="},"sealed":{"B":"AAAA"}}`, ledger.Leaf{ID: "evt_1", Data: []byte(`{"v":1}`)}},
		{`{"pk":{"S":"cell"},"sk":{"S":"crt_1"},"leaf":{"B":"eyJ2IjoxfQ=="},"envelope":{"B":"AAAA"}}`, ledger.Leaf{ID: "crt_1", Data: []byte(`{"v":1}`)}},
		{`{"pk":{"S":"org_1"},"sk":{"S":"seal"},"wrapped":{"B":"AAAA"}}`, ledger.Leaf{}},
		{`{"pk":{"S":"org_1"},"sk":{"S":"evt_1"},"leaf":{"S":"eyJ2IjoxfQ=="}}`, ledger.Leaf{}},
		{`{"pk":{"S":"org_1"},"sk":{"N":"1"},"leaf":{"B":"eyJ2IjoxfQ=="}}`, ledger.Leaf{}},
		{`{}`, ledger.Leaf{}},
	} {
		var image map[string]lambda.DynamoDBAttributeValue
		ok(t, json.NewDecoder(strings.NewReader(test.image)).Decode(&image))
		leaf, found := dynamo.Leaf(image)
		if found != (test.want.ID != "") || leaf.ID != test.want.ID || !bytes.Equal(leaf.Data, test.want.Data) {
			t.Errorf("%s: %v, %t", test.image, leaf, found)
		}
	}
}
