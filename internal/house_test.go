// Package internal_test holds the rules of the house: which room may open onto which, who may ask for the time, and what
// must not happen when a function starts.
package internal_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The core, in the order of the line: each package may import those that stand before it, and nothing else of ours.
var core = []string{"fault", "ident", "text", "audit", "policy", "access", "page", "org", "hold", "migration", "upload", "holdings", "ledger", "certificate", "purge", "restore",
	"bundle/archive/charset", "bundle/archive/lines", "bundle/archive", "bundle/needle", "bundle/sensitive", "bundle/inventory", "bundle/finding", "bundle/redact/pseudonym", "bundle", "inspection"}

// The edges: what else a function may be made of. They import the core and each other.
var edges = []string{"awsenv", "clock", "dynamo", "gateway", "keyring", "kms", "logs", "staging", "tiles", "token", "trigger", "web", "infra"}

// Test kits, which only tests may import.
var kits = []string{"memory", "faultline", "localaws/awstest", "cell/celltest", "client/frontdoor", "ledger/auditor", "ledger/ledgertest", "client/standin"}

// All else (the development cell, the command line) may import what it likes, but no function and no command.
func TestImportsFormALine(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		for _, imported := range f.imports() {
			if f.test || imported == f.room {
				continue
			}
			if why := refused(f.room, imported); why != "" {
				t.Errorf("%s imports %s: %s", f.path, imported, why)
			}
		}
	}
}

// refused tells why a room may not open onto another. Rooms are named by their path below internal/; functions/… and
// cmd/… keep their whole path.
func refused(room, imported string) (why string) {
	place := slices.Index(core, room)
	function := strings.HasPrefix(room, "functions/")
	switch {
	case strings.HasPrefix(imported, "functions/") || strings.HasPrefix(imported, "cmd/"):
		return "nothing imports a function or a command"
	case place >= 0 && !slices.Contains(core[:place], imported):
		return "it may import " + strings.Join(core[:place], ", ") + " only"
	case (function || slices.Contains(edges, room)) && !slices.Contains(core, imported) && !slices.Contains(edges, imported):
		return "only the core and the edges are deployed"
	case slices.Contains(kits, imported) && !slices.Contains(kits, room):
		return "only tests may use a test kit"
	}
	return ""
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		room, imported string
		refused        bool
	}{
		{"purge", "upload", false},
		{"upload", "purge", true},
		{"audit", "policy", true},
		{"upload", "dynamo", true},
		{"org", "clock", true},
		{"dynamo", "upload", false},
		{"gateway", "web", false},
		{"staging", "cell", true},
		{"functions/api", "web", false},
		{"functions/api", "cell/issuer", true},
		{"functions/api", "memory", true},
		{"cell", "memory", true},
		{"cell", "functions/api", true},
		{"cell", "localaws", false},
		{"cmd/waybill", "cell", false},
		{"cmd/waybill", "localaws/awstest", true},
		{"memory", "purge", false},
	} {
		if got := refused(row.room, row.imported); (got != "") != row.refused {
			t.Errorf("%s may import %s: refused %q", row.room, row.imported, got)
		}
	}
}

// Pure: whatever the core is made of, down to the last dependency, there is no AWS, no HTTP and no Lambda in it, and only
// four packages that are neither ours nor Go's.
func TestCoreIsPure(t *testing.T) {
	t.Parallel()
	args := []string{"list", "-deps", "-f", "{{.ImportPath}} {{.Standard}}"}
	for _, room := range core {
		args = append(args, "waybill/internal/"+room)
	}
	list, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("listing the core's dependencies: %v\n%s", err, list)
	}
	allowed := []string{"github.com/oklog/ulid/v2", "golang.org/x/sync/errgroup", "golang.org/x/mod/sumdb/note", "golang.org/x/mod/sumdb/tlog"}
	for line := range strings.Lines(string(list)) {
		pkg, standard, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case standard == "true" && !strings.HasPrefix(pkg, "net/http"):
		case strings.HasPrefix(pkg, "waybill/internal/"):
		case !slices.Contains(allowed, pkg):
			t.Errorf("the core depends on %s", pkg)
		}
	}
}

// The core asks nobody: neither the environment nor the disk nor the network; and it logs nothing.
func TestCoreAsksNobody(t *testing.T) {
	t.Parallel()
	forbidden := []string{"os", "os/exec", "io/fs", "net", "net/http", "log", "log/slog", "runtime", "flag"}
	for _, f := range source(t) {
		for _, pkg := range f.standard() {
			if !f.test && slices.Contains(core, f.room) && slices.Contains(forbidden, pkg) {
				t.Errorf("%s imports %s", f.path, pkg)
			}
		}
	}
}

// The time is passed in. Those who may read the wall clock, and why; a room includes those below it.
var mayTellTheTime = map[string]string{
	"clock":    "it is the wall clock",
	"cell":     "it runs the schedules of a laptop's cell and waits for processes",
	"localaws": "it waits for a process to start and to end",
}

func TestTimeIsPassedIn(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		if f.test || strings.HasPrefix(f.room, "cmd/") || mayTellTheTime[strings.Split(f.room, "/")[0]] != "" {
			continue
		}
		asks := []string{"Now", "Since", "Until"}
		if slices.Contains(core, f.room) {
			asks = append(asks, "After", "AfterFunc", "NewTicker", "NewTimer", "Sleep", "Tick")
		}
		for _, use := range f.uses("time", asks...) {
			t.Errorf("%s: time.%s is not passed in", f.path, use)
		}
	}
}

// Tests move the clock; they do not wait for it.
func TestNobodySleeps(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		for _, use := range f.uses("time", "Sleep") {
			t.Errorf("%s: time.%s", f.path, use)
		}
	}
}

// A function that starts does nothing before it is asked: no init, and no pattern compiled for calls that may not come.
func TestNothingHappensAtStart(t *testing.T) {
	t.Parallel()
	for _, f := range source(t) {
		deployed := slices.Contains(core, f.room) || slices.Contains(edges, f.room) || strings.HasPrefix(f.room, "functions/")
		if f.test || !deployed {
			continue
		}
		for _, what := range f.atStart() {
			t.Errorf("%s: %s at start", f.path, what)
		}
	}
}
