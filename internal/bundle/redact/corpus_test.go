package redact_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Bundles made of real logs with values planted in them: no planted value is left in any encoding, by a search that knows
// nothing of how they were found; nothing else has changed; and redacting again changes nothing at all.
func TestPlantedBundles(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("WAYBILL_DATA")
	if dir == "" {
		t.Skip("WAYBILL_DATA is not set")
	}
	for _, row := range []struct {
		seed int
		size string
	}{{1, "4M"}, {2, "16M"}, {3, "16M"}, {4, "4M"}, {5, "8M"}} {
		t.Run(fmt.Sprintf("seed %d, %s", row.seed, row.size), func(t *testing.T) {
			t.Parallel()
			bundle, planted := plant(t, dir, row.seed, row.size)
			out, r := redacted(t, bundle, options())
			if r.Residual.Found != 0 || len(r.Withheld) > 0 || len(r.Dropped) > 0 {
				t.Errorf("residual %+v, withheld %+v, dropped %+v", r.Residual, r.Withheld, r.Dropped)
			}
			for name, text := range unpacked(t, out) {
				searchIndependently(t, name, text, planted)
			}
			sameStructure(t, bundle, out)
			again, _ := redacted(t, out, options())
			if !bytes.Equal(again, out) {
				t.Error("redacting again changed it")
			}
			unzips(t, out)
		})
	}
}

func plant(t *testing.T, dir string, seed int, size string) (bundle []byte, planted map[string][]string) {
	t.Helper()
	path, list := filepath.Join(t.TempDir(), "support.zip"), filepath.Join(t.TempDir(), "planted.json")
	made := exec.CommandContext(t.Context(), "python3", filepath.Join(dir, "make_support_zip.py"), "--out", path, "--planted", list, "--seed", fmt.Sprint(seed), "--size", size)
	if out, err := made.CombinedOutput(); err != nil {
		t.Fatalf("making a bundle: %v\n%s", err, out)
	}
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &planted); err != nil {
		t.Fatal(err)
	}
	if bundle, err = os.ReadFile(path); err != nil {
		t.Fatal(err)
	}
	return bundle, planted
}

// searchIndependently looks for each planted value, alone as a word where it is short.
func searchIndependently(t *testing.T, name, text string, planted map[string][]string) {
	t.Helper()
	for kind, values := range planted {
		for _, value := range values {
			for _, spelling := range spellings(kind, value) {
				at := regexp.MustCompile(`(?i)(^|[^a-z0-9])` + regexp.QuoteMeta(spelling) + `($|[^a-z0-9])`)
				if len(spelling) >= 12 {
					at = regexp.MustCompile(`(?i)` + regexp.QuoteMeta(spelling))
				}
				if strings.Contains(strings.ToLower(text), strings.ToLower(spelling)) && at.MatchString(text) {
					t.Errorf("%s: the %s %s is left, as %s", name, kind, value, spelling)
				}
			}
		}
	}
}

func spellings(kind, value string) []string {
	quoted, _ := json.Marshal(value)
	var marked bytes.Buffer
	_ = xml.EscapeText(&marked, []byte(value))
	all := []string{value, url.QueryEscape(value), url.PathEscape(value), strings.ReplaceAll(value, "@", "%40"), strings.Trim(string(quoted), `"`), strings.ReplaceAll(value, "@", `\u0040`), html.EscapeString(value), marked.String()}
	for shift := range 3 {
		whole := append(make([]byte, shift), value...)
		whole = whole[:len(whole)/3*3]
		if packed := base64.StdEncoding.EncodeToString(whole); len(packed) > 14 {
			all = append(all, packed[4:])
		}
	}
	if kind == "session" {
		all = append(all, value[:7]) // as the column of a log has it
	}
	if first, last, found := strings.Cut(value, " "); kind == "fullname" && found {
		all = append(all, last+", "+first, strings.ToUpper(value))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

var instant = regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[,.]\d{3}|\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d`)

// sameStructure compares what must not change: names, order, times, lines, instants, stack traces; XML that is still XML.
func sameStructure(t *testing.T, before, after []byte) {
	t.Helper()
	was, is := directory(t, before), directory(t, after)
	if len(was) != len(is) {
		t.Fatalf("%d files became %d", len(was), len(is))
	}
	for i := range was {
		if was[i].Name != is[i].Name || !was[i].Modified.Equal(is[i].Modified) || was[i].Mode() != is[i].Mode() {
			t.Errorf("%+v became %+v", was[i].FileHeader, is[i].FileHeader)
		}
		a, b := content(t, was[i]), content(t, is[i])
		if strings.Count(a, "\n") != strings.Count(b, "\n") || strings.Count(a, "\r") != strings.Count(b, "\r") {
			t.Errorf("%s: the number of lines has changed", was[i].Name)
		}
		if !slices.Equal(instant.FindAllString(a, -1), instant.FindAllString(b, -1)) {
			t.Errorf("%s: instants have changed", was[i].Name)
		}
		if strings.Count(a, "\n\tat ") != strings.Count(b, "\n\tat ") {
			t.Errorf("%s: stack traces have changed", was[i].Name)
		}
		if strings.HasSuffix(is[i].Name, ".xml") && xml.Unmarshal([]byte(b), new(struct{})) != nil {
			t.Errorf("%s is no XML any more", is[i].Name)
		}
	}
}

func content(t *testing.T, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The real logs, which are not committed, come out with every value of the entities gone and readable still.
func TestRealFiles(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("WAYBILL_DATA")
	if dir == "" {
		t.Skip("WAYBILL_DATA is not set")
	}
	var entries []entry
	for _, pattern := range []string{"*.log", "*.xml", "*.txt", "*.csv"} {
		files, _ := filepath.Glob(filepath.Join(dir, pattern))
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			entries = append(entries, entry{filepath.Base(f), string(text)})
		}
	}
	bundle := packed(t, entries...)
	out, r := redacted(t, bundle, options())
	for _, left := range r.Withheld {
		if left.Rule != "line-too-long" {
			t.Errorf("%+v", left)
		}
	}
	again, _ := redacted(t, out, options())
	a, b := unpacked(t, out), unpacked(t, again)
	for name := range a {
		if a[name] != b[name] {
			x, y := strings.Split(a[name], "\n"), strings.Split(b[name], "\n")
			for i := range x {
				if x[i] != y[i] {
					t.Errorf("%s, line %d: %.300q became %.300q", name, i+1, x[i], y[i])
					break
				}
			}
		}
	}
	t.Logf("%d files, withheld %+v", len(entries), r.Withheld)
}
