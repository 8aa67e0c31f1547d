package web

import (
	"context"
	"net/http"

	"waybill/internal/upload"
)

// uploadView is an upload as the API shows it. Where its bytes lie in the bucket is ours.
type uploadView struct {
	ID                string         `json:"id"`
	Org               string         `json:"org,omitempty"`
	Migration         string         `json:"migration,omitempty"`
	FileName          string         `json:"fileName,omitempty"`
	Size              int64          `json:"size"`
	Kind              upload.Kind    `json:"kind"`
	State             upload.State   `json:"state"`
	Method            upload.Method  `json:"method"`
	SHA256            string         `json:"sha256,omitempty"`
	ReceiptSHA256     string         `json:"receiptSha256,omitempty"`
	PartSize          int64          `json:"partSize,omitempty"`
	Parts             int            `json:"parts,omitempty"`
	Region            string         `json:"region"`
	KMSKeyARN         string         `json:"kmsKeyArn,omitempty"`
	Rule              string         `json:"rule"`
	CreatedAt         string         `json:"createdAt"`
	SealedAt          string         `json:"sealedAt,omitempty"`
	DeleteBy          string         `json:"deleteBy"`
	ExpiredAt         string         `json:"expiredAt,omitempty"`
	PurgedAt          string         `json:"purgedAt,omitempty"`
	DeleteRequestedAt string         `json:"deleteRequestedAt,omitempty"`
	InspectedAt       string         `json:"inspectedAt,omitempty"`
	Certificate       string         `json:"certificate,omitempty"` // of its deletion
	Put               *upload.Signed `json:"put,omitempty"`         // the way to S3, while one PUT is all it needs
}

func viewOf(u upload.Upload) uploadView {
	return uploadView{ID: u.ID, Org: u.Org, Migration: u.Migration, FileName: u.FileName, Size: u.Size, Kind: u.Kind, State: u.State,
		Method: u.Method, SHA256: u.SHA256, ReceiptSHA256: u.Receipt, PartSize: u.PartSize, Parts: u.Parts, Region: u.Region, KMSKeyARN: u.KMSKeyARN, Rule: u.Rule,
		CreatedAt: stamp(u.CreatedAt), SealedAt: stamp(u.SealedAt), DeleteBy: stamp(u.DeleteBy), ExpiredAt: stamp(u.ExpiredAt), PurgedAt: stamp(u.PurgedAt), DeleteRequestedAt: stamp(u.DeleteRequestedAt),
		InspectedAt: stamp(u.InspectedAt), Certificate: proofOf(u)}
}

// proofOf is the certificate of what is gone.
func proofOf(u upload.Upload) string {
	if u.PurgedAt.IsZero() {
		return ""
	}
	return u.Certificate
}

// showUpload is never lasting: an offer expires by the clock, without a new revision.
func showUpload(u upload.Upload) answer { return tagged(viewOf(u), u.Revision) }

// offerUpload answers the record, and the way to S3 when one PUT is all it needs. A repeated request signs anew; when its
// upload was completed or has ended meanwhile, there is no way to sign any more.
func (a API) offerUpload(ctx context.Context, c *call, d upload.Draft) (answer, error) {
	u, err := a.Stager.Offer(ctx, c.act, c.org, c.path("mig"), d)
	if err != nil {
		return answer{}, err
	}
	u = u.At(c.act.Time)
	view := viewOf(u)
	if u.Method == upload.Single && u.State == upload.Pending {
		way, err := a.Stager.SignPut(ctx, c.act, u)
		if err != nil {
			return answer{}, err
		}
		view.Put = &way
	}
	return created("/v1/uploads/"+u.ID, tagged(view, u.Revision)), nil
}

func (a API) getUpload(ctx context.Context, c *call) (answer, error) {
	u, err := a.Stager.Get(ctx, c.act, c.org, c.path("upl"))
	return showUpload(u), err
}

// deleteUpload only asks: the next sweep does it, so the answer is that it was accepted.
func (a API) deleteUpload(ctx context.Context, c *call) (answer, error) {
	u, err := a.Stager.Delete(ctx, c.act, c.org, c.path("upl"), c.match)
	shown := showUpload(u)
	shown.status = http.StatusAccepted
	return shown, err
}

func (a API) listUploads(ctx context.Context, c *call) (answer, error) {
	l := list[upload.Upload]{id: idOf, show: shown, owner: a.uploadsBelong}
	l.read = func(after string, limit int) ([]upload.Upload, bool, error) {
		return a.Stager.List(ctx, c.act, c.org, c.path("mig"), after, limit)
	}
	return l.answer(ctx, a.Cursors, c)
}

// uploadsBelong answers fault.NotFound when that of which they are listed is not there.
func (a API) uploadsBelong(ctx context.Context, c *call) error {
	if id := c.path("mig"); id != "" {
		_, err := a.Planner.Get(ctx, c.org, id)
		return err
	}
	return a.orgExists(ctx, c)
}

func (a API) listQuarantined(ctx context.Context, c *call) (answer, error) {
	l := list[upload.Upload]{id: idOf, show: shown}
	l.read = func(after string, limit int) ([]upload.Upload, bool, error) {
		return a.Quarantine.Quarantined(ctx, after, limit)
	}
	return l.answer(ctx, a.Cursors, c)
}

func idOf(u upload.Upload) string { return u.ID }

func shown(u upload.Upload) any { return viewOf(u) }
