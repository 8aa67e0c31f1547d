package trigger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/upload"
)

// Intake receives S3's reports of new objects, through SQS.
type Intake struct {
	Receiver upload.Receiver
	Now      func() time.Time
	Place    func(time.Time) time.Time // an instant of S3's clock by the cell's; see package clock
	Log      *slog.Logger
}

// Handle takes in a batch. A report that cannot be read fails too: it ends in the dead-letter queue, where it is seen.
func (i Intake) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	a := act(ctx, "intake", i.Now())
	answer := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}} // a list, not null, when none failed
	var failures []error
	for _, message := range batch.Records {
		err := i.each(message.Body, func(arrival upload.Arrival) error { return i.Receiver.Arrived(ctx, a, arrival) })
		if err != nil {
			failures = append(failures, err)
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
		}
	}
	report(ctx, i.Log, "arrivals", errors.Join(failures...), slog.Int("messages", len(batch.Records)), slog.Int("failed", len(failures)))
	return answer, nil
}

// each calls take for every object that a report speaks of. S3 reports several at once, and once, when notifications are
// switched on, none (s3:TestEvent).
func (i Intake) each(body string, take func(upload.Arrival) error) error {
	var notification events.S3Event
	if err := json.Unmarshal([]byte(body), &notification); err != nil {
		return fmt.Errorf("reading a report of S3: %w", err)
	}
	var failures []error
	for _, r := range notification.Records {
		if strings.HasPrefix(r.EventName, "ObjectCreated:") {
			failures = append(failures, take(i.arrival(r)))
		}
	}
	return errors.Join(failures...)
}

func (i Intake) arrival(r events.S3EventRecord) upload.Arrival {
	o := r.S3.Object
	a := upload.Arrival{Bucket: r.S3.Bucket.Name, Key: o.URLDecodedKey, VersionID: o.VersionID, Size: o.Size, Time: r.EventTime}
	if !r.EventTime.IsZero() {
		a.Landed = i.Place(r.EventTime)
	}
	return a
}
