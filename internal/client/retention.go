package client

import (
	"context"
	"net/http"
)

// Termination is the clock of an organisation's end. Times are RFC 3339.
type Termination struct {
	RequestedAt string `json:"requestedAt"`
	RequestedBy string `json:"requestedBy"`
	Reason      string `json:"reason"`
	DeleteBy    string `json:"deleteBy"`
	Rule        string `json:"rule"`
}

// Holding is a thing that is held: where, under whose key, by which rules, until when.
type Holding struct {
	ID             string   `json:"id"`
	Kind           string   `json:"kind"`
	Migration      string   `json:"migration"`
	State          string   `json:"state"`
	Size           int64    `json:"size"` // bytes
	Bucket         string   `json:"bucket"`
	Table          string   `json:"table"`
	Region         string   `json:"region"`
	KMSKeyARN      string   `json:"kmsKeyArn"`
	Rule           string   `json:"rule"`
	Rules          []string `json:"rules"`
	DeleteBy       string   `json:"deleteBy"`
	Basis          string   `json:"basis"`
	Holds          []string `json:"holds"`
	PredictedPurge string   `json:"predictedPurge"`
	Remains        bool     `json:"remains"` // it outlives the organisation
}

// Terminate starts the clock of an organisation's end.
func (c *Client) Terminate(ctx context.Context, org, reason string) (Record[Termination], error) {
	return send[Termination](ctx, c, call{method: http.MethodPost, path: []string{"v1", "orgs", org, "termination"}, body: because(reason), once: Once()})
}

// Termination reads the one that runs.
func (c *Client) Termination(ctx context.Context, org string) (Record[Termination], error) {
	return get[Termination](ctx, c, "v1", "orgs", org, "termination")
}

// WithdrawTermination stops the clock. match is the ETag of the record as it was last seen.
func (c *Client) WithdrawTermination(ctx context.Context, org, match string) error {
	_, err := send[nothing](ctx, c, call{method: http.MethodDelete, path: []string{"v1", "orgs", org, "termination"}, match: match, once: Once()})
	return err
}

// Holdings reads a page of the data map of a place.
func (c *Client) Holdings(ctx context.Context, of Place, r Range) (Page[Holding], error) {
	return list[Holding](ctx, c, nil, r, of.path("holdings")...)
}
