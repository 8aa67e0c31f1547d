package trigger

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"waybill/internal/hold"
	"waybill/internal/upload"
)

// Tick is the schedule of everything that ends by itself, or that somebody must look at.
type Tick struct {
	Expirer  upload.Expirer
	Reviewer hold.Reviewer
	Cell     string // the dimension of its metrics: the stack's name
	Closed   bool   // after a restore from backup, as the sweep is
	Now      func() time.Time
	Log      *slog.Logger
}

// Handle ends what was never completed in time, and counts the holds whose review is late.
func (t Tick) Handle(ctx context.Context) error {
	if t.Closed {
		report(ctx, t.Log, "closed", nil)
		return nil
	}
	now := t.Now()
	expired, err := t.Expirer.Expire(ctx, act(ctx, "tick", now))
	late, reviewErr := t.Reviewer.Overdue(ctx, now)
	err = errors.Join(err, reviewErr)
	attrs := []slog.Attr{slog.Int("expired", expired)}
	if reviewErr == nil {
		attrs = append(attrs, t.metrics(now, late)...)
	}
	report(ctx, t.Log, "ticked", err, attrs...)
	return err
}

// metrics is CloudWatch's embedded metric format, as the sweep's is. What could not be counted is not told as none.
func (t Tick) metrics(now time.Time, late int) []slog.Attr {
	directive := map[string]any{"Timestamp": now.UnixMilli(), "CloudWatchMetrics": []any{map[string]any{
		"Namespace": "Waybill", "Dimensions": [][]string{{"Cell"}},
		"Metrics": []map[string]string{{"Name": "OverdueHoldReviews", "Unit": "Count"}}}}}
	return []slog.Attr{slog.Any("_aws", directive), slog.String("Cell", t.Cell), slog.Int("OverdueHoldReviews", late)}
}
