package client

import (
	"context"
	"encoding/json"
	"net/http"
)

// Migration is the record of one. In lists, Scope is empty and the counts say how large it is.
type Migration struct {
	ID           string      `json:"id"`
	Org          string      `json:"org"`
	Name         string      `json:"name"`
	Source       Source      `json:"source"`
	Destination  Destination `json:"destination"`
	Scope        Scope       `json:"scope"`
	ProjectCount int         `json:"projectCount"`
	AppCount     int         `json:"appCount"`
	Status       string      `json:"status"`
	Archived     bool        `json:"archived"`
	CopiedFrom   string      `json:"copiedFrom"`
	CreatedAt    string      `json:"createdAt"`
	UpdatedAt    string      `json:"updatedAt"`
}

// Source is the self-hosted instance.
type Source struct {
	Product  string `json:"product"`
	ServerID string `json:"serverId"`
	BaseURL  string `json:"baseUrl"`
	Version  string `json:"version"`
}

// Destination is the cloud site.
type Destination struct {
	URL string `json:"url"`
}

// Scope is what shall move.
type Scope struct {
	Projects       []Named `json:"projects"`
	UsersAndGroups string  `json:"usersAndGroups"` // all, scoped or none
	Apps           []Named `json:"apps"`
}

// Named is a project or an app.
type Named struct {
	Key  string `json:"key"`
	Name string `json:"name,omitempty"`
}

// MigrationFilter narrows a list; empty members admit everything. Archived is "true", "false" or empty.
type MigrationFilter struct{ Status, Archived string }

// CreateMigration saves a plan, a JSON object as POST /v1/orgs/{org}/migrations takes it.
func (c *Client) CreateMigration(ctx context.Context, org string, plan json.RawMessage) (Record[Migration], error) {
	return send[Migration](ctx, c, call{method: http.MethodPost, path: []string{"v1", "orgs", org, "migrations"}, body: plan, once: Once()})
}

// Migration reads one.
func (c *Client) Migration(ctx context.Context, id string) (Record[Migration], error) {
	return get[Migration](ctx, c, "v1", "migrations", id)
}

// Migrations reads a page of an organisation's.
func (c *Client) Migrations(ctx context.Context, org string, f MigrationFilter, r Range) (Page[Migration], error) {
	return list[Migration](ctx, c, given("status", f.Status, "archived", f.Archived), r, "v1", "orgs", org, "migrations")
}

// EditMigration applies a JSON merge patch (RFC 7396) to a saved one. match is the ETag of the record as it was last seen.
func (c *Client) EditMigration(ctx context.Context, id string, patch json.RawMessage, match string) (Record[Migration], error) {
	return send[Migration](ctx, c, call{method: http.MethodPatch, path: []string{"v1", "migrations", id}, body: patch,
		media: "application/merge-patch+json", match: match, once: Once()})
}

// Step takes a migration a step further: run, archive or unarchive. match is the ETag of the record as it was last seen.
func (c *Client) Step(ctx context.Context, id, step, match string) (Record[Migration], error) {
	return send[Migration](ctx, c, call{method: http.MethodPost, path: []string{"v1", "migrations", id, step}, match: match, once: Once()})
}

// SettleMigration says how a running one ended: FINISHED, INCOMPLETE or FAILED.
func (c *Client) SettleMigration(ctx context.Context, id, status, match string) (Record[Migration], error) {
	return send[Migration](ctx, c, call{method: http.MethodPost, path: []string{"v1", "migrations", id, "settle"},
		body: map[string]string{"status": status}, match: match, once: Once()})
}

// CopyMigration saves a new plan like it.
func (c *Client) CopyMigration(ctx context.Context, id string) (Record[Migration], error) {
	return send[Migration](ctx, c, call{method: http.MethodPost, path: []string{"v1", "migrations", id, "copy"}, once: Once()})
}

// DeleteMigration deletes it, and asks for the purge of what was staged for it.
func (c *Client) DeleteMigration(ctx context.Context, id, match string) error {
	_, err := send[nothing](ctx, c, call{method: http.MethodDelete, path: []string{"v1", "migrations", id}, match: match, once: Once()})
	return err
}
