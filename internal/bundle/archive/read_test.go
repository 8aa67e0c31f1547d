package archive_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/archive/charset"
)

func gz(members ...string) string {
	var b bytes.Buffer
	for _, m := range members {
		w := gzip.NewWriter(&b)
		w.Name = "/etc/passwd"
		_, _ = io.WriteString(w, m)
		_ = w.Close()
	}
	return b.String()
}

// zipEnd is where the directory of a zip of one entry begins.
func zipEnd(i item) int { return bytes.Index(zipOf(i), []byte("PK\x01\x02")) }

func inner(items ...item) string { return string(zipOf(items...)) }

// What lies within an archive within the archive is read, one level down, and no deeper without saying so.
func TestNested(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		entry  item
		reads  string
		rules  string
		stored bool
	}{
		"rotated log":            {entry: item{name: "logs/a.log.1.gz", text: gz("one\n")}, reads: "logs/a.log.1.gz!a.log.1=one\n"},
		"rotated, appended to":   {entry: item{name: "a.gz", text: gz("one\n", "two\n")}, reads: "a.gz!a=one\ntwo\n"},
		"rotated, not so named":  {entry: item{name: "a.log", text: gz("one\n")}, reads: "a.log!a.log=one\n"},
		"gzip, cut":              {entry: item{name: "a.gz", text: gz(manyLines(100))[:30]}, rules: "a.gz!a: truncated"},
		"gzip, something behind": {entry: item{name: "a.gz", text: gz("one\n") + "hidden behind it"}, reads: "a.gz!a=one\n", rules: "a.gz!a: unlisted-bytes"},
		"gzip, wrong checksum":   {entry: item{name: "a.gz", text: gz("one\n")[:len(gz("one\n"))-8] + strings.Repeat("\x00", 8)}, reads: "a.gz!a=one\n", rules: "a.gz!a: checksum"},
		"gzip, no gzip":          {entry: item{name: "a.gz", text: "\x1f\x8b\x08 but it is not"}, rules: "a.gz!a: corrupt"},
		"gzip, no header":        {entry: item{name: "a.gz", text: "\x1f\x8b\x08"}, rules: "a.gz: nested-unreadable"},
		"a node's bundle":        {entry: item{name: "node1.zip", text: inner(one, two)}, reads: "node1.zip!logs/one.log=" + one.text + " node1.zip!logs/two.log=" + two.text},
		"stored":                 {entry: item{name: "n.zip", stored: true, text: inner(two)}, reads: "n.zip!logs/two.log=" + two.text},
		"with descriptors": {entry: item{name: "n.zip", text: inner(item{name: "a", text: "x\n", descriptor: true}, item{name: "b", text: "y\n", descriptor: true})},
			reads: "n.zip!a=x\n n.zip!b=y\n"},
		"stored, with descriptor": {entry: item{name: "n.zip", text: inner(two, item{name: "a", text: "x\n", descriptor: true, stored: true})},
			reads: "n.zip!logs/two.log=" + two.text, rules: "n.zip: nested-unreadable"},
		"a folder in it, with descriptor": {entry: item{name: "n.zip", text: inner(item{name: "logs/", stored: true, descriptor: true}, two)},
			reads: "n.zip!logs/two.log=" + two.text},
		"nothing in it":      {entry: item{name: "n.zip", text: inner()}},
		"cut in its entry":   {entry: item{name: "n.zip", text: inner(one)[:60]}, rules: "n.zip: truncated; n.zip!logs/one.log: truncated"},
		"cut behind entries": {entry: item{name: "n.zip", text: inner(two)[:zipEnd(two)]}, reads: "n.zip!logs/two.log=" + two.text, rules: "n.zip: no-directory"},
		"cut in a directory": {entry: item{name: "n.zip", text: inner(two)[:len(inner(two))-30]}, reads: "n.zip!logs/two.log=" + two.text, rules: "n.zip: truncated"},
		"something behind":   {entry: item{name: "n.zip", text: inner(two) + "hidden"}, reads: "n.zip!logs/two.log=" + two.text, rules: "n.zip: unlisted-bytes"},
		"a hidden entry": {entry: item{name: "n.zip", text: inner(butLocal(two, func(h *header) { h.content = append(h.content, "hidden"...) }), one)},
			reads: "n.zip!logs/two.log=" + two.text, rules: "n.zip: nested-unreadable"},
		"its directory lists less": {entry: item{name: "n.zip", text: inner(two)[:zipEnd(two)] + inner()}, reads: "n.zip!logs/two.log=" + two.text, rules: "n.zip: entry-count"},
		"wrong checksum": {entry: item{name: "n.zip", text: inner(butLocal(two, func(h *header) { h.crc++ }))}, reads: "n.zip!logs/two.log=" + two.text,
			rules: "n.zip!logs/two.log: checksum"},
		"encrypted":      {entry: item{name: "n.zip", text: inner(butLocal(one, func(h *header) { h.flags |= 1 }), two)}, reads: "n.zip!logs/two.log=" + two.text, rules: "n.zip!logs/one.log: encrypted; n.zip: nested-unreadable"},
		"traversal":      {entry: item{name: "n.zip", text: inner(called("../a"))}, reads: "n.zip!../a=x\n", rules: "n.zip!../a: path-traversal"},
		"two levels":     {entry: item{name: "n.zip", text: inner(item{name: "m.zip", text: inner(one)}, two)}, reads: "n.zip!logs/two.log=" + two.text, rules: "n.zip!m.zip: nested-too-deep"},
		"a log in it":    {entry: item{name: "n.zip", text: inner(item{name: "a.log.gz", text: gz("one\n")})}, rules: "n.zip!a.log.gz: nested-too-deep"},
		"a zip unzipped": {entry: item{name: "n.zip.gz", text: gz(inner(one))}, rules: "n.zip.gz!n.zip: nested-too-deep"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, zipOf(row.entry))
			var reads []string
			for _, f := range got.report.Files {
				if text, found := got.texts[f.Name]; found && text != "" && !strings.Contains(row.rules, f.Name+": truncated") {
					reads = append(reads, f.Name+"="+text)
				}
			}
			if reads, rules := strings.Join(reads, " "), strings.Join(got.rules, "; "); reads != row.reads || rules != row.rules {
				t.Errorf("read %q\nrules %q\nwant %q\nand   %q", reads, rules, row.reads, row.rules)
			}
		})
	}
}

