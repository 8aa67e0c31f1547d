package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/access"
	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/migration"
)

const listMigrations = "GET /v1/orgs/" + ours + "/migrations"

// ids of a page, in its order.
func (r reply) ids() (all []string) {
	items, _ := r.json["items"].([]any)
	for _, item := range items {
		all = append(all, item.(map[string]any)["id"].(string))
	}
	return all
}

func TestPagesAreTheWholeList(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	for range 122 {
		c.now = c.now.Add(time.Millisecond)
		c.want(201, createMigration, exampleOf("POST /v1/orgs/{org}/migrations"))
	}
	var all []string
	pages := 0
	for next := ""; pages == 0 || next != ""; pages++ {
		got := c.want(200, listMigrations+"?limit=100&cursor="+next, "")
		all, next = append(all, got.ids()...), got.get("next")
	}
	if len(all) != 125 || pages != 2 || !slices.IsSortedFunc(all, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("%d items on %d pages", len(all), pages)
	}
	if got := c.want(200, listMigrations, ""); len(got.ids()) != 50 || got.get("next") == "" {
		t.Errorf("without a limit there are %d", len(got.ids()))
	}
}

// A cursor is worth something for its list, its filters and its organisation, and for nothing else.
func TestCursorsThatAreNot(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	cursor := c.want(200, listMigrations+"?limit=1&archived=false", "").get("next")
	if cursor == "" {
		t.Fatal("there is no second page")
	}
	c.want(200, listMigrations+"?limit=2&archived=false&cursor="+cursor, "")
	for _, line := range []string{
		listMigrations + "?cursor=" + cursor,
		listMigrations + "?archived=true&cursor=" + cursor,
		listMigrations + "?archived=false&status=SAVED&cursor=" + cursor,
		listMigrations + "?archived=false&cursor=" + cursor + "A",
		listMigrations + "?archived=false&cursor=" + strings.ToUpper(cursor),
		listMigrations + "?archived=false&cursor=" + cursor[2:],
		listMigrations + "?archived=false&cursor=" + ourMig,
		listMigrations + "?archived=false&cursor=" + strings.Repeat("A", 5000),
		"GET /v1/orgs/" + ours + "/uploads?cursor=" + cursor,
		"GET /v1/orgs/" + ours + "/events?cursor=" + cursor,
	} {
		if got := c.refused(badRequest, line, ""); !slices.Equal(got.rules(), []string{"?cursor cursor"}) {
			t.Errorf("%s: broken are %q", line, got.rules())
		}
	}
	c.as.Principal.Org = theirs
	c.refused(badRequest, strings.Replace(listMigrations, ours, theirs, 1)+"?archived=false&cursor="+cursor, "")
}

