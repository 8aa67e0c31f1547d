package charset_test

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"waybill/internal/bundle/archive/charset"
)

func TestDetect(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		head string
		want charset.Encoding
		mark int
	}{
		"empty":                         {"", charset.UTF8, 0},
		"ASCII":                         {"2026-03-01 06:00:00,000 main INFO", charset.UTF8, 0},
		"UTF-8 with a mark":             {"\xEF\xBB\xBFa", charset.UTF8, 3},
		"UTF-16LE with a mark":          {"\xFF\xFEa\x00", charset.UTF16LE, 2},
		"UTF-16BE with a mark":          {"\xFE\xFF\x00a", charset.UTF16BE, 2},
		"UTF-16LE without":              {"a\x00 \x00b\x00\r\x00\n\x00", charset.UTF16LE, 0},
		"UTF-16BE without":              {"\x00a\x00 \x00b", charset.UTF16BE, 0},
		"UTF-16LE in Cyrillic":          {"\x1f\x04\x40\x04\x38\x04\x32\x04\x35\x04\x42\x04 \x00\x3c\x04\x38\x04\x40\x04\n\x00", charset.UTF16LE, 0},
		"UTF-16LE in Chinese":           {"\x00\x4e\x09\x4e \x00\x08\x4e\n\x00 \x00 \x00 \x00", charset.UTF16LE, 0},
		"bytes that are no text":        {"a\x00\x00\x01b\x00\x00\x02", charset.UTF8, 0},
		"Latin-1":                       {"J\xF6rg", charset.UTF8, 0},
		"NULs in a row":                 {"\x00\x00\x00\x00", charset.UTF8, 0},
		"numbers of 16 bits, no text":   {"\x01\x00\x02\x00\x03\x00", charset.UTF8, 0},
		"a log that begins with a hole": {"\x00\x00\x00\x00ab", charset.UTF8, 0},
	} {
		if got, mark := charset.Detect([]byte(row.head)); got != row.want || mark != row.mark {
			t.Errorf("%s: %v, mark of %d, want %v, %d", name, got, mark, row.want, row.mark)
		}
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		encoding charset.Encoding
		raw      string
		want     string
		stray    int
	}{
		"UTF-8":                          {charset.UTF8, "Jörg 日本 😀", "Jörg 日本 😀", 0},
		"Latin-1":                        {charset.UTF8, "J\xF6rg", "Jörg", 1},
		"Windows-1252":                   {charset.UTF8, "\x80 \x93a\x94 \x81", "€ “a” \u0081", 4},
		"two encodings on one line":      {charset.UTF8, "Jörg J\xF6rg", "Jörg Jörg", 1},
		"cut within a character":         {charset.UTF8, "Jörg Ol\xC3", "Jörg OlÃ", 1},
		"overlong and surrogates":        {charset.UTF8, "\xC0\xAF\xED\xA0\x80", "À¯í\u00A0€", 5},
		"UTF-16LE":                       {charset.UTF16LE, "J\x00\xF6\x00\x3D\xD8\x00\xDE", "Jö😀", 0},
		"UTF-16BE":                       {charset.UTF16BE, "\x00J\x00\xF6\xD8\x3D\xDE\x00", "Jö😀", 0},
		"UTF-16 with half a pair":        {charset.UTF16LE, "\x3D\xD8a\x00", "\uFFFDa", 1},
		"UTF-16 that ends within a unit": {charset.UTF16BE, "\x00aX", "a\uFFFD", 1},
	} {
		if got, stray := row.encoding.Decode(nil, []byte(row.raw)); string(got) != row.want || stray != row.stray {
			t.Errorf("%s: %q, %d stray, want %q, %d", name, got, stray, row.want, row.stray)
		}
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	const text = "Jörg 😀"
	for _, e := range []charset.Encoding{charset.UTF8, charset.UTF16LE, charset.UTF16BE} {
		raw := e.Encode([]byte{'x'}, []byte(text))
		if got, stray := e.Decode(nil, raw[1:]); string(got) != text || stray != 0 || raw[0] != 'x' {
			t.Errorf("%v: %q decodes to %q, %d stray", e, raw, got, stray)
		}
	}
}

// An edit changes what it replaces, and not a byte beside it.
func TestOriginal(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		encoding           charset.Encoding
		raw, replace, with string
		want               string
	}{
		"UTF-8":             {charset.UTF8, "von Jörg an", "Jörg", "p1", "von p1 an"},
		"UTF-8, marked":     {charset.UTF8, "\xEF\xBB\xBFJörg an", "Jörg", "p1", "\xEF\xBB\xBFp1 an"},
		"stray bytes":       {charset.UTF8, "\x80\xFF J\xF6rg ü\xFC", "Jörg", "p1", "\x80\xFF p1 ü\xFC"},
		"UTF-16LE, marked":  {charset.UTF16LE, "\xFF\xFEa\x00\xF6\x00b\x00", "ö", "p", "\xFF\xFEa\x00p\x00b\x00"},
		"UTF-16BE, damaged": {charset.UTF16BE, "\xD8\x3D\x00a\x00bX", "a", "ö", "\xD8\x3D\x00\xF6\x00bX"},
	} {
		_, mark := charset.Detect([]byte(row.raw))
		text, _ := row.encoding.Decode(nil, []byte(row.raw[mark:]))
		at := bytes.Index(text, []byte(row.replace))
		o := charset.NewOriginal(row.encoding, []byte(row.raw), mark)
		out := row.encoding.Encode(bytes.Clone(o.Until(at)), []byte(row.with))
		o.Until(at + len(row.replace))
		if out = append(out, o.Rest()...); string(out) != row.want {
			t.Errorf("%s: %q, want %q", name, out, row.want)
		}
	}
}

// Decoding always gives UTF-8, and the pieces of an original are the whole.
func FuzzOriginal(f *testing.F) {
	f.Add([]byte("Jörg J\xF6rg"), uint8(0), 3)
	f.Add([]byte("\xFF\xFEa\x00"), uint8(1), 1)
	f.Add([]byte("\xD8\x3D\xDE"), uint8(2), 2)
	f.Fuzz(func(t *testing.T, raw []byte, encoding uint8, place int) {
		e := charset.Encoding(encoding % 3)
		_, mark := charset.Detect(raw)
		text, stray := e.Decode(nil, raw[mark:])
		if !utf8.Valid(text) {
			t.Errorf("%v of %q is not UTF-8: %q", e, raw, text)
		}
		o := charset.NewOriginal(e, raw, mark)
		first := bytes.Clone(o.Until(place))
		if whole := append(first, o.Rest()...); !bytes.Equal(whole, raw) {
			t.Errorf("%q in two is %q", raw, whole)
		}
		if again := e.Encode(nil, text); stray == 0 && !bytes.Equal(again, raw[mark:]) {
			t.Errorf("%q is %q again", raw, again)
		}
	})
}
