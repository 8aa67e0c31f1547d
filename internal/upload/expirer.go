package upload

import (
	"context"
	"errors"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

// Expirer ends the uploads that were never completed in time, so that purge may erase what they left.
type Expirer struct {
	Records Waiting
}

// Waiting is what an Expirer needs of the store.
type Waiting interface {
	// Due lists what waits for a deadline that is not after the time given, at most limit of them. Records that cannot
	// be read are reported in the error; the others are answered all the same.
	Due(ctx context.Context, now time.Time, limit int) ([]Upload, error)
	Replacer
}

// batch is how many due records one run takes on; the next run takes the rest.
const batch = 20_000

// Expire ends each pending upload whose time is up and answers how many. One that fails stops none of the others.
func (e Expirer) Expire(ctx context.Context, act audit.Act) (int, error) {
	due, err := e.Records.Due(ctx, act.Time, batch)
	failures := []error{err}
	expired := 0
	for _, u := range due {
		if u.State != Pending {
			continue
		}
		err := e.Records.ReplaceUpload(ctx, act, audit.UploadExpired, u, u.expired(act.Time), u.Rule)
		switch {
		case err == nil:
			expired++
		case !errors.Is(err, fault.Stale): // sealed or deleted meanwhile: no longer ours
			failures = append(failures, err)
		}
	}
	return expired, errors.Join(failures...)
}
