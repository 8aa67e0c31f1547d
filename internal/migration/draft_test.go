package migration

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"waybill/internal/fault"
)

func plan() Draft {
	return Draft{
		Name:        "Nordwind, wave 1",
		Source:      Source{Product: "jira", ServerID: "B7XW-9K2M", BaseURL: "https://jira.nordwind.example", Version: "9.12.1"},
		Destination: Destination{URL: "https://nordwind.example"},
		Scope: Scope{Projects: []Named{{Key: "NW", Name: "Nordwind"}, {Key: "OPS"}}, UsersAndGroups: "scoped",
			Apps: []Named{{Key: "com.example.app", Name: "An app"}}},
	}
}

// brokenRules are the pointers and rules of a refusal.
func brokenRules(err error) string {
	var refusal *fault.Refusal
	if !errors.As(err, &refusal) {
		return fmt.Sprint(err)
	}
	var broken []string
	for _, f := range refusal.Fields {
		broken = append(broken, f.Pointer+" "+f.Rule)
	}
	return strings.Join(broken, ", ")
}

// Each field, with what it may be and what it may not.
func TestDraftCheck(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		change func(*Draft)
		broken string
	}{
		{func(d *Draft) {}, "<nil>"},

		{func(d *Draft) { d.Name = "" }, "/name required"},
		{func(d *Draft) { d.Name = "a" }, "<nil>"},
		{func(d *Draft) { d.Name = strings.Repeat("é", 255) }, "<nil>"},
		{func(d *Draft) { d.Name = strings.Repeat("é", 256) }, "/name max-length"},
		{func(d *Draft) { d.Name = "a\tb" }, "/name printable"},
		{func(d *Draft) { d.Name = "a " }, "/name trimmed"},

		{func(d *Draft) { d.Source.Product = "" }, "/source/product one-of"},
		{func(d *Draft) { d.Source.Product = "Jira" }, "/source/product one-of"},
		{func(d *Draft) { d.Source.Product = "confluence" }, "<nil>"},
		{func(d *Draft) { d.Source.ServerID = "" }, "/source/serverId required"},
		{func(d *Draft) { d.Source.ServerID = "B7XW/9K2M" }, "/source/serverId characters"},
		{func(d *Draft) { d.Source.ServerID = strings.Repeat("a", 65) }, "/source/serverId max-length"},
		{func(d *Draft) { d.Source.BaseURL = "http://jira.nordwind.example" }, "/source/baseUrl https-url"},
		{func(d *Draft) { d.Source.BaseURL = "" }, "/source/baseUrl required"},
		{func(d *Draft) { d.Source.Version = "" }, "/source/version required"},
		{func(d *Draft) { d.Source.Version = "9.12.1+build_7-m.1" }, "<nil>"},
		{func(d *Draft) { d.Source.Version = "9.12 (LTS)" }, "/source/version characters"},
		{func(d *Draft) { d.Source.Version = strings.Repeat("9", 65) }, "/source/version max-length"},

		{func(d *Draft) { d.Destination.URL = "" }, "/destination/url required"},
		{func(d *Draft) { d.Destination.URL = "https://u:p@nordwind.example" }, "/destination/url https-url"},

		{func(d *Draft) { d.Scope.UsersAndGroups = "" }, "<nil>"},
		{func(d *Draft) { d.Scope.UsersAndGroups = "all" }, "<nil>"},
		{func(d *Draft) { d.Scope.UsersAndGroups = "some" }, "/scope/usersAndGroups one-of"},
		{func(d *Draft) { d.Scope.Projects = nil }, "<nil>"},
		{func(d *Draft) { d.Scope.Projects[1].Key = "ops" }, "/scope/projects/1/key project-key"},
		{func(d *Draft) { d.Scope.Projects[1].Key = "NW" }, "/scope/projects/1/key unique"},
		{func(d *Draft) { d.Scope.Projects[0].Name = strings.Repeat("n", 256) }, "/scope/projects/0/name max-length"},
		{func(d *Draft) { d.Scope.Projects[0].Name = "" }, "<nil>"},
		{func(d *Draft) { d.Scope.Projects = projects(5000) }, "<nil>"},
		{func(d *Draft) { d.Scope.Projects = projects(5001) }, "/scope/projects max-items"},
		{func(d *Draft) { d.Scope.Projects = make([]Named, 5001) }, "/scope/projects max-items"}, // none of which has a key
		{func(d *Draft) { d.Scope.Apps[0].Key = "" }, "/scope/apps/0/key required"},
		{func(d *Draft) { d.Scope.Apps[0].Key = "com example" }, "/scope/apps/0/key characters"},
		{func(d *Draft) { d.Scope.Apps[0].Key = strings.Repeat("a", 256) }, "/scope/apps/0/key max-length"},
		{func(d *Draft) { d.Scope.Apps[0].Name = "\u202e" }, "/scope/apps/0/name printable"},
		{func(d *Draft) { d.Scope.Apps = projects(1000) }, "<nil>"},
		{func(d *Draft) { d.Scope.Apps = projects(1001) }, "/scope/apps max-items"},

		{func(d *Draft) { *d = Draft{} }, "/name required, /source/product one-of, /source/serverId required, /source/baseUrl required, " +
			"/source/version required, /destination/url required"},
	} {
		d := plan()
		row.change(&d)
		if got := brokenRules(d.Check()); got != row.broken {
			t.Errorf("%+v\nbreaks %q, want %q", d, got, row.broken)
		}
	}
}

