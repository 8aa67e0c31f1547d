package trigger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/memory"
	"waybill/internal/purge"
	"waybill/internal/trigger"
	"waybill/internal/upload"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// recorded reads an event as AWS sends it; `sam local invoke` sends the same file.
func recorded[T any](t *testing.T, name string) (event T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "events", name+".json"))
	if err == nil {
		err = json.Unmarshal(text, &event)
	}
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// silent takes the log lines, for the tests that look at them.
func silent() (*slog.Logger, *bytes.Buffer) {
	var lines bytes.Buffer
	return slog.New(slog.NewJSONHandler(&lines, nil)), &lines
}

func intake(c *memory.Cell) trigger.Intake {
	log, _ := silent()
	return trigger.Intake{Receiver: upload.Receiver{Region: "eu-central-1", Records: c, Drops: c}, Now: c.Now, Place: func(t time.Time) time.Time { return t }, Log: log}
}

// offered is an upload whose key and version are those of the recorded event.
func offered(t *testing.T, c *memory.Cell) upload.Upload {
	t.Helper()
	u := upload.Upload{ID: "upl_01m6e0byp0qe1063dw5f5bmcn9", Org: "org_01m6dsg7e0x1yb8q05nmw9tp4g", Kind: upload.SupportZip, State: upload.Pending,
		Size: 1048576, Method: upload.Single, ObjectKey: "staged/debug/org_01m6dsg7e0x1yb8q05nmw9tp4g/upl_01m6e0byp0qe1063dw5f5bmcn9",
		CreatedAt: noon, DeleteBy: noon.Add(24 * time.Hour), Due: noon.Add(24 * time.Hour), Revision: 1}
	if err := c.Admit(context.Background(), c.Act("ada"), audit.UploadOffered, u, ""); err != nil {
		t.Fatal(err)
	}
	return u
}

func TestIntakeSealsWhatTheRecordedEventReports(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	u := offered(t, c)
	landed := time.Date(2026, 11, 2, 12, 31, 7, 482e6, time.UTC)
	c.Advance(50 * time.Hour) // and late: the rule's clock runs since the bytes landed
	for range 2 {             // delivered twice
		answer, err := intake(c).Handle(t.Context(), recorded[events.SQSEvent](t, "intake"))
		if text, _ := json.Marshal(answer); err != nil || string(text) != `{"batchItemFailures":[]}` {
			t.Fatalf("got %s, %v", text, err)
		}
	}
	now, err := c.Upload(t.Context(), u.Org, u.ID)
	if err != nil || now.State != upload.Sealed || now.VersionID != "096fKKXTRTtl3on89fVO.nfljtsv6qko" || !now.SealedAt.Equal(landed) || !now.DeleteBy.Equal(landed.Add(14*24*time.Hour)) {
		t.Errorf("the upload is %+v, %v", now, err)
	}
	if told := c.Told(u.ID); len(told) != 2 {
		t.Errorf("on record: %v", told)
	}
}

func TestIntakeGivesBackOnlyWhatFailed(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	body := func(key string) string {
		return fmt.Sprintf(`{"Records":[{"eventName":"ObjectCreated:Put","eventTime":"2026-11-02T12:00:00Z","s3":{"bucket":{"name":"staging"},"object":{"key":%q,"versionId":"v","size":7}}}]}`, key)
	}
	bodies := map[string]string{
		"good":                      body("lost/a%2Bb+c%C3%A9.zip"),
		"not JSON":                  `{"Records":`,
		"switching on":              `{"Service":"Amazon S3","Event":"s3:TestEvent"}`,
		"good again":                body("lost/other"),
		"several":                   `{"Records":[` + body("lost/1")[12:len(body("lost/1"))-2] + `,` + body("lost/2")[12:len(body("lost/2"))-2] + `]}`,
		"something else than a put": `{"Records":[{"eventName":"ObjectRemoved:Delete","s3":{"object":{"key":"lost/3"}}}]}`,
	}
	var batch events.SQSEvent
	for id, b := range bodies {
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: id, Body: b})
	}
	answer, err := intake(c).Handle(t.Context(), batch)
	if err != nil || len(answer.BatchItemFailures) != 1 || answer.BatchItemFailures[0].ItemIdentifier != "not JSON" {
		t.Fatalf("got %v, %v", answer, err)
	}
	list, _, _ := c.Uploads(t.Context(), "", "", "", 100)
	keys := map[string]bool{}
	for _, u := range list {
		keys[u.ObjectKey] = u.State == upload.Quarantined
	}
	if len(keys) != 4 || !keys["lost/a+b cé.zip"] || !keys["lost/other"] || !keys["lost/1"] || !keys["lost/2"] {
		t.Errorf("in quarantine: %v", keys)
	}
}

