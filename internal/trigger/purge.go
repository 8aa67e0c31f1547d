package trigger

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"waybill/internal/purge"
)

// Sweep is the scheduled purge.
type Sweep struct {
	Purger purge.Purger
	Ends   purge.Terminator
	Cell   string // the dimension of its metrics: the stack's name
	Closed bool   // after a restore from backup: records and holds are not to be believed yet; see package restore
	Now    func() time.Time
	Log    *slog.Logger
}

// Handle sweeps, whatever the schedule sent, and fails when anything that was due is left.
func (s Sweep) Handle(ctx context.Context) (purge.Report, error) {
	if s.Closed {
		report(ctx, s.Log, "closed", nil)
		return purge.Report{}, nil
	}
	now := s.Now()
	done, err := s.Purger.Sweep(ctx, act(ctx, "purge", now))
	ended, endErr := s.Ends.Sweep(ctx, act(ctx, "purge", now))
	done, err = done.With(ended), errors.Join(err, endErr)
	report(ctx, s.Log, "swept", err, append(s.metrics(now, done), slog.Int("due", done.Due))...)
	return done, err
}

// metrics is CloudWatch's embedded metric format: the log line is the metric, and needs no call and no permission.
func (s Sweep) metrics(now time.Time, done purge.Report) []slog.Attr {
	type metric struct{ Name, Unit string }
	directive := map[string]any{"Timestamp": now.UnixMilli(), "CloudWatchMetrics": []any{map[string]any{
		"Namespace": "Waybill", "Dimensions": [][]string{{"Cell"}},
		"Metrics": []metric{{"OverdueSeconds", "Seconds"}, {"PurgeLagSeconds", "Seconds"}, {"Purged", "Count"}, {"PurgeFailed", "Count"}, {"PurgeHeld", "Count"}}}}}
	return []slog.Attr{slog.Any("_aws", directive), slog.String("Cell", s.Cell), slog.Float64("OverdueSeconds", done.Overdue.Seconds()),
		slog.Float64("PurgeLagSeconds", done.Lag.Seconds()), slog.Int("PurgeHeld", done.Held), slog.Int("Purged", done.Purged), slog.Int("PurgeFailed", done.Failed)}
}
