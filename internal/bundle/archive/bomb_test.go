package archive_test

import (
	"bytes"
	"compress/flate"
	"context"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"waybill/internal/bundle/archive"
)

const (
	mostMemory = 128 << 20
	mostTime   = time.Minute // it takes about two seconds
)

// zeros is the content of an entry that inflates to n bytes, all the same, without ever having been that large: a
// thousandth of it. Pieces of a MiB end on a byte, so they can be repeated.
func zeros(n int, b byte) (packed []byte, crc uint32) {
	const piece = 1 << 20
	plain := bytes.Repeat([]byte{b}, piece)
	var first bytes.Buffer
	w, _ := flate.NewWriter(&first, flate.BestCompression)
	_, _ = w.Write(plain)
	_ = w.Flush()
	for range n / piece {
		packed, crc = append(packed, first.Bytes()...), crc32.Update(crc, crc32.IEEETable, plain)
	}
	return append(packed, 3, 0), crc
}

func bomb(name string, n int, b byte) item {
	packed, crc := zeros(n, b)
	set := func(h *header) { h.content, h.packed, h.size, h.crc = packed, uint64(len(packed)), uint64(n), crc }
	return item{name: name, central: set, local: set}
}

func many(n int, made func(int) item) (items []item) {
	for i := range n {
		items = append(items, made(i))
	}
	return items
}

// Whatever it is made to cost, an archive ends within time and memory, and with a reason.
func TestBombs(t *testing.T) {
	limits := archive.DefaultLimits()
	patient := limits
	patient.Ratio = 2000
	tight := limits
	tight.Total, tight.Entry = 100<<20, 60<<20
	inOne := limits
	inOne.Entries = 100_000
	for _, row := range []struct {
		name   string
		zip    func() []byte
		limits archive.Limits
		rules  string
	}{
		{"flat", func() []byte { return zipOf(bomb("a.log", 1<<30, 0x20)) }, limits, "a.log: line-too-long; a.log: ratio"},
		{"a line of a gigabyte", func() []byte { return zipOf(bomb("a.log", 1<<30, 'a')) }, patient, "a.log: line-too-long"},
		{"a long line, none of it UTF-8", func() []byte { return zipOf(bomb("a.log", 256<<20, 0x80)) }, patient, "a.log: line-too-long"},
		{"a gigabyte of empty lines", func() []byte { return zipOf(bomb("a.log", 1<<30, '\n')) }, patient, ""},
		{"a gigabyte of nothing", func() []byte { return zipOf(bomb("a.log", 1<<30, 0)) }, patient, ""},
		{"many that are large together", func() []byte { return zipOf(many(3, func(i int) item { return bomb(fmt.Sprint(i), 50<<20, '\n') })...) }, tight, "2: total-too-large"},
		{"one that is too large", func() []byte { return zipOf(bomb("a", 64<<20, '\n')) }, tight, "a: entry-too-large"},
		{"nested", func() []byte { return zipOf(item{name: "n.zip", text: inner(bomb("a", 1<<30, '\n'))}) }, limits, "n.zip!a: ratio"},
		{"nested, large together", func() []byte {
			return zipOf(item{name: "n.zip", text: inner(many(3, func(i int) item { return bomb(fmt.Sprint(i), 50<<20, '\n') })...)})
		}, tight, "n.zip!1: total-too-large; n.zip!2: total-too-large"},
		{"nested in gzip", func() []byte { return zipOf(item{name: "a.gz", text: gzBomb(1 << 30)}) }, limits, "a.gz!a: ratio"},
		{"a thousand, quoted in each other", func() []byte { return quoted(1000, strings.Repeat("x", 1000)) }, limits, "overlap; truncated; corrupt; overlap"},
		{"70,000 entries", func() []byte {
			return zipOf(many(70_000, func(i int) item { return item{name: fmt.Sprint("logs/", i), stored: true, text: "x\n"} })...)
		}, limits, "too-many-entries; logs/65534: unlisted-bytes"},
		{"70,000 entries, allowed", func() []byte {
			return zipOf(many(70_000, func(i int) item { return item{name: fmt.Sprint("logs/", i), stored: true, text: "x\n"} })...)
		}, inOne, ""},
		{"70,000 entries, nested", func() []byte {
			return zipOf(item{name: "n.zip", text: inner(many(70_000, func(i int) item { return item{name: fmt.Sprint("logs/", i), stored: true, text: "x\n"} })...)})
		}, limits, "n.zip: too-many-entries"},
		{"names of 60 KB", func() []byte {
			return zipOf(many(1000, func(i int) item { return called(fmt.Sprint(i, strings.Repeat("n", 60_000))) })...)
		}, limits, "name-too-long"},
		{"comments that fill the directory", func() []byte {
			return zipOf(many(1000, func(i int) item {
				return item{name: fmt.Sprint(i), central: func(h *header) { h.comment = strings.Repeat("c", 60_000) }}
			})...)
		}, limits, "directory-too-large; 557: unlisted-bytes"},
		{"ends that are none", func() []byte { return []byte(strings.Repeat("PK\x05\x06", 1<<18)) }, limits, "! not-a-zip"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var rules []string
			zip := row.zip()
			began := time.Now()
			peak := watchPeak(func() { rules = rulesOf(t, zip, row.limits) })
			if took := time.Since(began); took > mostTime || peak > mostMemory {
				t.Errorf("%v and %d MiB", took, peak>>20)
			} else {
				t.Logf("%v and %d MiB", took.Round(time.Millisecond), peak>>20)
			}
			if got := strings.Join(rules, "; "); got != row.rules {
				t.Errorf("%q, want %q", got, row.rules)
			}
		})
	}
}

