package archive

import (
	"bytes"
	"io"

	"waybill/internal/bundle/archive/charset"
)

// Kind is what a file is, by its content; names say little in a bundle.
type Kind string

// The kinds.
const (
	Text   Kind = "text"
	Binary Kind = "binary" // handed over by name only, unless it is asked for
	Zip    Kind = "zip"    // jar and docx included
	Gzip   Kind = "gzip"
)

// Nature is what the first bytes of a file tell.
type Nature struct {
	Kind     Kind
	Format   string // of a binary, where it is known: "jfr", "hprof", …
	Encoding charset.Encoding
	Mark     int  // bytes of the byte order mark, zero for none
	CRLF     bool // the first line ends with CR LF
}

// magics are first bytes, longer before shorter. JFR and HPROF are what Java writes of itself, and hold whatever was in
// its memory.
var magics = []struct {
	bytes, format string
	kind          Kind
}{
	{"JAVA PROFILE", "hprof", Binary},
	{"FLR\x00", "jfr", Binary},
	{"\xCA\xFE\xBA\xBE", "class", Binary},
	{"\xAC\xED\x00\x05", "java-serialized", Binary},
	{"\xFE\xED\xFE\xED", "jks", Binary},
	{"PK\x03\x04", "zip", Zip},
	{"PK\x05\x06", "zip", Zip},
	{"\x1F\x8B\x08", "gzip", Gzip},
	{"BZh", "bzip2", Binary},
	{"\xFD7zXZ\x00", "xz", Binary},
	{"\x28\xB5\x2F\xFD", "zstd", Binary},
	{"7z\xBC\xAF\x27\x1C", "7z", Binary},
	{"\x89PNG\r\n\x1A\n", "png", Binary},
	{"\xFF\xD8\xFF", "jpeg", Binary},
	{"GIF8", "gif", Binary},
	{"%PDF-", "pdf", Binary},
	{"\x7FELF", "elf", Binary},
	{"SQLite format 3\x00", "sqlite", Binary},
}

// headSize is how much of a file its nature is told by.
const headSize = 4096

// Identify tells what a file is, and returns a reader of all of it.
func Identify(r io.Reader) (Nature, io.Reader) { return identify(r, make([]byte, headSize)) }

func identify(r io.Reader, head []byte) (Nature, io.Reader) {
	n, _ := io.ReadFull(r, head)
	head = head[:n]
	return natureOf(head), io.MultiReader(bytes.NewReader(head), r)
}

func natureOf(head []byte) Nature {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.bytes)) {
			return Nature{Kind: m.kind, Format: m.format}
		}
	}
	e, mark := charset.Detect(head)
	n := Nature{Kind: Text, Encoding: e, Mark: mark}
	if e == charset.UTF8 && !reads(head[mark:]) {
		return Nature{Kind: Binary, Format: formatOf(head)}
	}
	text, _ := e.Decode(nil, head[mark:])
	first := bytes.IndexByte(text, '\n')
	n.CRLF = first > 0 && text[first-1] == '\r'
	return n
}

func formatOf(head []byte) string {
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "tar"
	}
	return "data"
}

// reads tells whether it is text: at most one byte in ten is a control character that no text has. A log with a hole of
// NULs, which is what remains of one that was written to while it was emptied, is text if something follows.
func reads(head []byte) bool {
	if len(head) == 0 {
		return true
	}
	head = bytes.TrimLeft(head, "\x00")
	odd := 0
	for _, b := range head {
		if b < ' ' && (b < '\t' || b > '\r') && b != 0x1B {
			odd++
		}
	}
	return len(head) > 0 && odd*10 <= len(head)
}
