package bundle_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"waybill/internal/bundle"
	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
	"waybill/internal/bundle/specimen"
)

var scanner = sync.OnceValues(bundle.NewScanner)

func scan(t testing.TB, text []byte, workers int) *bundle.Report {
	t.Helper()
	s, err := scanner()
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Scan(t.Context(), bytes.NewReader(text), int64(len(text)), bundle.Options{Workers: workers, Limits: archive.DefaultLimits()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func composed(t testing.TB, seed uint64, size int64) ([]byte, specimen.Planted) {
	t.Helper()
	var b bytes.Buffer
	planted, err := specimen.Write(&b, specimen.Options{Seed: seed, Size: size})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), planted
}

// written is what goes into a zip, in an order.
type written struct{ name, text string }

func zipped(t testing.TB, files ...written) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err == nil {
			_, err = io.WriteString(w, f.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unzipped(t testing.TB, text []byte) (files []written) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, written{f.Name, string(content)})
	}
	return files
}

func document(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every value that is in a bundle is counted, and nothing else is.
func TestWhatIsInABundleIsCounted(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		text, planted := composed(t, seed, 3<<20)
		want := map[string]int{}
		for kind, values := range planted {
			want[kind] = len(values)
		}
		if got := scan(t, text, 2).Sensitive.Counts; !reflect.DeepEqual(got, want) {
			t.Errorf("seed %d: %v, want %v", seed, got, want)
		}
	}
}

// A report can be shown where the bundle may not go: no value that was found is in it, nor in the inventory.
func TestNoValueIsInTheReport(t *testing.T) {
	t.Parallel()
	text, planted := composed(t, 1, 1<<20)
	r := scan(t, text, 2)
	shown := document(t, r) + document(t, r.Inventory)
	for kind, values := range planted {
		for _, v := range values {
			if strings.Contains(shown, v) {
				t.Errorf("a %s is shown", kind)
			}
		}
	}
}

// A file may be called after whom it is about.
func TestNamesOfFilesShowNobody(t *testing.T) {
	t.Parallel()
	const name = "application-logs/export of ada.lovelace@corp.kestrel.example.log"
	r := scan(t, zipped(t, written{name, "2026-03-02 06:00:00,000+0000 main INFO bob@corp.kestrel.example\n"}), 1)
	shown := document(t, r) + document(t, r.Inventory)
	if strings.Contains(shown, "lovelace") || !strings.Contains(shown, "export of [email]") {
		t.Errorf("%s", shown)
	}
}

// The report depends on what is in the bundle: neither on who was faster nor on the order of its files.
func TestTheSameReport(t *testing.T) {
	t.Parallel()
	text, _ := composed(t, 4, 4<<20)
	want := document(t, scan(t, text, 1))
	files := unzipped(t, text)
	for round := range 4 {
		rand.New(rand.NewPCG(uint64(round), 1)).Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
		if got := document(t, scan(t, zipped(t, files...), 1+round*3)); got != want {
			t.Errorf("round %d:\n%s, want\n%s", round, got, want)
		}
	}
}

// What is said of one file does not depend on which others there are.
func TestOtherFilesDoNotMatter(t *testing.T) {
	t.Parallel()
	text, _ := composed(t, 5, 1<<20)
	files := unzipped(t, text)
	all := scan(t, text, 2).Sensitive.Where
	for i, f := range files {
		alone := scan(t, zipped(t, f), 2).Sensitive.Where
		want := slices.DeleteFunc(slices.Clone(all), func(p bundle.Place) bool { return p.File != f.name })
		for _, kind := range kindsOf(want) {
			in := func(p bundle.Place) bool { return p.Kind != kind }
			some, more := slices.DeleteFunc(slices.Clone(want), in), slices.DeleteFunc(slices.Clone(alone), in)
			if len(more) < len(some) || !slices.Equal(more[:len(some)], some) {
				t.Errorf("file %d, %s: alone it has %d places of %s, among others %d", i, f.name, len(more), kind, len(some))
			}
		}
	}
}

func kindsOf(places []bundle.Place) (kinds []string) {
	for _, p := range places {
		if !slices.Contains(kinds, p.Kind) {
			kinds = append(kinds, p.Kind)
		}
	}
	return kinds
}

// What is wrong with an archive is a finding: one of each kind, however many files it concerns.
func TestWhatIsWrongIsAFinding(t *testing.T) {
	t.Parallel()
	r := scan(t, zipped(t, written{"a.log", "x\n"}, written{"../b.log", "y\n"}, written{"../../c.log", "z\n"}), 2)
	i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Rule == "archive.path-traversal" })
	if i < 0 || r.Findings[i].Count != 2 || r.Findings[i].Severity != finding.Medium || r.Entries != 3 {
		t.Errorf("%d files, %+v", r.Entries, r.Findings)
	}
	whole, _ := composed(t, 6, 1<<20)
	cut := scan(t, whole[:len(whole)*2/3], 2)
	if !slices.ContainsFunc(cut.Findings, func(f finding.Finding) bool { return f.Rule == "archive.no-directory" }) || cut.Sensitive.Counts["email"] == 0 {
		t.Errorf("cut short: %+v", cut)
	}
}

