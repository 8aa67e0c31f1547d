package trigger

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"waybill/internal/restore"
)

// Restore is called by an operator after a restore from backup (`waybill restore`), again and again until it is done.
type Restore struct {
	Replayer restore.Replayer
	Now      func() time.Time
	Log      *slog.Logger
}

// Replay is what it is asked: to go on from there. The zero one begins.
type Replay struct {
	Cursor restore.Cursor `json:"cursor"`
}

// Handle replays as much as one call can. What is left is in its answer, with the reasons; only a call that could not go
// on fails. The cursor is not logged: a key may be a file's name.
func (r Restore) Handle(ctx context.Context, from Replay) (restore.Progress, error) {
	done, err := r.Replayer.Replay(ctx, act(ctx, "restore", r.Now()), from.Cursor)
	told := err
	if done.Left > 0 {
		told = errors.Join(err, errors.New("something is left"))
	}
	report(ctx, r.Log, "replayed", told, slog.Any("report", done.Report), slog.Bool("done", done.Done))
	return done, err
}