func purger(c *memory.Cell) purge.Purger {
	return purge.Purger{Records: c, Objects: c, Signer: c, Now: c.Now,
		Place: purge.Place{Cell: "waybill", Region: "eu-central-1", Bucket: memory.Bucket, Function: "purge 1"}}
}

func reap(c *memory.Cell) trigger.Reap {
	log, _ := silent()
	return trigger.Reap{Reaper: purge.Reaper{Purger: purger(c), Records: c}, Now: c.Now, Log: log}
}

func TestReapErasesWhatTTLRemoved(t *testing.T) {
	t.Parallel()
	c := memory.New(noon.Add(16 * 24 * time.Hour))
	event := recorded[events.DynamoDBEvent](t, "reap")
	key := event.Records[0].Change.OldImage["objectKey"].String()
	c.Drop(key, 1048576)
	for range 2 {
		answer, err := reap(c).Handle(t.Context(), event)
		if text, _ := json.Marshal(answer); err != nil || string(text) != `{"batchItemFailures":[]}` {
			t.Fatalf("got %s, %v", text, err)
		}
	}
	u, err := c.Upload(t.Context(), "org_01m6dsg7e0x1yb8q05nmw9tp4g", "upl_01m6e3sta0djh05j4eajezyt60")
	if err != nil || u.State != upload.Purged || u.FileName != "support.zip" || u.Migration != "mig_01m6dwy320r5nhgz37p85ppbyj" {
		t.Errorf("the record that was put back is %+v, %v", u, err)
	}
	if left := c.Lies(key); len(left.Versions) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestReapDoesEveryRecordOfABatchAndGivesBackThePoison(t *testing.T) {
	t.Parallel()
	good := recorded[events.DynamoDBEvent](t, "reap").Records[0]
	with := func(number string, change func(*events.DynamoDBEventRecord)) events.DynamoDBEventRecord {
		r := good
		r.Change.SequenceNumber = number
		change(&r)
		return r
	}
	batch := events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{
		with("poison", func(r *events.DynamoDBEventRecord) { r.Change.OldImage = nil }),
		with("by a person", func(r *events.DynamoDBEventRecord) { r.UserIdentity = nil; r.Change.OldImage = nil }),
		with("no removal", func(r *events.DynamoDBEventRecord) { r.EventName = "MODIFY"; r.Change.OldImage = nil }),
		with("no upload", func(r *events.DynamoDBEventRecord) {
			r.Change.Keys = map[string]events.DynamoDBAttributeValue{"sk": events.NewStringAttribute("once#1")}
			r.Change.OldImage = nil
		}),
		with("good", func(*events.DynamoDBEventRecord) {}),
	}}
	c := memory.New(noon.Add(16 * 24 * time.Hour))
	answer, err := reap(c).Handle(t.Context(), batch)
	if err != nil || len(answer.BatchItemFailures) != 1 || answer.BatchItemFailures[0].ItemIdentifier != "poison" {
		t.Fatalf("got %v, %v", answer, err)
	}
	if _, err := c.Upload(t.Context(), "org_01m6dsg7e0x1yb8q05nmw9tp4g", "upl_01m6e3sta0djh05j4eajezyt60"); err != nil {
		t.Errorf("the good one was not reaped: %v", err)
	}
}

