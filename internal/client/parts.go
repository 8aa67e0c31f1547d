package client

import (
	"context"
	"net/http"
)

// Signed is a request that S3 takes once every header is sent as given: all are signed. It is a secret while it holds.
type Signed struct {
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

// PartDigest names a part that is about to be sent, counted from 1. The SHA-256 is base64.
type PartDigest struct {
	Number int    `json:"number"`
	SHA256 string `json:"sha256"`
}

// SignedPart is the way of one part to S3.
type SignedPart struct {
	Number int `json:"number"`
	Signed
}

// Part is a part that S3 has.
type Part struct {
	Number int    `json:"number"`
	ETag   string `json:"etag"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size,omitempty"` // bytes; only in what the API answers
}

// SignPut signs the one PUT of a single upload anew.
func (c *Client) SignPut(ctx context.Context, id string) (Signed, error) {
	got, err := send[struct {
		Put Signed `json:"put"`
	}](ctx, c, call{method: http.MethodPost, path: []string{"v1", "uploads", id, "put"}})
	return got.Value.Put, err
}

// SignParts signs the ways of some parts, up to 1,000 at once, as often as asked while the upload is pending.
func (c *Client) SignParts(ctx context.Context, id string, parts []PartDigest) ([]SignedPart, error) {
	got, err := send[struct {
		Parts []SignedPart `json:"parts"`
	}](ctx, c, call{method: http.MethodPost, path: []string{"v1", "uploads", id, "parts"}, body: map[string][]PartDigest{"parts": parts}})
	return got.Value.Parts, err
}

// Parts lists what S3 already has of a multipart upload.
func (c *Client) Parts(ctx context.Context, id string) ([]Part, error) {
	got, err := get[struct {
		Parts []Part `json:"parts"`
	}](ctx, c, "v1", "uploads", id, "parts")
	return got.Value.Parts, err
}

// Completion is all parts of an upload and, unless it was stated when it was offered, the SHA-256 of the whole, in base64.
type Completion struct {
	Parts  []Part `json:"parts"`
	SHA256 string `json:"sha256,omitempty"`
}

// CompleteUpload has S3 join all parts, and answers the record: PENDING while S3 has not reported it yet. Asking again is
// harmless.
func (c *Client) CompleteUpload(ctx context.Context, id string, all Completion) (Record[Upload], error) {
	return send[Upload](ctx, c, call{method: http.MethodPost, path: []string{"v1", "uploads", id, "complete"}, body: all})
}