// Kinds are told by content, and text comes as UTF-8 whatever it was.
func TestKinds(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		content, text, kind string
		check               func(*archive.File) bool
	}{
		"empty":          {"", "", "text", func(f *archive.File) bool { return f.Lines == 0 && f.Size == 0 }},
		"lines":          {"a\nb\n", "a\nb\n", "text", func(f *archive.File) bool { return f.Lines == 2 && f.Size == 4 && !f.CRLF }},
		"no end of line": {"a\r\nb", "a\r\nb", "text", func(f *archive.File) bool { return f.Lines == 2 && f.CRLF }},
		"marked":         {"\xEF\xBB\xBFJörg", "Jörg", "text", func(f *archive.File) bool { return f.Mark == 3 }},
		"UTF-16LE": {"\xFF\xFEJ\x00\xF6\x00\r\x00\n\x00", "Jö\r\n", "text", func(f *archive.File) bool {
			return f.Encoding == charset.UTF16LE && f.Mark == 2 && f.CRLF && f.Lines == 1
		}},
		"UTF-16BE, unmarked":   {"\x00J\x00\xF6\x00 \x00\n", "Jö \n", "text", func(f *archive.File) bool { return f.Encoding == charset.UTF16BE && f.Mark == 0 }},
		"Latin-1":              {"J\xF6rg\n", "Jörg\n", "text", func(f *archive.File) bool { return f.Stray == 1 && f.Encoding == charset.UTF8 }},
		"a hole, then a log":   {strings.Repeat("\x00", 100) + "a\n", strings.Repeat("\x00", 100) + "a\n", "text", nil},
		"a hole":               {strings.Repeat("\x00", 100), "", "binary", func(f *archive.File) bool { return f.Format == "data" }},
		"flight recording":     {"FLR\x00\x00\x02", "", "binary", func(f *archive.File) bool { return f.Format == "jfr" && f.Size == 6 }},
		"heap dump":            {"JAVA PROFILE 1.0.2\x00", "", "binary", func(f *archive.File) bool { return f.Format == "hprof" }},
		"class":                {"\xCA\xFE\xBA\xBE\x00\x00", "", "binary", func(f *archive.File) bool { return f.Format == "class" }},
		"picture":              {"\x89PNG\r\n\x1A\n", "", "binary", func(f *archive.File) bool { return f.Format == "png" }},
		"tar":                  {strings.Repeat("\x00", 257) + "ustar" + strings.Repeat("\x00", 40), "", "binary", func(f *archive.File) bool { return f.Format == "tar" }},
		"a bell in a log":      {"ping \a, and more of the same\n", "ping \a, and more of the same\n", "text", nil},
		"noise":                {"\x01\x02\x03\x04\xFF\xFE\xFD", "", "binary", nil},
		"colours of a console": {"\x1b[31mERROR\x1b[0m\n", "\x1b[31mERROR\x1b[0m\n", "text", nil},
	} {
		got := read(t, zipOf(item{name: "f", text: row.content}))
		f := got.files["f"]
		if got.texts["f"] != row.text || string(f.Kind) != row.kind || row.check != nil && !row.check(f) || got.rules != nil {
			t.Errorf("%s: %q, %+v, %v", name, got.texts["f"], f, got.rules)
		}
	}
}