func projects(n int) []Named {
	list := make([]Named, n)
	for i := range list {
		list[i].Key = fmt.Sprintf("P%d", i)
	}
	return list
}

// A project key is judged by the rule of its product.
func TestProjectKeys(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		product, key string
		broken       string
	}{
		{"jira", "NW", ""},
		{"jira", "A1_B2", ""},
		{"jira", "Z9", ""},
		{"jira", "N" + strings.Repeat("W", 254), ""},
		{"jira", "N", "project-key"},
		{"jira", "", "project-key"},
		{"jira", "1N", "project-key"},
		{"jira", "_N", "project-key"},
		{"jira", "nw", "project-key"},
		{"jira", "N-W", "project-key"},
		{"jira", "N W", "project-key"},
		{"jira", "ÑW", "project-key"},
		{"jira", "N" + strings.Repeat("W", 255), "project-key"},
		{"confluence", "~ada.lovelace", ""},
		{"confluence", "ds-1_x", ""},
		{"bitbucket", "1", ""},
		{"bamboo", "", "required"},
		{"bitbucket", "a/b", "characters"},
		{"crowd", strings.Repeat("a", 256), "max-length"},
		{"unheard of", "a", ""}, // its product is the field that is refused
	} {
		var broken fault.Fields
		checkProjectKey(&broken, "/key", row.product, row.key)
		got := ""
		if len(broken) > 0 {
			got = broken[0].Rule
		}
		if got != row.broken || len(broken) > 1 {
			t.Errorf("%s %q breaks %v, want %q", row.product, row.key, broken, row.broken)
		}
	}
}

// What was left out is filled in, so that every reader sees the same.
func TestDraftDefaults(t *testing.T) {
	t.Parallel()
	d := plan()
	d.Scope = Scope{}
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	if d.Scope.UsersAndGroups != "none" || d.Scope.Projects == nil || d.Scope.Apps == nil || len(d.Scope.Projects)+len(d.Scope.Apps) != 0 {
		t.Errorf("the scope is %#v", d.Scope)
	}
}

// However much is wrong, the answer stays short, and holds nothing of what was sent.
func TestAnswerDoesNotOutgrowTheQuestion(t *testing.T) {
	t.Parallel()
	d := plan()
	d.Scope.Projects = slices.Repeat([]Named{{Key: "customer's own words", Name: "a\x00"}}, MaxProjects)
	d.Scope.Apps = slices.Repeat([]Named{{Key: "customer's own words"}}, MaxApps)
	var refusal *fault.Refusal
	if !errors.As(d.Check(), &refusal) || len(refusal.Fields) < 100 || len(refusal.Fields) > 105 {
		t.Fatalf("%d fields are named", len(refusal.Fields))
	}
	for _, f := range refusal.Fields {
		if strings.Contains(f.Detail, "customer") {
			t.Errorf("it repeats what was sent: %+v", f)
		}
	}
}

// The name of a copy is a name.
func FuzzCopyName(f *testing.F) {
	f.Add("Nordwind")
	f.Add(strings.Repeat("é", 247))
	f.Add(strings.Repeat("é", 255))
	f.Add(strings.Repeat("a", 246) + " b") // would be cut just behind the space
	f.Fuzz(func(t *testing.T, name string) {
		d := plan()
		if d.Name = name; d.Check() != nil {
			return
		}
		d.Name = copyName(name)
		if err := d.Check(); err != nil {
			t.Errorf("%q cannot be a name: %v", d.Name, brokenRules(err))
		}
		if rest, found := strings.CutPrefix(d.Name, "Copy of "); !found || !strings.HasPrefix(name, rest) {
			t.Errorf("the copy of %q is named %q", name, d.Name)
		}
		if utf8.RuneCountInString(name) <= 247 && d.Name != "Copy of "+name {
			t.Errorf("%q was cut to %q without need", name, d.Name)
		}
	})
}
