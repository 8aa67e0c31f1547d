package upload

import (
	"context"
	"fmt"

	"waybill/internal/audit"
)

// Delete asks for the purge of an upload with the next sweep. What has ended already is answered as it is.
func (s Stager) Delete(ctx context.Context, act audit.Act, organisation, id string, match audit.Match) (Upload, error) {
	u, err := s.Records.Upload(ctx, organisation, id)
	if err != nil {
		return u, err
	}
	if err := match.Holds(u.Revision); err != nil {
		first, err := audit.Unless(s.Records.Replayed(ctx, organisation, act), err)
		if err != nil {
			return u, err
		}
		return s.Records.Upload(ctx, organisation, first)
	}
	return s.delete(ctx, act, u)
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

// DeleteAll asks for the purge of everything staged for a migration. The act's idempotency key is the caller's, for
// the deletion of the migration; it does not stand for these.
func (s Stager) DeleteAll(ctx context.Context, act audit.Act, organisation, migration string) error {
	act.Once = nil
	for after, more := "", true; more; {
		var list []Upload
		var err error
		if list, more, err = s.Records.Uploads(ctx, organisation, migration, after, 100); err != nil {
			return err
		}
		for _, u := range list {
			if _, err := s.delete(ctx, act, u); err != nil {
				return fmt.Errorf("deleting %s: %w", u.ID, err)
			}
			after = u.ID
		}
	}
	return nil
}
