package trigger

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/dynamo"
	"waybill/internal/inspection"
)

// Inspect receives the records table's stream: what was sealed.
type Inspect struct {
	Inspector inspection.Inspector
	Now       func() time.Time
	Log       *slog.Logger
}

// Handle reads each support bundle that was sealed. What failed is delivered again, and what was read is passed over then.
func (i Inspect) Handle(ctx context.Context, batch events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	answer := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}} // a list, not null, when none failed
	var failures []error
	for _, record := range batch.Records {
		u, err := dynamo.UploadIn(record.Change.NewImage)
		if err == nil && u.Inspectable(i.Now()) {
			err = i.Inspector.Inspect(ctx, act(ctx, "inspect", i.Now()), u.Org, u.ID)
		}
		if err != nil {
			failures = append(failures, err)
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber})
		}
	}
	report(ctx, i.Log, "inspected", errors.Join(failures...), slog.Int("records", len(batch.Records)), slog.Int("failed", len(failures)))
	return answer, nil
}
