package client

import (
	"context"
	"encoding/json"
)

// Envelope is a certificate as it is served: what matters is the answer itself (Record.Raw), which alone can be verified.
type Envelope struct {
	PayloadType string          `json:"payloadType"`
	Inclusion   json.RawMessage `json:"inclusion"` // absent until it stands in the ledger
}

// Certificate is one in a list: what to fetch it by, and what it is about.
type Certificate struct {
	ID             string `json:"id"`
	Rule           string `json:"rule"`
	Region         string `json:"region"`
	Due            string `json:"due"`
	Erased         string `json:"erased"`
	VerifiedAbsent string `json:"verifiedAbsent"`
}

// Certificate reads one, whole.
func (c *Client) Certificate(ctx context.Context, id string) (Record[Envelope], error) {
	return get[Envelope](ctx, c, "v1", "certificates", id)
}

// Certificates reads a page of those of an organisation.
func (c *Client) Certificates(ctx context.Context, org string, r Range) (Page[Certificate], error) {
	return list[Certificate](ctx, c, nil, r, "v1", "orgs", org, "certificates")
}
