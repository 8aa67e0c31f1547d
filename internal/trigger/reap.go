package trigger

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/dynamo"
	"waybill/internal/purge"
)

// Reap receives the records table's stream: what TTL removed.
type Reap struct {
	Reaper purge.Reaper
	Now    func() time.Time
	Log    *slog.Logger
}

// Handle erases what each removed record owned. A stream is read in order, so the first failure is where Lambda begins
// again; what came after it is done now all the same, and repeated harmlessly then.
func (r Reap) Handle(ctx context.Context, batch events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	answer := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}} // a list, not null, when none failed
	var failures []error
	reaped := 0
	for _, record := range batch.Records {
		if !removedByTTL(record) {
			continue
		}
		if err := r.reap(ctx, record); err != nil {
			failures = append(failures, err)
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber})
			continue
		}
		reaped++
	}
	report(ctx, r.Log, "reaped", errors.Join(failures...), slog.Int("records", len(batch.Records)), slog.Int("reaped", reaped), slog.Int("failed", len(failures)))
	return answer, nil
}

func (r Reap) reap(ctx context.Context, record events.DynamoDBEventRecord) error {
	u, err := dynamo.UploadIn(record.Change.OldImage)
	if err != nil {
		return err
	}
	return r.Reaper.Reap(ctx, act(ctx, "reap", r.Now()), u)
}

// removedByTTL tells the service's own removals from anyone else's, as AWS documents them, and uploads from the rest.
func removedByTTL(r events.DynamoDBEventRecord) bool {
	id := r.UserIdentity
	sort, keyed := r.Change.Keys["sk"]
	return r.EventName == "REMOVE" && id != nil && id.Type == "Service" && id.PrincipalID == "dynamodb.amazonaws.com" &&
		keyed && sort.DataType() == events.DataTypeString && strings.HasPrefix(sort.String(), "upl#")
}
