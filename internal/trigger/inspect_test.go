package trigger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/audit"
	"waybill/internal/bundle"
	"waybill/internal/bundle/archive"
	"waybill/internal/dynamo"
	"waybill/internal/fault"
	"waybill/internal/inspection"
	"waybill/internal/memory"
	"waybill/internal/trigger"
	"waybill/internal/upload"
)

// letter is no bundle; that is a finding.
type letter struct{ fails error }

func (l letter) Open(context.Context, upload.Upload) io.ReaderAt { return l }

func (l letter) ReadAt(p []byte, off int64) (int, error) {
	if l.fails != nil {
		return 0, l.fails
	}
	return bytes.NewReader(bytes.Repeat([]byte{'x'}, 1048576)).ReadAt(p, off)
}

func inspect(t *testing.T, c *memory.Cell, from letter) trigger.Inspect {
	t.Helper()
	s, err := bundle.NewScanner()
	if err != nil {
		t.Fatal(err)
	}
	log, _ := silent()
	return trigger.Inspect{Inspector: inspection.Inspector{Records: c, Objects: from, Scanner: s, Options: bundle.Options{Workers: 1, Limits: archive.DefaultLimits()}},
		Now: c.Now, Log: log}
}

// onRecord is a cell that has the upload of the recorded event.
func onRecord(t *testing.T, event events.DynamoDBEvent) (*memory.Cell, upload.Upload) {
	t.Helper()
	u, err := dynamo.UploadIn(event.Records[0].Change.NewImage)
	if err != nil {
		t.Fatal(err)
	}
	c := memory.New(u.SealedAt)
	if err := c.Admit(t.Context(), c.Act("function:intake"), audit.UploadDropped, u, ""); err != nil {
		t.Fatal(err)
	}
	return c, u
}

// What the recorded event reports as sealed is read, once, however often it is reported.
func TestInspectReadsWhatWasSealed(t *testing.T) {
	t.Parallel()
	event := recorded[events.DynamoDBEvent](t, "inspect")
	c, u := onRecord(t, event)
	for range 2 {
		answer, err := inspect(t, c, letter{}).Handle(t.Context(), event)
		if text, _ := json.Marshal(answer); err != nil || string(text) != `{"batchItemFailures":[]}` {
			t.Fatalf("%s, %v", text, err)
		}
	}
	i, err := c.Inspection(t.Context(), u.Org, u.ID)
	if err != nil || !i.At.Equal(c.Now()) {
		t.Fatalf("%+v, %v", i, err)
	}
	if text, err := i.Findings.JSON(); err != nil || !bytes.Contains(text, []byte("archive.not-a-zip")) {
		t.Errorf("%s, %v", text, err)
	}
}

// What failed is given back by its number, and nothing is written of it.
func TestInspectGivesBackWhatFailed(t *testing.T) {
	t.Parallel()
	event := recorded[events.DynamoDBEvent](t, "inspect")
	c, u := onRecord(t, event)
	answer, err := inspect(t, c, letter{fault.Unavailable}).Handle(t.Context(), event)
	if err != nil || len(answer.BatchItemFailures) != 1 || answer.BatchItemFailures[0].ItemIdentifier != event.Records[0].Change.SequenceNumber {
		t.Errorf("%+v, %v", answer, err)
	}
	if _, err := c.Inspection(t.Context(), u.Org, u.ID); !errors.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

// What is no upload stops nothing for long: it is given back, and ends with the dead letters.
func TestInspectMeetsWhatIsNoUpload(t *testing.T) {
	t.Parallel()
	event := recorded[events.DynamoDBEvent](t, "inspect")
	c, _ := onRecord(t, event)
	event.Records[0].Change.NewImage = nil
	if answer, err := inspect(t, c, letter{}).Handle(t.Context(), event); err != nil || len(answer.BatchItemFailures) != 1 {
		t.Errorf("%+v, %v", answer, err)
	}
}
