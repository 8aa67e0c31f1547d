package trigger

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/dynamo"
	"waybill/internal/ledger"
)

// Sequence receives the audit table's stream: what is to stand in the ledger.
type Sequence struct {
	Sequencer ledger.Sequencer
	Log       *slog.Logger
}

// Handle puts the leaves of the batch into the ledger. It succeeds as a whole or fails as a whole: Lambda then delivers
// the batch again, and leaves that stand already are passed over.
func (s Sequence) Handle(ctx context.Context, batch events.DynamoDBEvent) error {
	var leaves []ledger.Leaf
	for _, record := range batch.Records {
		if leaf, found := dynamo.Leaf(record.Change.NewImage); found && record.EventName == "INSERT" {
			leaves = append(leaves, leaf)
		}
	}
	done, err := s.Sequencer.Sequence(ctx, leaves)
	report(ctx, s.Log, "sequenced", err, slog.Int("records", len(batch.Records)), slog.Int("leaves", len(leaves)),
		slog.Int("committed", done.Committed), slog.Int64("size", done.Size))
	return err
}
