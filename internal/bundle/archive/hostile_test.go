package archive_test

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"waybill/internal/bundle/archive"
)

var (
	one = item{name: "logs/one.log", text: "first line\nsecond line\n"}
	two = item{name: "logs/two.log", text: "only line\n"}
)

func but(i item, central func(*header)) item {
	i.central = central
	return i
}

func butLocal(i item, local func(*header)) item {
	i.local = local
	return i
}

func called(name string) item { return item{name: name, text: "x\n"} }

// Each bad archive is read as far as that is safe, and each says what is wrong in the same words every time.
func TestBadArchives(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		zip   []byte
		reads string // the files whose text is whole
		rules string
	}{
		"nothing wrong":                    {zipOf(one, two), "logs/one.log logs/two.log", ""},
		"nothing in it":                    {zipOf(), "", ""},
		"comment":                          {bundle{items: []item{one}, comment: "made by hand"}.bytes(), "logs/one.log", ""},
		"zip64":                            {bundle{items: []item{but(one, func(h *header) { h.zip64 = true })}, zip64: true}.bytes(), "logs/one.log", ""},
		"descriptor":                       {zipOf(item{name: "a", text: "x", descriptor: true}, two), "a logs/two.log", ""},
		"comment with an end record in it": {bundle{items: []item{one}, comment: "PK\x05\x06" + strings.Repeat("\x00", 18)}.bytes(), "logs/one.log", ""},
		"comment that is an archive": {bundle{items: []item{one}, comment: string(bundle{items: []item{two}}.bytes())}.bytes(), "logs/two.log",
			"two-directories; unlisted-bytes"},
		"prepended":           {bundle{before: "#!/bin/sh\n", items: []item{one}}.bytes(), "logs/one.log", "unlisted-bytes"},
		"appended":            {bundle{items: []item{one}, behind: "more"}.bytes(), "logs/one.log", "unlisted-bytes"},
		"two archives in one": {append(zipOf(one), zipOf(two)...), "logs/two.log", "unlisted-bytes"},
		"an entry that the directory hides": {zipOf(butLocal(one, func(h *header) { h.content = append(h.content, zipOf(two)...) }), two), "logs/one.log logs/two.log",
			"logs/one.log: unlisted-bytes"},
		"bytes behind the content": {zipOf(item{name: "a", text: "x\n", local: func(h *header) { h.content = append(h.content, "hidden"...); h.packed += 6 }, central: func(h *header) { h.packed += 6 }}), "a",
			"a: unlisted-bytes"},

		"declares less than there is":        {zipOf(item{name: "a", text: "x\n", central: func(h *header) { h.size-- }, local: func(h *header) { h.size-- }}, two), "a logs/two.log", "a: size"},
		"declares more than there is":        {zipOf(item{name: "a", text: "x\n", central: func(h *header) { h.size++ }, local: func(h *header) { h.size++ }}, two), "a logs/two.log", "a: size"},
		"declares it in one place":           {zipOf(but(one, func(h *header) { h.size++ })), "logs/one.log", "logs/one.log: headers-disagree; logs/one.log: size"},
		"declares less compressed":           {zipOf(but(one, func(h *header) { h.packed -= 4 }), two), "logs/one.log logs/two.log", "logs/one.log: headers-disagree; logs/one.log: unlisted-bytes; logs/one.log: truncated"},
		"declares more compressed":           {zipOf(but(one, func(h *header) { h.packed += 4 }), two), "logs/one.log", "logs/two.log: overlap; logs/one.log: headers-disagree; logs/one.log: unlisted-bytes; logs/one.log: unlisted-bytes"},
		"declares a wrong checksum":          {zipOf(but(one, func(h *header) { h.crc++ })), "logs/one.log", "logs/one.log: headers-disagree; logs/one.log: checksum"},
		"content is damaged":                 {zipOf(butLocal(one, func(h *header) { h.content[0] = 0xFF }), two), "logs/two.log", "logs/one.log: corrupt"},
		"begins beyond the end":              {zipOf(but(one, func(h *header) { h.offset += 1 << 30 }), two), "logs/two.log", "unlisted-bytes; logs/one.log: outside"},
		"a header longer than there is room": {patched(zipOf(one, two), 28, 200), "logs/two.log", "logs/one.log: overlap"},
		"begins nowhere":                     {zipOf(but(two, func(h *header) { h.offset += 3 })), "", "logs/two.log: outside; unlisted-bytes"},
		"no local header":                    {swapped(zipOf(one, two), 0), "logs/two.log", "logs/one.log: local-header"},
		"overlap: two names, one entry": {zipOf(one, but(item{name: "again", local: func(h *header) { h.nothing = true }}, func(h *header) { *h = one.header(0); h.name = "again" })), "logs/one.log",
			"again: overlap"},
		"overlap: headers quoted": {quoted(3, "x\n"), "", "1: overlap; 2: overlap; 0: truncated; 0!1: corrupt"},

		"zip64: more entries than atoms":        {bundle{items: []item{one}, zip64: true, end: func(e *ending) { e.entries = 1 << 62 }}.bytes(), "logs/one.log", "entry-count"},
		"zip64: a directory without end":        {bundle{items: []item{one}, zip64: true, end: func(e *ending) { e.size = 1 << 63 }}.bytes(), "logs/one.log", "no-directory"},
		"zip64: a directory elsewhere":          {bundle{items: []item{one}, zip64: true, end: func(e *ending) { e.offset = 1<<64 - 1 }}.bytes(), "logs/one.log", "no-directory"},
		"zip64: sizes below zero":               {zipOf(but(one, func(h *header) { h.zip64, h.size, h.packed = true, 1<<63+1, 1<<64-1 }), two), "logs/two.log", "logs/one.log: outside; unlisted-bytes"},
		"a directory said to lie behind itself": {bundle{items: []item{one, two}, end: func(e *ending) { e.offset += 5 }}.bytes(), "logs/one.log logs/two.log", "no-directory"},
		"counts fewer":                          {bundle{items: []item{one, two}, end: func(e *ending) { e.entries = 1 }}.bytes(), "logs/one.log logs/two.log", "entry-count"},

		"encrypted":                        {zipOf(but(one, func(h *header) { h.flags |= 1 }), two), "logs/two.log", "logs/one.log: encrypted"},
		"AES":                              {zipOf(but(one, func(h *header) { h.flags |= 1; h.method = 99 }), two), "logs/two.log", "logs/one.log: encrypted"},
		"unknown method":                   {zipOf(but(one, func(h *header) { h.method = 14 }), two), "logs/two.log", "logs/one.log: unknown-method"},
		"symlink":                          {zipOf(but(item{name: "a", text: "/etc/passwd"}, func(h *header) { h.attributes = 0o120777 << 16 }), two), "logs/two.log", "a: symlink"},
		"device":                           {zipOf(but(item{name: "a"}, func(h *header) { h.attributes = 0o020666 << 16 }), two), "logs/two.log", "a: special-file"},
		"directory":                        {zipOf(item{name: "logs/", stored: true}, two), "logs/two.log", ""},
		"a directory that holds something": {zipOf(item{name: "logs/", text: "secret"}, two), "logs/two.log", "logs/: special-file"},

		"twice":                      {zipOf(one, one), "", "logs/one.log: duplicate"},
		"twice but for case":         {zipOf(called("a"), called("A")), "A a", "A: duplicate-case"},
		"twice by another way":       {zipOf(called("a/b"), called("a/./b")), "a/./b a/b", "a/./b: duplicate"},
		"traversal":                  {zipOf(called("../../etc/passwd")), "../../etc/passwd", "../../etc/passwd: path-traversal"},
		"traversal in the middle":    {zipOf(called("a/../../b")), "a/../../b", "a/../../b: path-traversal"},
		"traversal in Windows' way":  {zipOf(called(".. /x")), ".. /x", ".. /x: path-traversal"},
		"dots that lead nowhere":     {zipOf(called("a..b/..c")), "a..b/..c", ""},
		"absolute":                   {zipOf(called("/etc/passwd")), "/etc/passwd", "/etc/passwd: path-absolute"},
		"drive":                      {zipOf(called(`C:\x`)), `C:\x`, `C:\x: path-backslash; C:\x: path-drive`},
		"traversal by backslash":     {zipOf(called(`..\x`)), `..\x`, `..\x: path-backslash; ..\x: path-traversal`},
		"network path":               {zipOf(called(`\\host\x`)), `\\host\x`, `\\host\x: path-backslash; \\host\x: path-absolute`},
		"NUL in the name":            {zipOf(called("a.txt\x00.sh")), `a.txt\x00.sh`, `a.txt\x00.sh: name-control`},
		"a terminal's commands":      {zipOf(called("a\x1b[2Jb\n")), `a\x1b[2Jb\n`, `a\x1b[2Jb\n: name-control`},
		"written backwards":          {zipOf(called("gol.\u202etxt")), `gol.\u202etxt`, `gol.\u202etxt: name-control`},
		"no name":                    {zipOf(called("")), "", "name-empty"},
		"not the UTF-8 it claims":    {zipOf(called("J\xF6rg")), "J÷rg", "J÷rg: name-encoding"},
		"other names in its headers": {zipOf(butLocal(one, func(h *header) { h.name = "logs/eno.log" })), "logs/one.log", "logs/one.log: headers-disagree"},

		"another method in its headers": {zipOf(butLocal(one, func(h *header) { h.method = archive.Stored })), "logs/one.log", "logs/one.log: headers-disagree"},
		"cut in what is stored":         {zipOf(item{name: "a", text: "first\n", stored: true})[:34], "", "no-directory; a: truncated"},
		"no zip":                        {[]byte("<html>not found</html>"), "", "! not-a-zip"},
		"nothing at all":                {nil, "", "! not-a-zip"},
		"cut in the directory":          {cut(zipOf(one, two), 10), "logs/one.log logs/two.log", "no-directory"},
		"cut in an entry":               {zipOf(one, two)[:50], "", "no-directory; logs/one.log: truncated"},
		"cut, with a descriptor":        {cut(zipOf(item{name: "a", text: "x\n", descriptor: true}, two), 10), "a logs/two.log", "no-directory"},
		"directory damaged":             {swapped(zipOf(one, two), bytes.LastIndex(zipOf(one, two), []byte("PK\x01\x02"))), "logs/one.log", "truncated; logs/one.log: unlisted-bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(t, row.zip)
			if got.opened != nil {
				got.rules = []string{"! " + string(got.opened.(archive.Problem).Rule)}
			}
			var whole []string
			for _, i := range slices.Sorted(maps.Keys(got.texts)) {
				if i != "" && (got.texts[i] == "x\n" || got.texts[i] == one.text || got.texts[i] == two.text || got.texts[i] == "x") {
					whole = append(whole, i)
				}
			}
			if reads, rules := strings.Join(whole, " "), strings.Join(got.rules, "; "); reads != row.reads || rules != row.rules {
				t.Errorf("read %q\nrules %q\nwant %q\nand   %q", reads, rules, row.reads, row.rules)
			}
		})
	}
}

