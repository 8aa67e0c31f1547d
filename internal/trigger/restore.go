package trigger

import (
	"context"
	"log/slog"
	"time"

	"waybill/internal/restore"
)

// Restore is called by hand, after a restore from backup (`waybill restore`).
type Restore struct {
	Replayer restore.Replayer
	Now      func() time.Time
	Log      *slog.Logger
}

// Handle replays, whatever it is sent, and fails when anything is left.
func (r Restore) Handle(ctx context.Context) (restore.Report, error) {
	done, err := r.Replayer.Replay(ctx, act(ctx, "restore", r.Now()))
	report(ctx, r.Log, "replayed", err, slog.Any("report", done))
	return done, err
}
