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
	Records Restorer
	Objects Objects
}

// Restorer puts a record back that TTL took away.
type Restorer interface {
	// Admit writes the record with its audit entry; fault.Conflict when it is there.
	Admit(ctx context.Context, act audit.Act, action audit.Action, u upload.Upload, detail string) error
}

// Reap erases what a removed record owned and puts the record back as purged. Repeated, it changes nothing more.
func (r Reaper) Reap(ctx context.Context, act audit.Act, removed upload.Upload) error {
	if removed.State == upload.Pending {
		removed = removed.At(removed.DeleteBy)
	}
	if left, err := erase(ctx, r.Objects, []upload.Upload{removed}); len(left) > 0 {
		return fmt.Errorf("reaping %s: %w", removed.ID, err)
	}
	err := r.Records.Admit(ctx, act, audit.UploadPurged, removed.Gone(act.Time), "the record had expired unpurged")
	if errors.Is(err, fault.Conflict) {
		return nil
	}
	return err
}
