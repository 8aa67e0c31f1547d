package upload

import (
	"context"
	"errors"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

// statedElsewhere reads a record that somebody else sealed, or is about to seal, without having heard the digest.
func (s Stager) statedElsewhere(ctx context.Context, act audit.Act, u Upload, digest string) (Upload, error) {
	now, err := s.Records.Upload(ctx, u.Org, u.ID)
	if err != nil {
		return u, err
	}
	return s.stated(ctx, act, now, digest)
}

// stated answers the upload with the digest on its record: a record that has none gets it, as a change of its own.
func (s Stager) stated(ctx context.Context, act audit.Act, u Upload, digest string) (Upload, error) {
	for range tries {
		if err := u.checkStated(digest); err != nil || !u.lacks(digest) {
			return u.At(act.Time), err
		}
		after := u
		after.SHA256 = digest
		after.Revision++
		err := s.Records.ReplaceUpload(ctx, act, audit.UploadStated, u, after, "")
		if _, repeated := audit.Repetition(err); !repeated && !errors.Is(err, fault.Stale) {
			return after.At(act.Time), err
		}
		if u, err = s.Records.Upload(ctx, u.Org, u.ID); err != nil {
			return u, err
		}
	}
	return u, fault.Conflict.Because("The upload keeps changing; read it again.")
}

// lacks tells whether a digest that is stated now is the first. What has ended, came by one PUT or was never offered is
// left as it is.
func (u Upload) lacks(digest string) bool {
	return digest != "" && u.SHA256 == "" && u.Method == Multipart && (u.State == Pending || u.State == Sealed)
}

// checkStated refuses a digest other than the one on record: S3 holds the parts to theirs and not the whole, so nobody
// could tell later which of the two is wrong.
func (u Upload) checkStated(digest string) error {
	if digest == "" {
		return nil
	}
	var broken fault.Fields
	if checkDigest(&broken, "/sha256", digest) {
		broken.Check(u.SHA256 == "" || u.SHA256 == digest, "/sha256", "same", "Another digest was stated for the upload before.")
	}
	return broken.Err()
}
