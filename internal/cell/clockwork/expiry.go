package clockwork

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// batch is how many records AWS puts in one event of a stream when the mapping says nothing else.
const batch = 100

// Stream is how the function behind the records' stream is called.
type Stream struct {
	ARN      string // of the stream
	Region   string
	Name     string // of the function, as in Run
	Function string // its ARN or name; empty when nothing is behind the stream
	Filters  []any  // patterns of the mapping, one of which must match; none matches everything
}

func (p *play) expire(ctx context.Context, by time.Time) error {
	var gone []any
	for _, item := range p.picture.expired(by) {
		removed, err := p.Records.Remove(ctx, item, by)
		if err != nil {
			return fmt.Errorf("removing what expired: %w", err)
		}
		if record := p.Stream.removal(item, by); removed && p.Stream.admits(record) {
			gone = append(gone, record)
		}
	}
	for len(gone) > 0 {
		n := min(batch, len(gone))
		if err := p.reap(ctx, gone[:n], by); err != nil {
			return err
		}
		gone = gone[n:]
	}
	return nil
}

func (p *play) reap(ctx context.Context, records []any, at time.Time) error {
	event, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		return fmt.Errorf("writing a stream event: %w", err)
	}
	return p.call(ctx, p.Stream.Name, p.Stream.Function, event, at)
}

// removal is the record of an item that time to live removed (DynamoDB Developer Guide, "DynamoDB Streams and Time to
// Live"). Its identifiers are the item's own position in time: unique here, and the same when it is removed again.
func (s Stream) removal(item Item, at time.Time) map[string]any {
	image := item.wire()
	return map[string]any{
		"eventID":        fmt.Sprintf("%x", item.digest()),
		"eventName":      "REMOVE",
		"eventVersion":   "1.1",
		"eventSource":    "aws:dynamodb",
		"awsRegion":      s.Region,
		"eventSourceARN": s.ARN,
		"userIdentity":   map[string]any{"type": "Service", "principalId": "dynamodb.amazonaws.com"},
		"dynamodb": map[string]any{
			"ApproximateCreationDateTime": at.Unix(),
			"Keys":                        map[string]any{"pk": image["pk"], "sk": image["sk"]},
			"OldImage":                    image,
			"SequenceNumber":              fmt.Sprintf("%021d", at.UnixNano()),
			"SizeBytes":                   len(fmt.Sprint(image)),
			"StreamViewType":              "NEW_AND_OLD_IMAGES",
		},
	}
}

func (s Stream) admits(record map[string]any) bool {
	if s.Function == "" {
		return false
	}
	for _, pattern := range s.Filters {
		if matches(pattern, record) {
			return true
		}
	}
	return len(s.Filters) == 0
}
