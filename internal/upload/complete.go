package upload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

// Completion is what a client says when all parts are sent. A digest of the whole file that was not stated at the offer
// may be stated now, so that a large file need not be read before it is sent.
type Completion struct {
	Parts  []Part `json:"parts"`
	SHA256 string `json:"sha256,omitempty"` // base64
}

// Complete joins the parts of a multipart upload and seals it. S3's own event does the same (see Receiver), and
// whichever comes first wins: an upload that is sealed already is answered as it is. When S3 no longer has the
// multipart upload, an earlier call joined it without hearing so; the upload is answered PENDING, for the event to seal.
func (s Stager) Complete(ctx context.Context, act audit.Act, organisation, id string, c Completion) (Upload, error) {
	u, err := s.Records.Upload(ctx, organisation, id)
	if err == nil {
		err = u.checkStated(c.SHA256)
	}
	switch {
	case err != nil:
		return u, err
	case u.State == Sealed:
		return s.stated(ctx, act, u, c.SHA256)
	case u.State == Pending && u.Method == Single:
		return u.At(act.Time), nil
	}
	if err := u.checkCompletion(act.Time, c.Parts); err != nil {
		return u, err
	}
	version, err := s.Objects.Complete(ctx, u, c.Parts)
	if errors.Is(err, fault.NotFound) {
		return s.statedElsewhere(ctx, act, u, c.SHA256)
	}
	if err != nil {
		return u, fmt.Errorf("completing %s: %w", id, err)
	}
	return s.seal(ctx, act, u, version, c.SHA256)
}

func (s Stager) seal(ctx context.Context, act audit.Act, u Upload, version, digest string) (Upload, error) {
	after := u.sealed(version, act.Time)
	after.SHA256 = cmp.Or(u.SHA256, digest)
	err := s.Records.ReplaceUpload(ctx, act, audit.UploadSealed, u, after, after.Rule)
	if _, repeated := audit.Repetition(err); repeated || errors.Is(err, fault.Stale) {
		return s.statedElsewhere(ctx, act, u, digest)
	}
	return after, err
}

func (u Upload) checkCompletion(now time.Time, parts []Part) error {
	if err := u.open(now, Multipart); err != nil {
		return err
	}
	if err := u.checkParts(parts); err != nil {
		return err
	}
	if u.UploadID == "" {
		return fault.Conflict.Because("No part of the upload was signed yet.")
	}
	return nil
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