func TestNoBundleAtAll(t *testing.T) {
	t.Parallel()
	s, err := scanner()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"nothing": "", "a text": strings.Repeat("no zip ", 100)} {
		_, err := s.Scan(t.Context(), strings.NewReader(text), int64(len(text)), bundle.Options{Limits: archive.DefaultLimits()})
		var problem archive.Problem
		if !errors.As(err, &problem) || problem.Rule != archive.NotZip {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who runs out of time learns what was read until then, and that it is not all.
func TestOutOfTime(t *testing.T) {
	t.Parallel()
	text, _ := composed(t, 7, 12<<20)
	s, err := scanner()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	source := counting{bytes.NewReader(text), func(off int64) {
		if off < int64(len(text))/2 {
			cancel()
		}
	}}
	r, err := s.Scan(ctx, source, int64(len(text)), bundle.Options{Workers: 2, Limits: archive.DefaultLimits()})
	if err != nil || !slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Rule == "archive.stopped" }) {
		t.Errorf("%+v, %v", r, err)
	}
}

type counting struct {
	io.ReaderAt
	read func(off int64)
}

func (c counting) ReadAt(p []byte, off int64) (int, error) {
	c.read(off)
	return c.ReaderAt.ReadAt(p, off)
}

// The members that others rely on.
func TestTheReportsShape(t *testing.T) {
	t.Parallel()
	text, _ := composed(t, 8, 1<<20)
	var got struct {
		Entries, Bytes *int64
		Product        struct{ Name, Version string }
		Findings       []struct {
			Rule, Severity, Title, File, Evidence, Advice string
			Line                                          *int
		}
		Sensitive struct {
			Counts map[string]int
			Where  []struct {
				Kind, File string
				Line       int
			}
		}
	}
	if err := json.Unmarshal([]byte(document(t, scan(t, text, 2))), &got); err != nil {
		t.Fatal(err)
	}
	if *got.Entries < 6 || *got.Bytes < 1<<20 || got.Product.Name != "jira" || got.Product.Version != "9.12.2" {
		t.Errorf("%d entries, %d bytes, %+v", *got.Entries, *got.Bytes, got.Product)
	}
	for _, f := range got.Findings {
		if f.Rule == "" || f.Severity == "" || f.Title == "" || f.Evidence == "" || f.Advice == "" || f.Line == nil {
			t.Errorf("%+v", f)
		}
	}
	for _, p := range got.Sensitive.Where {
		if p.Kind == "" || p.File == "" || p.Line < 1 {
			t.Errorf("%+v", p)
		}
	}
	if len(got.Findings) == 0 || len(got.Sensitive.Where) == 0 {
		t.Errorf("%+v", got)
	}
}

// Documents are read as wholes, logs in blocks; both stand in one inventory.
func TestInventory(t *testing.T) {
	t.Parallel()
	text, _ := composed(t, 9, 1<<20)
	inv := scan(t, text, 2).Inventory
	if n, _ := inv.Number(inventory.Issues); n != 1200345 || len(inv.Logs) == 0 || len(inv.Checks) != 2 {
		t.Errorf("%v issues, %d logs, checks %+v", n, len(inv.Logs), inv.Checks)
	}
}

func BenchmarkScan(b *testing.B) {
	for _, size := range []int64{16, 64} {
		b.Run(fmt.Sprint(size, " MiB"), func(b *testing.B) {
			text, _ := composed(b, 1, size<<20)
			var read int64
			for b.Loop() {
				read = scan(b, text, 2).Bytes
			}
			b.SetBytes(read)
		})
	}
}
