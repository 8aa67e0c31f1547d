package clockwork

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const (
	// gap is between two looks. S3 of the local AWS writes to the queue a moment after it answered a PUT, so a queue is
	// settled only when it was found empty twice.
	gap = 100 * time.Millisecond
	// patience is how long a message may fail before the clock moves in spite of it.
	patience = 5 * time.Second
)

// Queues are those that functions are fed from.
type Queues struct {
	SQS  *sqs.Client
	URLs []string
}

// Settle returns when the queues are empty, and after five seconds in any case.
func (q Queues) Settle(ctx context.Context) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	for empty := 0; ; {
		n, err := q.messages(ctx)
		if err != nil {
			return err
		}
		if empty++; n > 0 {
			empty = 0
		}
		if empty == 2 {
			return nil
		}
		select {
		case <-time.After(gap):
		case <-late.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// messages counts those that wait and those that are being processed.
func (q Queues) messages(ctx context.Context) (n int, err error) {
	counts := []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages,
		types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
	}
	for _, url := range q.URLs {
		out, err := q.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: counts})
		if err != nil {
			return 0, fmt.Errorf("looking at a queue: %w", err)
		}
		for _, name := range counts {
			if out.Attributes[string(name)] != "0" {
				n++
			}
		}
	}
	return n, nil
}
