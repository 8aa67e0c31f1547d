package upload

import (
	"context"
	"fmt"

	"waybill/internal/audit"
	"waybill/internal/hold"
)

// Delete asks for the purge of an upload with the next sweep. What has ended already is answered as it is; what is under
// a hold is refused, and the refusal is on record.
func (s Stager) Delete(ctx context.Context, act audit.Act, organisation, id string, match audit.Match) (Upload, error) {
	u, err := s.Records.Upload(ctx, organisation, id)
	if err != nil {
		return u, err
	}
	if err = match.Holds(u.Revision); err == nil {
		err = s.free(ctx, act, u)
	}
	if err != nil {
		first, err := audit.Unless(s.Records.Replayed(ctx, organisation, act), err)
		if err != nil {
			return u, err
		}
		return s.Records.Upload(ctx, organisation, first)
	}
	return s.delete(ctx, act, u)
}

// free refuses what is under a hold, as long as there may be something to hold.
func (s Stager) free(ctx context.Context, act audit.Act, u Upload) error {
	if u.Due.IsZero() {
		return nil
	}
	g, err := s.Records.Guard(ctx, u.Org)
	if err != nil {
		return err
	}
	return s.freeOf(ctx, act, g, u)
}

func (s Stager) freeOf(ctx context.Context, act audit.Act, g hold.Guard, u Upload) error {
	h, held := hold.Over(g.Holds, u.Org, u.Migration, u.ID)
	if !held || u.Due.IsZero() {
		return nil
	}
	if err := s.Records.Note(ctx, u.Org, act.Entry(audit.UploadDeleted, u.ID, audit.Refused, h.ID)); err != nil {
		return err
	}
	return hold.Refused(h)
}

func (s Stager) delete(ctx context.Context, act audit.Act, u Upload) (Upload, error) {
	var after Upload
	switch {
	case u.State == Pending:
		after = u.expired(act.Time)
	case u.State == Sealed && u.Due.After(act.Time):
		after = u.due(act.Time)
	default:
		return u, nil
	}
	after.DeleteRequestedAt = act.Time
	err := s.Records.ReplaceUpload(ctx, act, audit.UploadDeleted, u, after, "")
	if _, repeated := audit.Repetition(err); repeated {
		return s.Records.Upload(ctx, u.Org, u.ID)
	}
	return after, err
}

// DeleteAll asks for the purge of everything staged for a migration, unless one of its uploads is under a hold: then for
// none. g is what was read of the holds. The act's idempotency key is the caller's, for the deletion of the migration; it
// does not stand for these.
func (s Stager) DeleteAll(ctx context.Context, act audit.Act, g hold.Guard, organisation, migration string) error {
	act.Once = nil
	if g.Any() {
		err := s.each(ctx, organisation, migration, func(u Upload) error { return s.freeOf(ctx, act, g, u) })
		if err != nil {
			return err
		}
	}
	return s.each(ctx, organisation, migration, func(u Upload) error {
		_, err := s.delete(ctx, act, u)
		return err
	})
}

// each does something to every upload of a migration.
func (s Stager) each(ctx context.Context, organisation, migration string, do func(Upload) error) error {
	for after, more := "", true; more; {
		var list []Upload
		var err error
		if list, more, err = s.Records.Uploads(ctx, organisation, migration, after, 100); err != nil {
			return err
		}
		for _, u := range list {
			if err := do(u); err != nil {
				return fmt.Errorf("deleting %s: %w", u.ID, err)
			}
			after = u.ID
		}
	}
	return nil
}