// Nothing is inflated beyond what an entry declares: that is what the sum of all is reckoned by.
func TestNoMoreThanDeclared(t *testing.T) {
	t.Parallel()
	packed, crc := zeros(64<<20, '\n')
	little := func(h *header) { h.content, h.packed, h.size, h.crc = packed, uint64(len(packed)), 10, crc }
	got := read(t, zipOf(item{name: "a", central: little, local: little}))
	if size := got.files["a"].Size; size > 1<<20 || strings.Join(got.rules, " ") != "a: size" {
		t.Errorf("%d bytes, %v", size, got.rules)
	}
}

// rulesOf reads for nobody, and tells what was wrong; what many entries have in common, once.
func rulesOf(t *testing.T, zip []byte, limits archive.Limits) (rules []string) {
	a, err := archive.Open(t.Context(), bytes.NewReader(zip), int64(len(zip)), limits)
	if err != nil {
		return []string{"! " + string(err.(archive.Problem).Rule)}
	}
	report := archive.Read(context.Background(), a, archive.Pass[int]{
		Workers: 2,
		Look:    func(b *archive.Block) int { return len(b.Text) },
		Take:    func(*archive.File, int) {},
	})
	for _, p := range report.Problems {
		told := strings.TrimPrefix(p.File+": ", ": ") + string(p.Rule)
		if len(report.Problems) > 50 {
			told = string(p.Rule)
		}
		if len(rules) == 0 || rules[len(rules)-1] != told {
			rules = append(rules, told)
		}
	}
	return rules
}

func gzBomb(n int) string {
	packed, crc := zeros(n, '\n')
	return string(fields(append([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"), packed...), crc, uint32(n)))
}

// Cut at any byte, an archive still gives every entry that is whole, and says that it was cut.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	for _, descriptor := range []bool{false, true} {
		first, second := item{name: "a", text: "first\n", descriptor: descriptor}, item{name: "b", text: "second\n", descriptor: descriptor}
		zip := zipOf(first, second)
		for n := range zip {
			got := read(t, zip[:n])
			switch {
			case got.opened == nil && len(got.rules) == 0:
				t.Errorf("cut at %d of %d: nothing said", n, len(zip))
			case n > bytes.Index(zip, []byte("PK\x01\x02")) && (got.texts["a"] != "first\n" || got.texts["b"] != "second\n"):
				t.Errorf("cut at %d, behind the entries: %q", n, got.texts)
			case n > bytes.LastIndex(zip, []byte("PK\x03\x04")) && got.texts["a"] != "first\n":
				t.Errorf("cut at %d, behind the first: %q", n, got.texts)
			}
		}
	}
}
