package ledger

import (
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// height is how many levels of the tree a tile holds: 256 hashes wide (C2SP tlog-tiles).
const (
	height = 8
	width  = 1 << height
	// entries is the level of entry bundles.
	entries = -1
	// mostLevels is how many levels of tiles C2SP admits.
	mostLevels = 64
)

// path is where a tile lies. tlog names the height and says "data"; C2SP has one height, and says "entries".
func path(t tlog.Tile) string {
	rest := strings.TrimPrefix(t.Path(), "tile/8/")
	if data, found := strings.CutPrefix(rest, "data/"); found {
		rest = "entries/" + data
	}
	return "tile/" + rest
}

// ValidPath tells whether a tile can lie there, and whether it is a full one, which never changes.
func ValidPath(p string) (full, valid bool) {
	rest, found := strings.CutPrefix(p, "tile/")
	if data, bundle := strings.CutPrefix(rest, "entries/"); bundle {
		rest = "data/" + data
	}
	t, err := tlog.ParseTilePath("tile/8/" + rest)
	return t.W == width, found && err == nil && t.L < mostLevels && path(t) == p
}
