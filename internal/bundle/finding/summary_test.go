package finding_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"waybill/internal/bundle/finding"
)

// However many findings there are and however long their words, the table keeps to its screen, the gravest first.
func TestTableFitsAScreen(t *testing.T) {
	t.Parallel()
	files := fixtures(t)
	found := scan(t, files, names(files), 1<<20)
	for _, screen := range []struct{ width, height int }{{80, 24}, {120, 10}, {60, 100}} {
		var out bytes.Buffer
		if err := finding.Table(&out, found, screen.width, screen.height); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(lines) > screen.height-1 {
			t.Errorf("%d lines on %d", len(lines), screen.height)
		}
		for _, line := range lines {
			if utf8.RuneCountInString(line) > screen.width {
				t.Errorf("%d columns on %d: %s", utf8.RuneCountInString(line), screen.width, line)
			}
		}
		if !strings.HasPrefix(lines[1], "critical") {
			t.Errorf("the first is %s", lines[1])
		}
		if more := fmt.Sprintf("and %d less grave", len(found)-(screen.height-3)); screen.height < len(found) && lines[len(lines)-1] != more {
			t.Errorf("the last line is %q, want %q", lines[len(lines)-1], more)
		}
	}
}

func TestTableOfNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := finding.Table(&out, nil, 80, 24); err != nil || out.String() != "No findings.\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

// A file's name is the sender's: what a terminal or a Markdown reader would obey is taken out.
func TestNamesAreNotObeyed(t *testing.T) {
	t.Parallel()
	found := []finding.Finding{{Rule: "x", Title: "t", File: "a\x1b[2J\n`<b>[c](d)\u202e.log", Line: 3, Threshold: 1.0}}
	var table, markdown bytes.Buffer
	if err := errors.Join(finding.Table(&table, found, 80, 24), finding.Markdown(&markdown, found)); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{table.String(), markdown.String()} {
		if strings.ContainsAny(out, "\x1b\u202e<[") || strings.Contains(out, "a?\n") || !strings.Contains(out, ":3") {
			t.Errorf("%q", out)
		}
	}
}

// The contract's members are there, under their names.
func TestJSONHasTheContract(t *testing.T) {
	t.Parallel()
	files := fixtures(t)
	var out bytes.Buffer
	if err := finding.JSON(&out, scan(t, files, names(files), 1<<20)); err != nil {
		t.Fatal(err)
	}
	var back []map[string]any
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	for _, f := range back {
		for _, member := range []string{"rule", "severity", "title", "file", "line", "evidence", "advice", "count", "first", "last", "measured", "threshold", "source"} {
			if f[member] == nil || f[member] == "" {
				t.Errorf("%v has no %s", f["rule"], member)
			}
		}
	}
	out.Reset()
	if err := finding.JSON(&out, nil); err != nil || out.String() != "[]\n" {
		t.Errorf("of nothing: %q, %v", out.String(), err)
	}
}

func TestMarkdownTellsAll(t *testing.T) {
	t.Parallel()
	files := fixtures(t)
	found := scan(t, files, names(files), 1<<20)
	var out bytes.Buffer
	if err := finding.Markdown(&out, found); err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		for _, part := range []string{f.Title, f.Evidence, f.Advice, f.Source} {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%q is missing", part)
			}
		}
	}
}

func TestSeverity(t *testing.T) {
	t.Parallel()
	found := []finding.Finding{{Severity: finding.Low}, {Severity: finding.High}}
	for word, fails := range map[string]bool{"info": true, "low": true, "medium": true, "high": true, "critical": false} {
		var least finding.Severity
		if err := least.UnmarshalText([]byte(word)); err != nil {
			t.Fatal(err)
		}
		if finding.Worst(found, least) != fails || least.String() != word {
			t.Errorf("--fail-on %s: want %v", word, fails)
		}
	}
	var none finding.Severity
	if err := none.UnmarshalText([]byte("grave")); err == nil || finding.Worst(nil, finding.Info) {
		t.Error("a severity that is none is read, or nothing is found to be grave")
	}
}
