package ledger_test

import (
	"strings"
	"testing"

	"github.com/transparency-dev/tessera/api/layout"

	"waybill/internal/ledger"
)

func TestValidPath(t *testing.T) {
	t.Parallel()
	const full, partial, no = "full", "partial", "no"
	for path, want := range map[string]string{
		"tile/0/000":                    full,
		"tile/0/x001/067":               full,
		"tile/entries/x001/x234/067":    full,
		"tile/63/000":                   full,
		"tile/1/000.p/1":                partial,
		"tile/entries/000.p/255":        partial,
		"tile/0/x001/x234/067.p/8":      partial,
		"":                              no,
		"tile/":                         no,
		"tile/0":                        no,
		"checkpoint":                    no,
		"/tile/0/000":                   no,
		"tile/0/000/":                   no,
		"tile/0/67":                     no,
		"tile/0/0067":                   no,
		"tile/0/x001/67":                no,
		"tile/0/001/067":                no, // what is not last begins with x
		"tile/0/x001/x067":              no,
		"tile/0/x000/067":               no, // one spelling each
		"tile/0/000.p/0":                no,
		"tile/0/000.p/01":               no,
		"tile/0/000.p/256":              no, // that is a full one
		"tile/0/000.p/-1":               no,
		"tile/0/000.p":                  no,
		"tile/0/000.p/1/2":              no,
		"tile/00/000":                   no,
		"tile/+1/000":                   no,
		"tile/-1/000":                   no,
		"tile/64/000":                   no,
		"tile/8/0/000":                  no, // Go's own spelling
		"tile/data/000":                 no,
		"tile/entries/entries/000":      no,
		"tile/0/../secret":              no,
		"tile/0/000\x00":                no,
		"tile/0/x999/x999/x999/x999/99": no,
		"tile/0/" + strings.Repeat("x999/", 7) + "999":    no, // more than 64 bits count
		"tile/0/" + strings.Repeat("x999/", 1000) + "999": no,
	} {
		is, valid := ledger.ValidPath(path)
		got := map[bool]string{true: partial, false: no}[valid]
		if valid && is {
			got = full
		}
		if got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}

// FuzzValidPath: what is valid is what another implementation spells so.
func FuzzValidPath(f *testing.F) {
	for _, path := range []string{"tile/0/x001/067.p/8", "tile/entries/000", "tile/63/x999/000.p/255", "tile/0/../000"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		full, valid := ledger.ValidPath(path)
		if !valid {
			return
		}
		level, index, _ := strings.Cut(strings.TrimPrefix(path, "tile/"), "/")
		n, w, err := layout.ParseTileIndexPartial(index)
		spelled := layout.EntriesPath(n, w)
		if l, levelErr := layout.ParseTileLevel(level); levelErr == nil {
			spelled = layout.TilePath(l, n, w)
		}
		if err != nil || spelled != path || full != (w == 0) {
			t.Errorf("%q is a tile (full: %v), others say %q: %v", path, full, spelled, err)
		}
	})
}
