package web

import (
	"context"
	"slices"
	"strings"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/upload"
)

// store is the records of a cell in memory, and what the API reads beside them.
type store struct {
	*memory.Cell
	fail error // what reading a migration answers, when set
}

func (s *store) Migration(ctx context.Context, organisation, id string) (migration.Migration, error) {
	if s.fail != nil {
		return migration.Migration{}, s.fail
	}
	return s.Cell.Migration(ctx, organisation, id)
}

func (s *store) Quarantined(ctx context.Context, after string, limit int) ([]upload.Upload, bool, error) {
	return s.Uploads(ctx, "", "", after, limit)
}

func (s *store) Events(_ context.Context, organisation string, f audit.Filter, after string, limit int) (list []audit.Entry, more bool, err error) {
	for _, l := range s.Trail() {
		if l.Organisation == organisation && passes(f, l.Entry) && (after == "" || l.ID < after) {
			list = append(list, l.Entry)
		}
	}
	slices.SortFunc(list, func(a, b audit.Entry) int { return strings.Compare(b.ID, a.ID) })
	if len(list) > limit {
		return list[:limit], true, nil
	}
	return list, false, nil
}

func passes(f audit.Filter, e audit.Entry) bool {
	return (f.Action == "" || f.Action == e.Action) && (f.Actor == "" || f.Actor == e.Actor) &&
		!e.Time.Before(f.From) && (f.To.IsZero() || e.Time.Before(f.To))
}

// objects is S3 as the API uses it.
type objects struct {
	has  []upload.Part
	gone bool // the multipart upload is no longer there
	done int  // how often parts were joined
}

func (o *objects) SignPut(_ context.Context, u upload.Upload) (upload.Signed, error) {
	return upload.Signed{URL: "https://staging.s3.eu-central-1.amazonaws.com/" + u.ID + "?X-Amz-Expires=900&" + signature,
		Headers: map[string]string{"If-None-Match": "*"}}, nil
}

func (o *objects) SignPart(ctx context.Context, u upload.Upload, _ upload.PartDigest) (upload.Signed, error) {
	return o.SignPut(ctx, u)
}

func (o *objects) Open(context.Context, upload.Upload) (string, error) { return "opened", nil }

func (o *objects) Parts(context.Context, upload.Upload) ([]upload.Part, error) { return o.has, nil }

func (o *objects) Complete(context.Context, upload.Upload, []upload.Part) (string, error) {
	if o.gone {
		return "", fault.NotFound
	}
	o.done++
	return "version-1", nil
}
