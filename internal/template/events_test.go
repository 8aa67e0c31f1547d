package template_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/dynamo"
	"waybill/internal/template"
	"waybill/internal/upload"
)

func recorded(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(root + "events/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	strict := json.NewDecoder(bytes.NewReader(text))
	strict.DisallowUnknownFields()
	if err := strict.Decode(into); err != nil {
		t.Fatalf("events/%s.json: %v", name, err)
	}
}

func TestEveryFunctionHasARecordedEvent(t *testing.T) {
	t.Parallel()
	shapes := map[string]any{
		"api":       &events.APIGatewayV2HTTPRequest{},
		"authorize": &events.APIGatewayV2CustomAuthorizerV2Request{},
		"intake":    &events.SQSEvent{},
		"purge":     &map[string]string{},
		"reap":      &events.DynamoDBEvent{},
		"inspect":   &events.DynamoDBEvent{},
		"restore":   &map[string]string{},
		"sequence":  &events.DynamoDBEvent{},
		"tick":      &map[string]string{},
	}
	for name := range read(t).Functions() {
		recorded(t, name, shapes[name])
	}
}

func TestSchedulesSendWhatIsRecorded(t *testing.T) {
	t.Parallel()
	for id, schedule := range read(t).OfType("AWS::Scheduler::Schedule") {
		var sent struct{ Schedule string }
		if err := json.Unmarshal([]byte(template.Nested[string](schedule, "Target", "Input")), &sent); err != nil {
			t.Fatal(err)
		}
		var stands map[string]string
		recorded(t, sent.Schedule, &stands)
		if stands["schedule"] != sent.Schedule || len(stands) != 1 {
			t.Errorf("%s sends %v, recorded is %v", id, sent, stands)
		}
	}
}

func TestTheRecordedArrivalIsOfAnUpload(t *testing.T) {
	t.Parallel()
	var batch events.SQSEvent
	recorded(t, "intake", &batch)
	var report events.S3Event
	if err := json.Unmarshal([]byte(batch.Records[0].Body), &report); err != nil {
		t.Fatal(err)
	}
	o := report.Records[0].S3.Object
	if o.VersionID == "" || o.Size == 0 || o.Key[:len(upload.StagedPrefix)] != upload.StagedPrefix {
		t.Errorf("it reports %+v", o)
	}
}

// The recorded removal holds an upload as package dynamo writes it, a day after its deadline: that is when TTL may act.
func TestTheRecordedRemovalIsOfAnUpload(t *testing.T) {
	t.Parallel()
	var batch events.DynamoDBEvent
	recorded(t, "reap", &batch)
	u, err := dynamo.UploadIn(batch.Records[0].Change.OldImage)
	if err != nil {
		t.Fatal(err)
	}
	if u.State != upload.Sealed || u.VersionID == "" || !u.Due.Equal(u.SealedAt.Add(14*24*time.Hour)) {
		t.Errorf("it holds %+v", u)
	}
	removed := batch.Records[0].Change.ApproximateCreationDateTime
	if removed.Before(u.Due.Add(24 * time.Hour)) {
		t.Errorf("removed at %s, due at %s", removed, u.Due)
	}
}