// What is nested counts among the entries, and is not read beyond their number.
func TestNestedEntriesCount(t *testing.T) {
	t.Parallel()
	limits := archive.DefaultLimits()
	limits.Entries = 3
	got := readWith(t, zipOf(item{name: "n.zip", text: inner(called("a"), called("b"), called("c"))}), limits)
	if len(got.report.Files) != 3 || strings.Join(got.rules, " ") != "n.zip: too-many-entries" {
		t.Errorf("%d files, %v", len(got.report.Files), got.rules)
	}
}

// Who must not pass on what has not been read can tell.
func TestWhole(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		entry item
		whole string
	}{
		"text":                    {one, "logs/one.log"},
		"a name that leads out":   {called("../a"), "../a"},
		"binary":                  {item{name: "a", text: "FLR\x00"}, "a"},
		"wrong checksum":          {but(one, func(h *header) { h.crc++ }), ""},
		"damaged":                 {butLocal(one, func(h *header) { h.content[0] = 0xFF }), ""},
		"nested":                  {item{name: "n.zip", text: inner(one)}, "n.zip n.zip!logs/one.log"},
		"nested, damaged":         {item{name: "n.zip", text: inner(butLocal(one, func(h *header) { h.content[0] = 0xFF }))}, "n.zip"},
		"nested, cut":             {item{name: "n.zip", text: inner(one)[:60]}, ""},
		"nested, more than there": {item{name: "n.zip", text: inner(one) + "x"}, "n.zip!logs/one.log"},
		"nested, encrypted":       {item{name: "n.zip", text: inner(butLocal(one, func(h *header) { h.flags |= 1 }))}, ""},
		"nested too deep":         {item{name: "a.gz", text: gz(gz("x"))}, "a.gz"},
	} {
		var whole []string
		for _, f := range read(t, zipOf(row.entry)).report.Files {
			if f.Whole {
				whole = append(whole, f.Name)
			}
		}
		if got := strings.Join(whole, " "); got != row.whole {
			t.Errorf("%s: %q is whole, want %q", name, got, row.whole)
		}
	}
}

