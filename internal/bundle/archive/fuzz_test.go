package archive_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"waybill/internal/bundle/archive"
)

// few are limits that a small input can go past.
var few = archive.Limits{Entries: 20, Directory: 2000, Name: 40, Entry: 1 << 20, Total: 2 << 20, Ratio: 100, RatioFrom: 1 << 16, Line: 1024, Nesting: 1}

func seeds(f *testing.F) {
	for _, zip := range [][]byte{
		nil, zipOf(), zipOf(one, two), zipOf(one, one),
		bundle{items: []item{but(one, func(h *header) { h.zip64 = true })}, zip64: true, comment: "c"}.bytes(),
		zipOf(item{name: "a", text: "x", descriptor: true}, two), zipOf(item{name: "a", text: "x", descriptor: true}, two)[:60],
		bundle{before: "x", items: []item{one}, behind: "y"}.bytes(),
		zipOf(item{name: "n.zip", text: inner(one, two)}, item{name: "a.gz", text: gz("one\n", "two")}),
		zipOf(item{name: "utf16", text: "\xFF\xFEa\x00\n\x00"}, item{name: "a.jfr", text: "FLR\x00"}),
		quoted(5, "x\n"),
	} {
		f.Add(zip)
	}
}

// Whatever it is given, opening ends, and what is handed on can be printed and used to read.
func FuzzOpen(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, zip []byte) {
		a, err := archive.Open(t.Context(), bytes.NewReader(zip), int64(len(zip)), few)
		if err != nil {
			checkProblem(t, err.(archive.Problem))
			return
		}
		for i, e := range a.Entries {
			checkLine(t, e.Name)
			if e.Refused == "" && (e.Offset < 0 || e.Compressed < 0 || e.Size < 0 || e.Offset+e.Compressed > int64(len(zip))) || e.Index != i {
				t.Errorf("%+v", e)
			}
		}
		for _, p := range a.Problems() {
			checkProblem(t, p)
		}
	})
}

// Whatever it is given, reading ends within its limits; text is UTF-8; every file ends once; and twice is the same.
func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, zip []byte) {
		a, err := archive.Open(t.Context(), bytes.NewReader(zip), int64(len(zip)), few)
		if err != nil {
			return
		}
		first, second := map[string]string{}, map[string]string{}
		report := texts(context.Background(), a, first)
		again := texts(context.Background(), a, second)
		var total int64
		for i, file := range report.Files {
			total += file.Size
			checkLine(t, file.Name)
			if !utf8.ValidString(first[file.Name]) || first[file.Name] != second[file.Name] && !strings.Contains(file.Name, "!") || file.Name != again.Files[i].Name {
				t.Errorf("%s: %q and then %q", file.Name, first[file.Name], second[file.Name])
			}
		}
		if total > few.Total+int64(len(report.Files)*few.Line) || len(report.Files) > few.Entries {
			t.Errorf("%d bytes in %d files", total, len(report.Files))
		}
		for _, p := range report.Problems {
			checkProblem(t, p)
		}
	})
}

func checkProblem(t *testing.T, p archive.Problem) {
	t.Helper()
	checkLine(t, p.File)
	checkLine(t, p.Reason)
	if p.Rule == "" || p.Reason == "" {
		t.Errorf("%+v", p)
	}
}

func checkLine(t *testing.T, s string) {
	t.Helper()
	if strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }) || !utf8.ValidString(s) {
		t.Errorf("cannot be printed: %q", s)
	}
}
