package client

import (
	"context"
	"net/http"

	"waybill/internal/bundle"
)

// Upload is the record of one.
type Upload struct {
	ID          string  `json:"id"`
	Org         string  `json:"org"`
	Migration   string  `json:"migration"`
	FileName    string  `json:"fileName"`
	Size        int64   `json:"size"` // bytes
	Kind        string  `json:"kind"`
	State       string  `json:"state"`
	Method      string  `json:"method"`
	SHA256      string  `json:"sha256"` // base64, of the whole file, as it was stated
	PartSize    int64   `json:"partSize"`
	Parts       int     `json:"parts"`
	Region      string  `json:"region"`
	KMSKeyARN   string  `json:"kmsKeyArn"`
	Rule        string  `json:"rule"`
	CreatedAt   string  `json:"createdAt"`
	SealedAt    string  `json:"sealedAt"`
	DeleteBy    string  `json:"deleteBy"`
	PurgedAt    string  `json:"purgedAt"`
	InspectedAt string  `json:"inspectedAt"`
	Certificate string  `json:"certificate"`
	Put         *Signed `json:"put"` // in the answer to an offer, when one PUT is all it needs
}

// The states of an upload, and the ways its bytes may travel.
const (
	Pending = "PENDING"
	Sealed  = "SEALED"

	Single    = "single"
	Multipart = "multipart"
)

// UploadDraft is what is said of a file that shall be uploaded.
type UploadDraft struct {
	FileName string `json:"fileName"`
	Size     int64  `json:"size"` // bytes
	Kind     string `json:"kind"`
	SHA256   string `json:"sha256,omitempty"` // base64; a large file's may be stated at its completion
	// ReceiptSHA256 is that of the receipt of a redaction, in base64.
	ReceiptSHA256 string `json:"receiptSha256,omitempty"`
}

// Place is where an upload, or another thing that is held, belongs: a migration or, when that is empty, an organisation as a whole.
type Place struct{ Migration, Org string }

// path is that of something at the place.
func (p Place) path(what string) []string {
	if p.Migration != "" {
		return []string{"v1", "migrations", p.Migration, what}
	}
	return []string{"v1", "orgs", p.Org, what}
}

// OfferUpload opens an upload. The same offer under the same once, within 24 hours, opens no other.
func (c *Client) OfferUpload(ctx context.Context, to Place, d UploadDraft, once string) (Record[Upload], error) {
	return send[Upload](ctx, c, call{method: http.MethodPost, path: to.path("uploads"), body: d, once: once})
}

// Upload reads one.
func (c *Client) Upload(ctx context.Context, id string) (Record[Upload], error) {
	return get[Upload](ctx, c, "v1", "uploads", id)
}

// Findings reads what was read in a support bundle.
func (c *Client) Findings(ctx context.Context, id string) (Record[bundle.Report], error) {
	return get[bundle.Report](ctx, c, "v1", "uploads", id, "findings")
}

// Uploads reads a page of those of a place.
func (c *Client) Uploads(ctx context.Context, of Place, r Range) (Page[Upload], error) {
	return list[Upload](ctx, c, nil, r, of.path("uploads")...)
}

// Quarantined reads a page of what arrived and matched nothing. It is the operator's alone.
func (c *Client) Quarantined(ctx context.Context, r Range) (Page[Upload], error) {
	return list[Upload](ctx, c, nil, r, "v1", "uploads")
}

// DeleteUpload asks for its purge with the next sweep. match is the ETag of the record as it was last seen.
func (c *Client) DeleteUpload(ctx context.Context, id, match string) (Record[Upload], error) {
	return send[Upload](ctx, c, call{method: http.MethodDelete, path: []string{"v1", "uploads", id}, match: match, once: Once()})
}