func TestQueriesThatBreakRules(t *testing.T) {
	t.Parallel()
	events := "GET /v1/orgs/" + ours + "/events"
	for line, rules := range map[string][]string{
		listMigrations + "?limit=0":                                           {"?limit range"},
		listMigrations + "?limit=101":                                         {"?limit range"},
		listMigrations + "?limit=":                                            {"?limit range"},
		listMigrations + "?limit=1.0":                                         {"?limit range"},
		listMigrations + "?limit=99999999999999999999":                        {"?limit range"},
		listMigrations + "?limit=1&limit=2":                                   {"?limit unique"},
		listMigrations + "?status=saved":                                      {"?status one-of"},
		listMigrations + "?status=":                                           {"?status one-of"},
		listMigrations + "?archived=yes":                                      {"?archived one-of"},
		listMigrations + "?page=2":                                            {"?page unknown-parameter"},
		listMigrations + "?Status=SAVED":                                      {"?Status unknown-parameter"},
		listMigrations + "?from=2026-01-01T00:00:00Z":                         {"?from unknown-parameter"},
		getMigration + "?expand=scope":                                        {"?expand unknown-parameter"},
		createMigration + "?dry-run":                                          {"?dry-run unknown-parameter"},
		events + "?from=yesterday":                                            {"?from time"},
		events + "?from=2026-01-01":                                           {"?from time"},
		events + "?to=2026-13-01T00:00:00Z":                                   {"?to time"},
		events + "?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z":         {"?to order"},
		events + "?action=migration.invented":                                 {"?action one-of"},
		events + "?actor=":                                                    {"?actor required"},
		events + "?actor=" + strings.Repeat("a", 301):                         {"?actor max-length"},
		events + "?actor=a%00b":                                               {"?actor printable"},
		events + "?" + strings.Repeat("x", 300) + "=1":                        {"?" + strings.Repeat("x", 100) + "… unknown-parameter"},
		listMigrations + "?status=SAVED;archived=true":                        nil,
		listMigrations + "?status=%zz":                                        nil,
		"GET /v1/orgs/" + ours + "/uploads?status=PENDING":                    {"?status unknown-parameter"},
		"POST /v1/uploads/" + ourUpl + "/put?X-Amz-Expires=604800":            {"?X-Amz-Expires unknown-parameter"},
		"GET /v1/migrations/" + ourMig + "/uploads?cursor=a&cursor=b&limit=1": {"?cursor unique"},
	} {
		if got := newCell(t).refused(badRequest, line, ""); !slices.Equal(got.rules(), rules) {
			t.Errorf("%s: broken are %q, want %q", line, got.rules(), rules)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	for query, want := range map[string][]string{
		"":                              {archivedMig, runningMig, ourMig},
		"?status=RUNNING":               {runningMig},
		"?archived=true":                {archivedMig},
		"?archived=false&status=SAVED":  {ourMig},
		"?status=FAILED":                nil,
		"?archived=false&status=FAILED": nil,
	} {
		if got := c.want(200, listMigrations+query, "").ids(); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", query, got, want)
		}
	}
}

func TestEventsAreWhatWasDone(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.want(200, runMigration, "")
	c.now = c.now.Add(time.Hour)
	c.as.Principal.Subject = "function:purge" // whatever an issuer says, a person is not one of our functions
	c.want(201, "POST /v1/migrations/"+ourMig+"/copy", "")
	c.as = person(access.SecurityOfficer)
	events := "GET /v1/orgs/" + ours + "/events"
	all := c.want(200, events, "")
	items := all.json["items"].([]any)
	first, second := items[0].(map[string]any), items[1].(map[string]any)
	if first["action"] != string(audit.MigrationCopied) || first["actor"] != "user:function:purge" || second["actor"] != "ada" {
		t.Fatalf("on record are %v", items)
	}
	if second["time"] != "2026-03-02T09:30:00.000Z" || second["resource"] != ourMig || second["requestId"] != requestID || second["outcome"] != "done" {
		t.Errorf("the first is %v", second)
	}
	for query, want := range map[string]int{"?actor=ada": 1, "?action=migration.copied": 1, "?from=2026-03-02T10:30:00Z": 1, "?from=2026-03-02T09:30:00Z&to=2026-03-02T10:30:00Z": 1,
		"?from=2026-03-02T09:30:00Z&to=2026-03-02T09:30:00Z": 0} {
		if got := c.want(200, events+query, "").ids(); len(got) != want {
			t.Errorf("%s: got %v, want %d", query, got, want)
		}
	}
}

// A list of nothing's is no empty list.
func TestListsOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	gone := "org_01k3v6q8m2r4t6w8y0z2b4d6fa"
	c.as.Principal.Org = gone
	for _, what := range []string{"migrations", "uploads", "events"} {
		c.refused(fault.NotFound, fmt.Sprintf("GET /v1/orgs/%s/%s", gone, what), "")
	}
	c.as = admin()
	c.refused(fault.NotFound, "GET /v1/migrations/"+theirMig+"/uploads", "")
	if got := c.want(200, "GET /v1/migrations/"+runningMig+"/uploads", ""); string(got.text) != `{"items":[]}`+"\n" {
		t.Errorf("an empty list is %s", got.text)
	}
}

func TestListsTellScopesByTheirCounts(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	before := saved(ourMig, ours)
	after := before
	after.Draft.Scope.Projects = make([]migration.Named, 5000)
	c.must(c.store.ReplaceMigration(t.Context(), c.store.Act("olive"), audit.MigrationEdited, before, after))
	item := c.want(200, listMigrations+"?archived=false&status=SAVED", "").json["items"].([]any)[0].(map[string]any)
	if item["projectCount"] != 5000.0 || item["appCount"] != 0.0 || item["scope"] != nil {
		t.Errorf("the line is %v", item)
	}
}
