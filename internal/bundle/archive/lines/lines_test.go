package lines_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"waybill/internal/bundle/archive/charset"
	"waybill/internal/bundle/archive/lines"
)

// told is each block as "first line:text", with … where a line is torn.
func told(t *testing.T, source io.Reader, e charset.Encoding, size int) (blocks []string, err error) {
	t.Helper()
	r := lines.NewReader(source, e)
	var offset int64
	for {
		b, err := r.Next(make([]byte, size))
		if err != nil {
			return blocks, err
		}
		if b.Offset != offset || len(b.Raw) == 0 {
			t.Errorf("block %q at %d, want it at %d", b.Raw, b.Offset, offset)
		}
		offset += int64(len(b.Raw))
		text := string(b.Raw)
		if b.Continues {
			text = "…" + text
		}
		if b.Cut {
			text += "…"
		}
		blocks = append(blocks, fmt.Sprintf("%d:%s", b.First, text))
	}
}

func TestBlocksAreWholeLines(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		encoding charset.Encoding
		text     string
		want     string
	}{
		"nothing":                     {charset.UTF8, "", ""},
		"one line":                    {charset.UTF8, "one\n", "1:one\n"},
		"no end of line":              {charset.UTF8, "one\ntwo", "1:one\ntwo"},
		"lines that do not fit":       {charset.UTF8, "line one\nline two\nthree\n", "1:line one\n|2:line two\nthree\n"},
		"CRLF stays":                  {charset.UTF8, "one\r\ntwo\r\nthree\r\nfour", "1:one\r\ntwo\r\n|3:three\r\nfour"},
		"a long line, behind a word":  {charset.UTF8, "one two three four\nfive", "1:one two three …|1:…four\nfive"},
		"a long line without words":   {charset.UTF8, "0123456789abcdefghij\nk", "1:0123456789abcdef…|1:…ghij\nk"},
		"never within a character":    {charset.UTF8, "012345678901234öx\n", "1:012345678901234…|1:…öx\n"},
		"UTF-16LE":                    {charset.UTF16LE, "a\x00\n\x00b\x00\n\x00c\x00\x0A\x0Bd\x00e\x00", "1:a\x00\n\x00b\x00\n\x00|3:c\x00\x0A\x0Bd\x00e\x00"},
		"UTF-16BE, ends within units": {charset.UTF16BE, "\x00a\x00\n\x0A\x00\x00b\x00c\x00d\x00e\x00fX", "1:\x00a\x00\n|2:\x0A\x00\x00b\x00c\x00d\x00e\x00fX"},
		"UTF-16LE, a pair":            {charset.UTF16LE, "a\x00a\x00a\x00a\x00a\x00a\x00a\x00\x3D\xD8\x00\xDE", "1:a\x00a\x00a\x00a\x00a\x00a\x00a\x00…|1:…\x3D\xD8\x00\xDE"},
	} {
		for how, source := range map[string]io.Reader{
			"whole":        strings.NewReader(row.text),
			"byte by byte": iotest.OneByteReader(strings.NewReader(row.text)),
			"end at once":  iotest.DataErrReader(strings.NewReader(row.text)),
		} {
			if got, err := told(t, source, row.encoding, 16); strings.Join(got, "|") != row.want || err != io.EOF {
				t.Errorf("%s, %s: %q, %v, want %q", name, how, strings.Join(got, "|"), err, row.want)
			}
		}
	}
}

// What was read before a failure is handed out, and then the failure.
func TestFailureComesLast(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	source := io.MultiReader(strings.NewReader("line one\nline two\nli"), iotest.ErrReader(broken))
	if got, err := told(t, source, charset.UTF8, 16); strings.Join(got, "|") != "1:line one\n|2:line two\nli" || err != broken {
		t.Errorf("%q, %v", got, err)
	}
}

// Whatever is read comes out again, in order, and every block but the pieces of a long line ends a line.
func FuzzBlocks(f *testing.F) {
	f.Add([]byte("one\r\ntwo and more of it, much more\n\nthree"), uint8(0))
	f.Add([]byte("a\x00\n\x00b\x00\n\x00\x3D\xD8\x00\xDE"), uint8(1))
	f.Fuzz(func(t *testing.T, text []byte, encoding uint8) {
		r := lines.NewReader(iotest.HalfReader(bytes.NewReader(text)), charset.Encoding(encoding%3))
		var all []byte
		torn := false
		for {
			b, err := r.Next(make([]byte, 16))
			if err != nil {
				break
			}
			if b.Continues != torn {
				t.Fatalf("%q continues %v, but what was before it is torn %v", b.Raw, b.Continues, torn)
			}
			all, torn = append(all, b.Raw...), b.Cut
		}
		if !bytes.Equal(all, text) {
			t.Errorf("%q came out as %q", text, all)
		}
	})
}