// A binary's bytes come only to who asks for them.
func TestBinaryOnRequest(t *testing.T) {
	t.Parallel()
	zip := zipOf(item{name: "a.jfr", text: "FLR\x00abc\xFF"}, item{name: "b.jfr", text: "FLR\x00"})
	a, err := archive.Open(t.Context(), bytes.NewReader(zip), int64(len(zip)), archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	var got string
	archive.Read(t.Context(), a, archive.Pass[string]{
		Wants: func(f *archive.File) bool { return f.Name == "a.jfr" },
		Look:  func(b *archive.Block) string { return string(b.Text) },
		Take:  func(_ *archive.File, text string) { got += text },
	})
	if got != "FLR\x00abc\xFF" {
		t.Errorf("%q", got)
	}
}

// However many work, and however unlike their pace: blocks are taken in order, and never two of one file at once.
func TestOrder(t *testing.T) {
	t.Parallel()
	text := manyLines(20_000)
	zip := zipOf(item{name: "a", text: text}, item{name: "b", text: text}, item{name: "n.zip", text: inner(item{name: "c", text: text})})
	a, err := archive.Open(t.Context(), bytes.NewReader(zip), int64(len(zip)), archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	type sum struct {
		next, blocks, ended int
		busy                sync.Mutex
	}
	sums := map[string]*sum{"a": {next: 1}, "b": {next: 1}, "n.zip": {next: 1}, "n.zip!c": {next: 1}}
	late := make(chan struct{})
	second := sync.OnceFunc(func() { close(late) })
	archive.Read(t.Context(), a, archive.Pass[*archive.Block]{
		Workers: 4,
		Look: func(b *archive.Block) *archive.Block {
			if b.File.Name == "a" && b.First == 1 {
				<-late // until a later block has overtaken it
			} else if b.File.Name == "a" {
				second()
			}
			return b
		},
		Take: func(f *archive.File, b *archive.Block) {
			s := sums[f.Name]
			if !s.busy.TryLock() {
				t.Error("two at once")
				return
			}
			defer s.busy.Unlock()
			if b.First != s.next || !strings.HasPrefix(text[b.Offset:], string(b.Text)) {
				t.Errorf("%s: a block of line %d, want line %d", f.Name, b.First, s.next)
			}
			s.next, s.blocks = s.next+bytes.Count(b.Text, []byte("\n")), s.blocks+1
		},
		End: func(f *archive.File) { sums[f.Name].ended++ },
	})
	for name, s := range sums {
		if s.ended != 1 || name != "n.zip" && (s.next != 20_001 || s.blocks < 5) {
			t.Errorf("%s: %d blocks up to line %d, ended %d times", name, s.blocks, s.next-1, s.ended)
		}
	}
}

// The same archive gives the same report, however the work falls.
func TestReportDoesNotDependOnScheduling(t *testing.T) {
	t.Parallel()
	var items []item
	for n := range 150 {
		items = append(items, item{name: fmt.Sprintf("logs/%d.log", (n*37)%150), text: manyLines(n), local: func(h *header) { h.crc++ }})
	}
	zip := zipOf(items...)
	first := read(t, zip)
	if len(first.report.Files) != 150 || len(first.report.Problems) != 101 || first.report.Problems[100].Reason != "and 50 more" {
		t.Errorf("%d files, %d problems, the last %v", len(first.report.Files), len(first.report.Problems), first.report.Problems[100])
	}
	for range 5 {
		if again := read(t, zip); !slices.Equal(again.report.Problems, first.report.Problems) || !slices.EqualFunc(again.report.Files, first.report.Files, func(a, b *archive.File) bool { return a.Name == b.Name && a.Lines == b.Lines }) {
			t.Errorf("%v\nand then\n%v", first.report, again.report)
		}
	}
}

// A context that ends ends the reading, and that is said.
func TestStopped(t *testing.T) {
	t.Parallel()
	zip := zipOf(item{name: "a", text: manyLines(20_000)}, one)
	a, err := archive.Open(t.Context(), bytes.NewReader(zip), int64(len(zip)), archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("out of time")
	report := archive.Read(ctx, a, archive.Pass[int]{
		Look: func(*archive.Block) int { cancel(enough); return 0 },
		Take: func(*archive.File, int) {},
	})
	last := report.Problems[len(report.Problems)-1]
	if last.Rule != archive.Stopped || last.File != "" || !errors.Is(last, enough) || len(report.Files) != 1 {
		t.Errorf("%d files, %+v", len(report.Files), report.Problems)
	}
	if _, err := archive.Open(ctx, bytes.NewReader(zip), int64(len(zip)), archive.DefaultLimits()); !errors.Is(err, enough) {
		t.Errorf("opened after the end: %v", err)
	}
	if _, err := archive.Open(ctx, bytes.NewReader(zip), int64(len(zip))-30, archive.DefaultLimits()); !errors.Is(err, enough) {
		t.Errorf("salvaged after the end: %v", err)
	}
}

// failing is a source that a network lies before.
type failing struct {
	io.ReaderAt
	from, until int64
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off < f.until && off+int64(len(p)) > f.from {
		return 0, iotest.ErrTimeout
	}
	return f.ReaderAt.ReadAt(p, off)
}

// A source that fails is not a bad archive: it is said apart, for another try.
func TestSourceFails(t *testing.T) {
	t.Parallel()
	zip := big(t, 3)
	source := bytes.NewReader(zip)
	size := int64(len(zip))
	if _, err := archive.Open(t.Context(), failing{source, size - 10, size}, size, archive.DefaultLimits()); !errors.Is(err, iotest.ErrTimeout) || err.(archive.Problem).Rule != archive.Unreadable {
		t.Errorf("the end fails: %v", err)
	}
	a, err := archive.Open(t.Context(), failing{source, 1 << 20, 1<<20 + 1}, size, archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	report := texts(t.Context(), a, map[string]string{})
	if len(report.Problems) == 0 {
		t.Error("a source failed, and nothing is said")
	}
	for _, p := range report.Problems {
		if p.Rule != archive.Unreadable || !errors.Is(p, iotest.ErrTimeout) {
			t.Errorf("the source fails, and what is said is %v", p)
		}
	}
}
