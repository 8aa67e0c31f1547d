package carry

import (
	"context"
	"fmt"
	"time"

	"waybill/internal/client"
)

// await reads the record until it is sealed, as S3's report of the bytes reaches the cell, or Wait has been slept away.
func (c Carrier) await(ctx context.Context, u record) (record, error) {
	pauses := client.Retry{First: 200 * time.Millisecond, Most: 5 * time.Second, Jitter: c.Retry.Jitter}
	left := c.Wait
	for attempt := 1; left > 0; attempt++ {
		pause := min(left, pauses.Pause(attempt))
		if err := c.Retry.Sleep(ctx, pause); err != nil {
			return u, err
		}
		left -= pause
		now, err := c.Records.Upload(ctx, u.Value.ID)
		if err != nil {
			return u, err
		}
		if u = now; u.Value.State != client.Pending {
			return u, sealed(u.Value)
		}
	}
	return u, nil
}

func sealed(u client.Upload) error {
	if u.State != client.Sealed {
		return fmt.Errorf("%s is %s; it was not sealed", u.ID, u.State)
	}
	return nil
}
