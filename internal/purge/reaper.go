package purge

import (
	"context"
	"errors"
	"fmt"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/upload"
)

// Reaper is the backstop: DynamoDB's TTL removed a record whose bytes purge never met.
type Reaper struct {
	Purger  Purger
	Records Restorer
	Closed  bool // after a restore from backup: the record is put back, and the first sweep after the opening has it
}

// Restorer puts a record back that TTL took away.
type Restorer interface {
	// Admit writes the record with its audit entry; fault.Conflict when it is there, fault.NotFound when its organisation
	// is at its end.
	Admit(ctx context.Context, act audit.Act, action audit.Action, u upload.Upload, detail string) error
}

// Reap puts the record back, so that nothing is forgotten whatever comes next, and purges it as a sweep does: what is
// under a hold is shelved. Repeated, it changes nothing more.
func (r Reaper) Reap(ctx context.Context, act audit.Act, removed upload.Upload) error {
	if removed.State == upload.Pending {
		removed = removed.At(removed.DeleteBy)
	}
	back := removed.Back()
	err := r.Records.Admit(ctx, act, audit.UploadReadmitted, back, "the record had expired unpurged")
	switch {
	case errors.Is(err, fault.Conflict):
		return nil // it was put back before, and is due: the next sweep's, if this one did not end it
	case errors.Is(err, fault.NotFound):
		return r.erase(ctx, back)
	case err != nil || r.Closed:
		return err
	}
	s := begin(act)
	r.Purger.meet(ctx, s, back.Org, []upload.Upload{back})
	if s.report.Failed > 0 {
		return fmt.Errorf("reaping %s: %w", back.ID, errors.Join(s.failures...))
	}
	return nil
}

// erase ends what belonged to an organisation that has ended, or is at its end: no record of it may come back, and its
// certificate was the organisation's.
func (r Reaper) erase(ctx context.Context, u upload.Upload) error {
	done := r.Purger.eraseAll(ctx, []upload.Upload{u})
	if done.left[thing(u)] {
		return fmt.Errorf("reaping %s: %w", u.ID, done.failure)
	}
	return nil
}
