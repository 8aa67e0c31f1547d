package upload

import (
	"context"
	"errors"
	"fmt"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

// Complete joins the parts of a multipart upload and seals it. S3's own event does the same (see Receiver), and
// whichever comes first wins: an upload that is sealed already is answered as it is. When S3 no longer has the
// multipart upload, an earlier call joined it without hearing so; the upload is answered PENDING, for the event to seal.
func (s Stager) Complete(ctx context.Context, act audit.Act, organisation, id string, parts []Part) (Upload, error) {
	u, err := s.Records.Upload(ctx, organisation, id)
	if err != nil || u.State == Sealed {
		return u, err
	}
	if u.State == Pending && u.Method == Single {
		return u.At(act.Time), nil
	}
	if err := u.open(act.Time, Multipart); err != nil {
		return u, err
	}
	if err := u.checkParts(parts); err != nil {
		return u, err
	}
	if u.UploadID == "" {
		return u, fault.Conflict.Because("No part of the upload was signed yet.")
	}
	version, err := s.Objects.Complete(ctx, u, parts)
	if errors.Is(err, fault.NotFound) {
		return s.Get(ctx, act, organisation, id)
	}
	if err != nil {
		return u, fmt.Errorf("completing %s: %w", id, err)
	}
	return s.seal(ctx, act, u, version)
}

func (s Stager) seal(ctx context.Context, act audit.Act, u Upload, version string) (Upload, error) {
	after := u.sealed(version, act.Time)
	err := s.Records.ReplaceUpload(ctx, act, audit.UploadSealed, u, after, after.Rule)
	if _, repeated := audit.Repetition(err); repeated || errors.Is(err, fault.Stale) {
		return s.Records.Upload(ctx, u.Org, u.ID)
	}
	return after, err
}

func (u Upload) checkParts(parts []Part) error {
	var broken fault.Fields
	if !broken.Check(len(parts) == u.Parts, "/parts", "complete", "The upload has %d parts; %d are named.", u.Parts, len(parts)) {
		return broken.Err()
	}
	seen := map[int]bool{}
	for i, p := range parts {
		at := fmt.Sprintf("/parts/%d", i)
		u.checkPart(&broken, at, PartDigest{p.Number, p.SHA256}, seen)
		broken.Check(p.ETag != "" && len(p.ETag) <= 128, at+"/etag", "required", "The ETag that S3 answered for the part must be given.")
		if len(broken) >= 100 {
			break
		}
	}
	return broken.Err()
}

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
