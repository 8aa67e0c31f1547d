package archive_test

import (
	"bytes"
	"hash/crc32"
	"strings"
	"testing"
	"time"

	"waybill/internal/bundle/archive"
)

func opened(t *testing.T, zip []byte) *archive.Archive {
	t.Helper()
	a, err := archive.Open(t.Context(), bytes.NewReader(zip), int64(len(zip)), archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func unicodePath(raw, name string) []byte {
	field := append(fields(nil, uint8(1), crc32.ChecksumIEEE([]byte(raw))), name...)
	return append(fields(nil, uint16(0x7075), uint16(len(field))), field...)
}

// A name is in the encoding that the archive says, and where it says nothing, in the one of whoever made it.
func TestNameEncodings(t *testing.T) {
	t.Parallel()
	const dos, unix, flagged = 0, 3, 1 << 11
	for name, row := range map[string]struct {
		raw    string
		system byte
		flags  uint16
		extra  []byte
		want   string
	}{
		"UTF-8, flagged":               {"Jörg/日本.log", dos, flagged, nil, "Jörg/日本.log"},
		"CP437":                        {"J\x94rg \xE1.log", dos, 0, nil, "Jörg ß.log"},
		"UTF-8 of a Unix, no flag":     {"Jörg.log", unix, 0, nil, "Jörg.log"},
		"not UTF-8, of a Unix":         {"J\x94rg.log", unix, 0, nil, "Jörg.log"},
		"UTF-8 of a DOS, no flag":      {"Jörg.log", dos, 0, nil, "J├╢rg.log"},
		"Unicode path":                 {"J_rg.log", dos, 0, unicodePath("J_rg.log", "Jörg.log"), "Jörg.log"},
		"Unicode path of another":      {"J_rg.log", dos, 0, unicodePath("other", "Jörg.log"), "J_rg.log"},
		"Unicode path, cut":            {"J_rg.log", dos, 0, unicodePath("J_rg.log", "Jörg.log")[:7], "J_rg.log"},
		"Unicode path, not UTF-8":      {"J_rg.log", dos, 0, unicodePath("J_rg.log", "J\xF6"), "J_rg.log"},
		"an extra field before it":     {"J_rg.log", dos, 0, append([]byte("xx\x02\x00yy"), unicodePath("J_rg.log", "Jörg.log")...), "Jörg.log"},
		"an extra field without end":   {"a.log", dos, flagged, []byte("xx\xFF\xFFyy"), "a.log"},
		"a Unicode path that commands": {"a", dos, 0, unicodePath("a", "a\x1b[2J"), `a\x1b[2J`},
	} {
		zip := zipOf(item{name: row.raw, central: func(h *header) { h.system, h.flags, h.extra = row.system, row.flags, row.extra }})
		if e := opened(t, zip).Entries[0]; e.Name != row.want || e.Raw != row.raw {
			t.Errorf("%s: %q, want %q", name, e.Name, row.want)
		}
	}
}

// What the directory says of an entry is there for whoever writes the archive anew.
func TestMetadata(t *testing.T) {
	t.Parallel()
	stamp := fields(nil, uint16(0x5455), uint16(5), uint8(1), uint32(1_772_344_800))
	zip := bundle{comment: "support", items: []item{
		{name: "b/", stored: true, central: func(h *header) { h.attributes = 0o040755<<16 | 0x10 }},
		{name: "b/a.log", text: "x\n", descriptor: true, central: func(h *header) { h.attributes, h.extra, h.comment = 0o100640<<16, stamp, "why" }},
	}}.bytes()
	a := opened(t, zip)
	if a.Comment != "support" || len(a.Entries) != 2 || len(a.Problems()) != 0 {
		t.Fatalf("%+v, %v", a, a.Problems())
	}
	dir, log := a.Entries[0], a.Entries[1]
	if !dir.IsDir() || dir.Mode() != 0o040755 || dir.Index != 0 || dir.Offset != 0 || !dir.Modified.Equal(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)) || dir.DOSTime != 0x5C610000 {
		t.Errorf("%+v", dir)
	}
	if log.IsDir() || log.IsSymlink() || log.IsEncrypted() || log.Mode() != 0o100640 || log.Index != 1 || log.Size != 2 || log.Method != archive.Deflated || log.Flags != 1<<11|1<<3 || log.Comment != "why" || !log.Modified.Equal(time.Unix(1_772_344_800, 0)) {
		t.Errorf("%+v", log)
	}
}

// A bundle's own names are no problem.
func TestHonestNames(t *testing.T) {
	t.Parallel()
	for _, name := range strings.Fields("application-logs/atlassian-jira.log.1 thread-dump/2026_03_01_06_00_00.txt a..b.txt ...  .hidden Größe/x C") {
		if a := opened(t, zipOf(item{name: name})); len(a.Problems()) != 0 {
			t.Errorf("%s: %v", name, a.Problems())
		}
	}
}
