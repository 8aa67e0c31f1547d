package web

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"waybill/internal/access"
	"waybill/internal/audit"
	"waybill/internal/fault"
)

//go:embed testdata/access.txt
var testdata embed.FS

// Every route × every role × own and another organisation. A route that is not in the table, and one that is there and is
// not served, fail.
func TestAccess(t *testing.T) {
	t.Parallel()
	table, roles := accessTable(t)
	for _, rt := range (API{}).routes() {
		row, found := table[rt.at]
		delete(table, rt.at)
		if !found || len(row) != len(roles) {
			t.Errorf("%s has no whole row in the table", rt.at)
			continue
		}
		for i, role := range roles {
			own, other, differ := strings.Cut(row[i], "/")
			if !differ {
				other = own
			}
			answers(t, rt.at, access.Role(role), true, own)
			answers(t, rt.at, access.Role(role), false, other)
		}
	}
	for at := range table {
		t.Errorf("%s is in the table and not served", at)
	}
}

func accessTable(t *testing.T) (rows map[string][]string, roles []string) {
	text, err := testdata.ReadFile("testdata/access.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows = map[string][]string{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "# route"):
			roles = words[2:]
		case len(words) > 2 && words[0] != "#":
			rows[words[0]+" "+words[1]] = words[2:]
		}
	}
	return rows, roles
}

func answers(t *testing.T, route string, role access.Role, own bool, want string) {
	t.Helper()
	c := newCell(t)
	c.as = person(role)
	if strings.HasSuffix(route, "/findings") || strings.HasSuffix(route, "/inventory") {
		c.inspect(ourUpl)
	}
	if role == "nobody" {
		c.as = Caller{RequestID: requestID}
	}
	if strings.HasSuffix(route, "/termination") && !strings.HasPrefix(route, "POST ") {
		c.leave()
	}
	line := targets(route, role, own).Replace(route)
	got := c.ask(line, exampleOf(route), `If-Match: *`)
	if fmt.Sprint(got.status) != want {
		t.Errorf("%s by %s (own: %t): got %d, want %s: %s", line, role, own, got.status, want, got.text)
	}
}

// targets names things that a route can be granted on, so that whatever is refused is refused for who asks.
func targets(route string, role access.Role, own bool) *strings.Replacer {
	mig, upl := ourMig, ourUpl
	switch {
	case strings.HasSuffix(route, "/settle"):
		mig = runningMig
	case strings.HasSuffix(route, "/unarchive"):
		mig = archivedMig
	case strings.HasSuffix(route, "/parts"):
		upl = largeUpl
	case role == access.Operator:
		upl = strayUpl
	}
	if own {
		return strings.NewReplacer("{org}", ours, "{mig}", mig, "{upl}", upl, "{hld}", ourHld, "{crt}", ourCrt, "{path}", firstTile)
	}
	return strings.NewReplacer("{org}", theirs, "{mig}", theirMig, "{upl}", theirUpl, "{hld}", theirHld, "{crt}", theirCrt, "{path}", firstTile)
}

func TestRefusalsAreOnRecord(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ line, resource, detail string }{
		{"POST /v1/migrations/" + ourMig + "/run", ourMig, "migration.run"},
		{"DELETE /v1/uploads/" + ourUpl, ourUpl, "upload.delete"},
		{"PUT /v1/orgs/" + ours + "/key", ours, "key.bind"},
		{"DELETE /v1/migrations/anything-else", ours, "migration.delete"},
		{"POST /v1/holds/" + ourHld + "/release", ourHld, "hold.place"},
		{"DELETE /v1/orgs/" + ours + "/termination", ours, "org.terminate"},
	} {
		c := newCell(t)
		c.as = person(access.Viewer)
		c.refused(fault.Forbidden, test.line, "")
		want := audit.Entry{Time: start, Action: audit.AccessRefused, Actor: "ada", Resource: test.resource, Outcome: audit.Refused,
			RequestID: requestID, Detail: test.detail}
		got := c.recorded()
		for i := range got {
			got[i].ID = ""
		}
		if !slices.Equal(got, []audit.Entry{want}) {
			t.Errorf("%s: on record is %+v, want %+v", test.line, got, want)
		}
	}
}

func TestWhoCalls(t *testing.T) {
	t.Parallel()
	line := "GET /v1/orgs/" + ours
	c := newCell(t)

	c.as = Caller{RequestID: requestID}
	c.refused(fault.Unauthenticated, line, "")

	c.as.Refusal = fault.Unauthenticated.Because(`The token has "expired".`)
	got := c.refused(fault.Unauthenticated, line, "", "Authorization: Bearer old")
	if want := `Bearer realm="waybill", error="invalid_token", error_description="The token has expired."`; got.header.Get("WWW-Authenticate") != want {
		t.Errorf("the challenge is %s, want %s", got.header.Get("WWW-Authenticate"), want)
	}
	got = c.refused(fault.Unauthenticated, line, "")
	if want := `Bearer realm="waybill"`; got.header.Get("WWW-Authenticate") != want {
		t.Errorf("without a token, the challenge is %s, want %s", got.header.Get("WWW-Authenticate"), want)
	}

	c.as.Refusal = fault.IssuerUnavailable.Because("The token's issuer cannot be reached.")
	got = c.refused(fault.IssuerUnavailable, line, "", "Authorization: Bearer good")
	if got.header.Get("Retry-After") == "" || got.header.Get("WWW-Authenticate") != "" {
		t.Errorf("an issuer that is away is answered with %v", got.header)
	}
}

// A context that holds both, or nothing but roles, is nobody's.
func TestNobodyHasNoRoles(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.as = admin()
	c.as.Principal.Subject = ""
	c.refused(fault.Unauthenticated, "GET /v1/orgs/"+ours, "")
	c.as = admin()
	c.as.Refusal = fault.Unauthenticated
	c.refused(fault.Unauthenticated, "GET /v1/orgs/"+ours, "")
}
