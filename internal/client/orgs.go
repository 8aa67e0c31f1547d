package client

import (
	"context"
	"net/http"
	"net/url"
)

// Org is an organisation.
type Org struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Location  string   `json:"location"`
	Plan      string   `json:"plan"`
	Regions   []string `json:"regions"`
	Key       OrgKey   `json:"key"`
	CreatedAt string   `json:"createdAt"`

	Termination Termination `json:"termination"` // zero while none runs; of its reason nothing is said here
}

// OrgKey is the KMS key that an organisation's bytes lie under.
type OrgKey struct {
	Mode  string `json:"mode"` // operator, or customer
	ARN   string `json:"keyArn"`
	State string `json:"state"`
}

// OrgDraft is what is said of a new organisation.
type OrgDraft struct {
	Name     string `json:"name"`
	Location string `json:"location"`
	Plan     string `json:"plan"`
}

// Event is an entry of the audit log.
type Event struct {
	ID        string `json:"id"`
	Time      string `json:"time"`
	Action    string `json:"action"`
	Actor     string `json:"actor"`
	Resource  string `json:"resource"`
	Outcome   string `json:"outcome"`
	RequestID string `json:"requestId"`
}

// EventFilter narrows the audit log; empty members admit everything. Times are RFC 3339.
type EventFilter struct{ From, To, Action, Actor string }

// CreateOrg takes a new organisation into the cell.
func (c *Client) CreateOrg(ctx context.Context, d OrgDraft) (Record[Org], error) {
	return send[Org](ctx, c, call{method: http.MethodPost, path: []string{"v1", "orgs"}, body: d, once: Once()})
}

// Org reads an organisation.
func (c *Client) Org(ctx context.Context, id string) (Record[Org], error) {
	return get[Org](ctx, c, "v1", "orgs", id)
}

// BindKey puts an organisation under a KMS key of its own. match is the ETag of the record as it was last seen.
func (c *Client) BindKey(ctx context.Context, id, arn, match string) (Record[Org], error) {
	body := map[string]string{"keyArn": arn}
	return send[Org](ctx, c, call{method: http.MethodPut, path: []string{"v1", "orgs", id, "key"}, body: body, match: match, once: Once()})
}

// Events reads a page of an organisation's audit log.
func (c *Client) Events(ctx context.Context, org string, f EventFilter, r Range) (Page[Event], error) {
	return list[Event](ctx, c, given("from", f.From, "to", f.To, "action", f.Action, "actor", f.Actor), r, "v1", "orgs", org, "events")
}

// given makes parameters of names and values, and leaves out those without a value.
func given(pairs ...string) url.Values {
	query := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	return query
}
