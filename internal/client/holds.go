package client

import (
	"context"
	"net/http"
)

// Hold is a legal hold. Times are RFC 3339.
type Hold struct {
	ID            string `json:"id"`
	Org           string `json:"org"`
	Scope         string `json:"scope"` // the id of what it covers
	Reason        string `json:"reason"`
	PlacedBy      string `json:"placedBy"`
	PlacedAt      string `json:"placedAt"`
	ReviewBy      string `json:"reviewBy"`
	ReviewOverdue bool   `json:"reviewOverdue"`
	ReleasedAt    string `json:"releasedAt"` // empty while it holds
	ReleasedBy    string `json:"releasedBy"`
	ReleaseReason string `json:"releaseReason"`
}

// HoldDraft is what is said of a new hold.
type HoldDraft struct {
	Scope    string `json:"scope"`
	Reason   string `json:"reason"`
	ReviewBy string `json:"reviewBy"` // RFC 3339
}

// PlaceHold puts a legal hold on an organisation, or on a migration or an upload of it.
func (c *Client) PlaceHold(ctx context.Context, org string, d HoldDraft) (Record[Hold], error) {
	return send[Hold](ctx, c, call{method: http.MethodPost, path: []string{"v1", "orgs", org, "holds"}, body: d, once: Once()})
}

// Hold reads one.
func (c *Client) Hold(ctx context.Context, id string) (Record[Hold], error) {
	return get[Hold](ctx, c, "v1", "holds", id)
}

// Holds reads a page of an organisation's, those that were released too.
func (c *Client) Holds(ctx context.Context, org string, r Range) (Page[Hold], error) {
	return list[Hold](ctx, c, nil, r, "v1", "orgs", org, "holds")
}

// ReleaseHold ends one. match is the ETag of the record as it was last seen.
func (c *Client) ReleaseHold(ctx context.Context, id, reason, match string) (Record[Hold], error) {
	return send[Hold](ctx, c, call{method: http.MethodPost, path: []string{"v1", "holds", id, "release"}, body: because(reason), match: match, once: Once()})
}

func because(reason string) map[string]string { return map[string]string{"reason": reason} }
