package staging

import (
	"context"

	"waybill/internal/purge"
)

// All hands on everything that lies in the bucket, page by page: every version and delete marker, then every unfinished
// multipart upload. It is for a replay after a restore; a purge asks for what it knows.
func (e Eraser) All(ctx context.Context, do func(purge.Remains) error) error {
	if err := pages(ctx, e.versions, func(found []mark) error {
		var r purge.Remains
		for _, m := range found {
			r.Versions = append(r.Versions, purge.Version{Key: m.key, ID: m.id})
		}
		return do(r)
	}); err != nil {
		return doing("listing versions", err)
	}
	return doing("listing multipart uploads", pages(ctx, e.unfinished, func(found []mark) error {
		var r purge.Remains
		for _, m := range found {
			r.Unfinished = append(r.Unfinished, purge.Unfinished{Key: m.key, UploadID: m.id})
		}
		return do(r)
	}))
}

func pages(ctx context.Context, list lister, do func([]mark) error) error {
	for at := (mark{}); ; {
		page, err := list(ctx, "", at)
		if err != nil {
			return err
		}
		if err := do(page.marks); err != nil || !page.truncated {
			return err
		}
		at = page.last
	}
}