func cut(zip []byte, from int) []byte { return zip[:len(zip)-22-from] }

func patched(zip []byte, at int, b byte) []byte {
	zip[at] = b
	return zip
}

// swapped spoils a signature.
func swapped(zip []byte, at int) []byte {
	zip[at], zip[at+1] = zip[at+1], zip[at]
	return zip
}

// quoted overlaps as Fifield's bombs do: each entry's content is the header of the next, quoted in a block of deflate that
// is merely stored, and then all that the next consists of. Every entry by itself is as it should be.
func quoted(n int, kernel string) []byte {
	items := make([]item, n)
	text, content := kernel, deflated(kernel)
	for i := n - 1; i >= 0; i-- {
		whole, packed := content, uint64(len(content))
		items[i] = item{name: strconv.Itoa(i), text: text}
		items[i].local = func(h *header) { h.content, h.packed, h.nothing = whole, packed, i > 0 }
		items[i].central = func(h *header) { h.packed = packed; h.offset = quotedAt(i) }
		h := items[i].header(0)
		h.packed = packed
		quote := h.asLocal()
		text = string(quote) + text
		content = append(append(fields([]byte{0}, uint16(len(quote)), ^uint16(len(quote))), quote...), content...)
	}
	return zipOf(items...)
}

func quotedAt(i int) (offset uint64) {
	for before := range i {
		offset += uint64(30 + len(strconv.Itoa(before)) + 5)
	}
	return offset
}
