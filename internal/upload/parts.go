package upload

import (
	"context"
	"errors"
	"fmt"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

// PartDigest names a part that is about to be sent. Digests are base64 SHA-256.
type PartDigest struct {
	Number int    `json:"number"`
	SHA256 string `json:"sha256"`
}

// SignedPart is the way to S3 for one part.
type SignedPart struct {
	Number int `json:"number"`
	Signed
}

// Part is a part that S3 has.
type Part struct {
	Number int    `json:"number"`
	ETag   string `json:"etag"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size,omitempty"`
}

// MaxSigned is how many parts can be signed in one request.
const MaxSigned = 1000

// SignParts signs the way for some parts of a multipart upload, as often as asked while it is pending. The first call
// opens the multipart upload in S3.
func (s Stager) SignParts(ctx context.Context, act audit.Act, organisation, id string, parts []PartDigest) ([]SignedPart, error) {
	u, err := s.Records.Upload(ctx, organisation, id)
	if err == nil {
		err = u.open(act.Time, Multipart)
	}
	if err == nil {
		err = u.checkDigests(parts)
	}
	if err == nil {
		u, err = s.opened(ctx, act, u)
	}
	if err != nil {
		return nil, err
	}
	return s.signAll(ctx, u, parts)
}

func (s Stager) signAll(ctx context.Context, u Upload, parts []PartDigest) ([]SignedPart, error) {
	signed := make([]SignedPart, 0, len(parts))
	for _, p := range parts {
		way, err := s.Objects.SignPart(ctx, u, p)
		if err != nil {
			return nil, fmt.Errorf("signing part %d of %s: %w", p.Number, u.ID, err)
		}
		signed = append(signed, SignedPart{p.Number, way})
	}
	return signed, nil
}

// opened has S3 begin the multipart upload unless it has. When two calls race, the one that is recorded wins; the
// other's stays empty and goes with the upload's purge, which looks for every unfinished one under the key.
func (s Stager) opened(ctx context.Context, act audit.Act, u Upload) (Upload, error) {
	if u.UploadID != "" {
		return u, nil
	}
	after := u
	var err error
	if after.UploadID, err = s.Objects.Open(ctx, u); err != nil {
		return u, fmt.Errorf("opening the multipart upload of %s: %w", u.ID, err)
	}
	after.Revision++
	err = s.Records.ReplaceUpload(ctx, act, audit.UploadOpened, u, after, "")
	if _, repeated := audit.Repetition(err); repeated || errors.Is(err, fault.Stale) {
		return s.openedElsewhere(ctx, act, u)
	}
	return after, err
}

// openedElsewhere answers the one on record. When the upload has ended meanwhile, its purge may have looked before this
// one was opened, and must look again.
func (s Stager) openedElsewhere(ctx context.Context, act audit.Act, u Upload) (Upload, error) {
	act.Once = nil // it stands for the opening, which did not come about
	for range tries {
		now, err := s.Records.Upload(ctx, u.Org, u.ID)
		if err != nil || now.State == Pending && now.UploadID != "" {
			return now, err
		}
		if err = takeBack(ctx, s.Records, act, now, ""); err == nil {
			return now, fault.Conflict.Because("The upload changed meanwhile; read it again.")
		}
		if !errors.Is(err, fault.Stale) {
			return now, err
		}
	}
	return u, fault.Conflict.Because("The upload keeps changing; read it again.")
}

func (u Upload) checkDigests(parts []PartDigest) error {
	var broken fault.Fields
	if !broken.Check(len(parts) > 0, "/parts", "min-items", "Name at least one part.") ||
		!broken.Check(len(parts) <= MaxSigned, "/parts", "max-items", "At most %d parts can be signed at once.", MaxSigned) {
		return broken.Err()
	}
	seen := map[int]bool{}
	for i, p := range parts {
		u.checkPart(&broken, fmt.Sprintf("/parts/%d", i), p, seen)
	}
	return broken.Err()
}

func (u Upload) checkPart(broken *fault.Fields, at string, p PartDigest, seen map[int]bool) {
	broken.Check(u.PartLength(p.Number) > 0, at+"/number", "range", "The upload has parts 1 to %d.", u.Parts)
	broken.Check(!seen[p.Number], at+"/number", "unique", "Part %d stands here twice.", p.Number)
	checkDigest(broken, at+"/sha256", p.SHA256)
	seen[p.Number] = true
}

// Parts lists what S3 has of a pending multipart upload.
func (s Stager) Parts(ctx context.Context, act audit.Act, organisation, id string) ([]Part, error) {
	u, err := s.Records.Upload(ctx, organisation, id)
	if err != nil {
		return nil, err
	}
	if err := u.open(act.Time, Multipart); err != nil || u.UploadID == "" {
		return []Part{}, err
	}
	return s.Objects.Parts(ctx, u)
}
