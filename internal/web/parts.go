package web

import (
	"context"
	"net/http"

	"waybill/internal/audit"
	"waybill/internal/upload"
)

// signPut signs the way of a single upload again, for when the first URL has run out.
func (a API) signPut(ctx context.Context, c *call) (answer, error) {
	u, err := a.Stager.Get(ctx, c.act, c.org, c.path("upl"))
	if err != nil {
		return answer{}, err
	}
	way, err := a.Stager.SignPut(ctx, c.act, u)
	return ok(map[string]upload.Signed{"put": way}), err
}

type partDigests struct {
	Parts []upload.PartDigest `json:"parts"`
}

func (a API) signParts(ctx context.Context, c *call, asked partDigests) (answer, error) {
	if err := a.fresh(ctx, c); err != nil {
		return answer{}, err
	}
	parts, err := a.Stager.SignParts(ctx, c.act, c.org, c.path("upl"), asked.Parts)
	return ok(map[string][]upload.SignedPart{"parts": parts}), err
}

// parts is what S3 has of a multipart upload: as complete reads them (upload.Completion), sizes included, so that what GET
// answered can be sent there as it came.
type parts struct {
	Parts []upload.Part `json:"parts"`
}

func (a API) listParts(ctx context.Context, c *call) (answer, error) {
	there, err := a.Stager.Parts(ctx, c.act, c.org, c.path("upl"))
	if there == nil {
		there = []upload.Part{}
	}
	return ok(parts{there}), err
}

// completeUpload answers the sealed record. While S3's own report is what seals it, the answer is that it was accepted,
// and when to look again.
func (a API) completeUpload(ctx context.Context, c *call, said upload.Completion) (answer, error) {
	if err := a.fresh(ctx, c); err != nil {
		return answer{}, err
	}
	u, err := a.Stager.Complete(ctx, c.act, c.org, c.path("upl"), said)
	shown := showUpload(u)
	if u.State == upload.Pending {
		shown.status, shown.again = http.StatusAccepted, 1
	}
	return shown, err
}

// fresh refuses an idempotency key that was used for another request. Elsewhere the write itself finds that out; here S3
// is asked first, and what it has begun or joined cannot be taken back. Repeating the same request is harmless.
func (a API) fresh(ctx context.Context, c *call) error {
	err := a.Stager.Records.Replayed(ctx, c.org, c.act)
	if _, repeated := audit.Repetition(err); repeated {
		return nil
	}
	return err
}