// TestTheSweepsLineIsAMetric reads the log line as CloudWatch does (embedded metric format).
func TestTheSweepsLineIsAMetric(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	u := offered(t, c)
	c.Put(u.ObjectKey, u.Size)
	if _, err := intake(c).Handle(t.Context(), recorded[events.SQSEvent](t, "intake")); err != nil {
		t.Fatal(err)
	}
	c.Poison(u.ObjectKey)
	u, _ = c.Upload(t.Context(), u.Org, u.ID)
	c.Advance(u.DeleteBy.Sub(c.Now()) + 90*time.Second)
	log, lines := silent()
	sweep := trigger.Sweep{Purger: purger(c), Ends: purge.Terminator{Purger: purger(c), Records: c, Table: "records"}, Cell: "cell-1", Now: c.Now, Log: log}
	if _, err := sweep.Handle(t.Context()); err == nil {
		t.Error("a sweep that left something behind must fail")
	}
	var line struct {
		AWS struct {
			Timestamp         int64
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
		Cell                                string
		OverdueSeconds, Purged, PurgeFailed *float64
	}
	if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	m := line.AWS.CloudWatchMetrics
	if len(m) != 1 || m[0].Namespace != "Waybill" || len(m[0].Metrics) != 5 || line.AWS.Timestamp != c.Now().UnixMilli() || line.Cell != "cell-1" {
		t.Errorf("the directive is %+v", line.AWS)
	}
	if line.OverdueSeconds == nil || *line.OverdueSeconds != 90 || line.PurgeFailed == nil || *line.PurgeFailed != 1 || line.Purged == nil {
		t.Errorf("the figures are %s", lines)
	}
}

func tick(c *memory.Cell, log *slog.Logger) trigger.Tick {
	return trigger.Tick{Expirer: upload.Expirer{Records: c}, Reviewer: hold.Reviewer{Records: c}, Cell: "cell-1", Now: c.Now, Log: log}
}

// TestOverdueReviewsAreAMetric: of two holds, one whose review has passed. What cannot be counted is no figure at all.
func TestOverdueReviewsAreAMetric(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	u := offered(t, c)
	for _, days := range []time.Duration{10, 20} {
		h := hold.Draft{Scope: u.ID, Reason: "Matter 7", ReviewBy: noon.Add(days * 24 * time.Hour).Format(time.RFC3339)}
		if _, err := (hold.Keeper{Records: c}).Place(t.Context(), c.Act("sam"), u.Org, h); err != nil {
			t.Fatal(err)
		}
	}
	c.Advance(11 * 24 * time.Hour)
	log, lines := silent()
	if err := tick(c, log).Handle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if line := lines.String(); !strings.Contains(line, `"OverdueHoldReviews":1`) || !strings.Contains(line, `"Metrics":[{"Name":"OverdueHoldReviews","Unit":"Count"}]`) || !strings.Contains(line, `"Cell":"cell-1"`) {
		t.Errorf("the line is %s", line)
	}
	lines.Reset()
	c.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "HoldsDue") {
			return memory.Lost
		}
		return memory.Heard
	})
	if err := tick(c, log).Handle(t.Context()); err == nil || strings.Contains(lines.String(), "OverdueHoldReviews") {
		t.Errorf("uncounted, the line is %s", lines)
	}
}

func TestTickExpires(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	u := offered(t, c)
	c.Advance(24 * time.Hour)
	log, _ := silent()
	if err := tick(c, log).Handle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u, _ = c.Upload(t.Context(), u.Org, u.ID); u.State != upload.Expired {
		t.Errorf("the upload is %s", u.State)
	}
}
