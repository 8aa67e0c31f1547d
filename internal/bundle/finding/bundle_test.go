package finding_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
)

// fixtures is a small synthetic bundle, which has something for most rules: every example that must fire, a file each.
func fixtures(t testing.TB) map[string]string {
	t.Helper()
	rules, err := finding.Rules()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, r := range rules {
		for i, e := range r.Fires {
			if e.File != "" && !strings.HasPrefix(e.File, "auth-cfg") {
				files[fmt.Sprintf("%s-%d/%s", r.ID, i, e.File)] = text(e)
			}
		}
	}
	return files
}

func scan(t testing.TB, files map[string]string, order []string, size int) []finding.Finding {
	p := pass{book: book(t)}
	for _, name := range order {
		p.read(name, files[name], size)
	}
	return p.findings()
}

func names(files map[string]string) (names []string) {
	for name := range files {
		names = append(names, name)
	}
	return names
}

// However the files are shuffled and cut into blocks, the findings are the same.
func TestNeitherOrderNorBlocksMatter(t *testing.T) {
	t.Parallel()
	files := fixtures(t)
	order := names(files)
	want := scan(t, files, order, 1<<20)
	if len(want) < 40 {
		t.Fatalf("only %d findings", len(want))
	}
	for _, size := range []int{1, 100, 1000, 1 << 20} {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if got := scan(t, files, order, size); !reflect.DeepEqual(got, want) {
			t.Errorf("in blocks of %d: %d findings, want %d; %s", size, len(got), len(want), differ(got, want))
		}
	}
}

func differ(got, want []finding.Finding) string {
	for i := range min(len(got), len(want)) {
		if !reflect.DeepEqual(got[i], want[i]) {
			return fmt.Sprintf("got %+v, want %+v", got[i], want[i])
		}
	}
	return "one is longer"
}

// A file says the same whatever else is there: what lines count for a rule over the bundle is the sum over its files.
func TestFilesCountOnTheirOwn(t *testing.T) {
	t.Parallel()
	files := fixtures(t)
	whole, parts := map[string]int64{}, map[string]int64{}
	log := map[string]bool{}
	rules, _ := finding.Rules()
	for _, r := range rules {
		log[r.ID] = r.Log != nil && r.Measure == "count"
	}
	for _, f := range scan(t, files, names(files), 1<<20) {
		if log[f.Rule] {
			whole[f.Rule] = f.Count
		}
	}
	for name := range files {
		for _, f := range scan(t, files, []string{name}, 1<<20) {
			if log[f.Rule] {
				parts[f.Rule] += f.Count
			}
		}
	}
	if !reflect.DeepEqual(whole, parts) {
		t.Errorf("together %v, one by one %v", whole, parts)
	}
}

// A thousand lines are one finding, with both ends and the count.
func TestSameProblemIsOneFinding(t *testing.T) {
	t.Parallel()
	line := "2026-03-01 06:%02d:%02d,000+0000 main ERROR      [c.a.j.X] failed\njava.lang.OutOfMemoryError: Java heap space\n"
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, line, i/60, i%60)
	}
	found := scan(t, map[string]string{"application-logs/atlassian-jira.log": b.String()}, []string{"application-logs/atlassian-jira.log"}, 4096)
	if len(found) != 1 {
		t.Fatalf("%d findings", len(found))
	}
	f := found[0]
	first := inventory.Place{File: "application-logs/atlassian-jira.log", Line: 2, Time: "2026-03-01 06:00:00"}
	last := inventory.Place{File: "application-logs/atlassian-jira.log", Line: 2000, Time: "2026-03-01 06:16:39"}
	if f.Count != 1000 || f.First != first || f.Last != last || f.Line != 2 || f.Severity != finding.Critical {
		t.Errorf("%+v", f)
	}
}

// No evidence and no title has a word of the bundle in it: lines full of names leave none behind.
func TestEvidenceQuotesNothing(t *testing.T) {
	t.Parallel()
	files := fixtures(t)
	const secret = "ZQXWVsecret"
	for name, body := range files {
		if inventory.Classify(name).Whole() {
			continue
		}
		var b strings.Builder
		for line := range strings.Lines(body) {
			b.WriteString(strings.TrimRight(line, "\n") + " " + secret + " " + secret + "@example.com [" + secret + "]\n")
		}
		files[name] = b.String()
	}
	found := scan(t, files, names(files), 1<<20)
	if len(found) < 25 {
		t.Fatalf("only %d findings", len(found))
	}
	for _, f := range found {
		if strings.Contains(fmt.Sprintf("%+v", f), secret) {
			t.Errorf("%+v", f)
		}
	}
}

// The real logs' findings, by rule, severity, count and line: run where there are some, with UPDATE=1 after a change that
// was meant.
func TestRealLogs(t *testing.T) {
	t.Parallel()
	p := pass{book: book(t)}
	for _, name := range []string{"jira-8.9.0-atlassian-jira.log", "jira-8.9.0-atlassian-jira-security.log", "jira-8.9.0-atlassian-jira-apdex.log",
		"jira-8.9.0-atlassian-greenhopper.log", "jira-jstat-gcutil.log", "jira-7.13.0-tomcat-localhost_access_log.2019-12-31.txt",
		"confluence-catalina-one-stuck-thread.log", "jira-8.9.0-dbconfig.xml"} {
		p.read(name, data(t, name), 256<<10)
	}
	var b strings.Builder
	for _, f := range p.findings() {
		fmt.Fprintf(&b, "%-8s %-28s %d lines, measured %v, first %d, last %d\n", f.Severity, f.Rule, f.Count, f.Measured, f.First.Line, f.Last.Line)
	}
	golden(t, "real.golden", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
