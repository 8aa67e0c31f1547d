package trigger

import (
	"context"
	"log/slog"
	"time"

	"waybill/internal/upload"
)

// Tick is the schedule of everything that ends by itself.
type Tick struct {
	Expirer upload.Expirer
	Now     func() time.Time
	Log     *slog.Logger
}

// Handle ends what was never completed in time.
func (t Tick) Handle(ctx context.Context) error {
	expired, err := t.Expirer.Expire(ctx, act(ctx, "tick", t.Now()))
	report(ctx, t.Log, "ticked", err, slog.Int("expired", expired))
	return err
}
