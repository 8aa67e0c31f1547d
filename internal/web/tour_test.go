package web

import (
	"encoding/json"
	"strings"
	"testing"

	"waybill/internal/access"
)

// Every route, granted once, in the order of a customer's life, with the document's own example as the body where it has
// one: what the document shows does work, and what it says of the answers is true.
func TestTour(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	ids := strings.NewReplacer("{org}", ours, "{mig}", ourMig, "{upl}", ourUpl, "{hld}", ourHld, "{crt}", ourCrt, "{path}", firstTile)
	large := strings.NewReplacer("{upl}", largeUpl)
	seen := map[string]bool{}
	for _, stop := range []struct {
		as      access.Role
		status  int
		at      string // the route
		query   string
		headers []string
		ids     *strings.Replacer
		before  func(upload string)
	}{
		{as: access.Viewer, status: 200, at: "GET /v1/openapi.yaml"},
		{as: access.Operator, status: 201, at: "POST /v1/orgs"},
		{as: access.Viewer, status: 200, at: "GET /v1/orgs/{org}"},
		{as: access.SecurityOfficer, status: 200, at: "PUT /v1/orgs/{org}/key"},
		{as: access.MigrationAdmin, status: 201, at: "POST /v1/orgs/{org}/migrations"},
		{as: access.Viewer, status: 200, at: "GET /v1/orgs/{org}/migrations", query: "?status=SAVED&archived=false&limit=10"},
		{as: access.Viewer, status: 200, at: "GET /v1/migrations/{mig}"},
		{as: access.MigrationAdmin, status: 200, at: "PATCH /v1/migrations/{mig}", headers: []string{`If-Match: "1"`, "Content-Type: " + mergePatchType}},
		{as: access.MigrationAdmin, status: 201, at: "POST /v1/migrations/{mig}/copy"},
		{as: access.MigrationAdmin, status: 200, at: "POST /v1/migrations/{mig}/archive"},
		{as: access.MigrationAdmin, status: 200, at: "POST /v1/migrations/{mig}/unarchive"},
		{as: access.MigrationAdmin, status: 200, at: "POST /v1/migrations/{mig}/run"},
		{as: access.MigrationAdmin, status: 201, at: "POST /v1/migrations/{mig}/uploads"},
		{as: access.Viewer, status: 200, at: "GET /v1/migrations/{mig}/uploads"},
		{as: access.OrgAdmin, status: 201, at: "POST /v1/orgs/{org}/uploads"},
		{as: access.Viewer, status: 200, at: "GET /v1/orgs/{org}/uploads", query: "?limit=1"},
		{as: access.MigrationAdmin, status: 200, at: "POST /v1/uploads/{upl}/put"},
		{as: access.MigrationAdmin, status: 200, at: "POST /v1/uploads/{upl}/parts", ids: large},
		{as: access.Viewer, status: 200, at: "GET /v1/uploads/{upl}/parts", ids: large},
		{as: access.MigrationAdmin, status: 200, at: "POST /v1/uploads/{upl}/complete", ids: large},
		{as: access.Viewer, status: 200, at: "GET /v1/uploads/{upl}", ids: large},
		{as: access.Viewer, status: 200, at: "GET /v1/uploads/{upl}/findings", ids: large, before: c.inspect},
		{as: access.Viewer, status: 200, at: "GET /v1/uploads/{upl}/inventory", ids: large},
		{as: access.Viewer, status: 200, at: "GET /v1/orgs/{org}/holdings", query: "?limit=6"},
		{as: access.Viewer, status: 200, at: "GET /v1/migrations/{mig}/holdings"},
		{as: access.SecurityOfficer, status: 201, at: "POST /v1/orgs/{org}/holds"},
		{as: access.OrgAdmin, status: 200, at: "GET /v1/orgs/{org}/holds"},
		{as: access.OrgAdmin, status: 200, at: "GET /v1/holds/{hld}"},
		{as: access.SecurityOfficer, status: 200, at: "POST /v1/holds/{hld}/release"},
		{as: access.OrgAdmin, status: 201, at: "POST /v1/orgs/{org}/termination"},
		{as: access.SecurityOfficer, status: 200, at: "GET /v1/orgs/{org}/termination"},
		{as: access.OrgAdmin, status: 204, at: "DELETE /v1/orgs/{org}/termination"},
		{as: access.MigrationAdmin, status: 202, at: "DELETE /v1/uploads/{upl}"},
		{as: access.MigrationAdmin, status: 200, at: "POST /v1/migrations/{mig}/settle"},
		{as: access.OrgAdmin, status: 204, at: "DELETE /v1/migrations/{mig}"},
		{as: access.SecurityOfficer, status: 200, at: "GET /v1/orgs/{org}/events", query: "?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&action=migration.created&actor=ada"},
		{as: access.Viewer, status: 200, at: "GET /v1/certificates/{crt}"},
		{as: access.Viewer, status: 200, at: "GET /v1/orgs/{org}/certificates"},
		{as: access.Vendor, status: 200, at: "GET /v1/ledger/key"},
		{as: access.Vendor, status: 200, at: "GET /v1/ledger/checkpoint"},
		{as: access.Vendor, status: 200, at: "GET /v1/ledger/tile/{path}"},
		{as: access.Operator, status: 200, at: "GET /v1/uploads"},
	} {
		if stop.before != nil {
			stop.before(largeUpl)
		}
		c.as = person(stop.as)
		line := stop.at + stop.query
		if stop.ids != nil {
			line = stop.ids.Replace(line)
		}
		c.want(stop.status, ids.Replace(line), exampleOf(stop.at), stop.headers...)
		seen[stop.at] = true
	}
	for _, rt := range c.api.routes() {
		if !seen[rt.at] {
			t.Errorf("%s was not visited", rt.at)
		}
	}
}

// exampleOf is the request body that the document shows for a route; empty when it shows none.
func exampleOf(route string) string {
	method, path, _ := strings.Cut(route, " ")
	wanted := at(tree(), "paths", path, strings.ToLower(method), "requestBody")
	if ref, isRef := at(wanted, "$ref").(string); isRef {
		wanted = at(tree(), strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	example := at(wanted, "content", jsonType, "example")
	if example == nil {
		return ""
	}
	text, err := json.Marshal(example)
	if err != nil {
		panic(err)
	}
	return string(text)
}
