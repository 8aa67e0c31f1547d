// Package charset turns the text of a bundle into UTF-8, and edited text back into what it was.
//
// Logs seldom say how they are encoded. What begins with a byte order mark is what the mark says; what has the NUL bytes
// of UTF-16 in the places of UTF-16 is UTF-16; all else is UTF-8, and a byte that cannot be UTF-8 is read as
// Windows-1252 (as browsers do, so that every byte means something), by itself. A file in Latin-1, a file of two
// encodings and a line that was cut within a character all come out readable, and no line depends on its neighbours.
//
// It does not guess languages, and it knows no other code page: text in Shift JIS comes out as nonsense of the same length.
package charset

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how characters stand in a file.
type Encoding uint8

// The encodings.
const (
	UTF8 Encoding = iota // with stray bytes as Windows-1252
	UTF16LE
	UTF16BE
)

// String is the encoding's registered name (IANA).
func (e Encoding) String() string { return [...]string{"UTF-8", "UTF-16LE", "UTF-16BE"}[e] }

// Width is the size of a code unit in bytes.
func (e Encoding) Width() int {
	if e == UTF8 {
		return 1
	}
	return 2
}

// Mark is the encoding's byte order mark.
func (e Encoding) Mark() []byte {
	return [...][]byte{{0xEF, 0xBB, 0xBF}, {0xFF, 0xFE}, {0xFE, 0xFF}}[e]
}

// Detect tells the encoding of a file by its first bytes (some KiB), and the size of its byte order mark, zero for none.
func Detect(head []byte) (e Encoding, mark int) {
	for _, e := range []Encoding{UTF8, UTF16LE, UTF16BE} {
		if bytes.HasPrefix(head, e.Mark()) {
			return e, len(e.Mark())
		}
	}
	for _, e := range []Encoding{UTF16LE, UTF16BE} {
		if looksLike(e, head) {
			return e, 0
		}
	}
	return UTF8, 0
}

// looksLike tells whether unmarked bytes read well as UTF-16: in a tenth of the pairs the high byte is NUL (spaces, digits
// and line ends suffice in any script), seldom the low one, and nothing decodes to a control character.
func looksLike(e Encoding, head []byte) bool {
	pairs, high, low := len(head)/2, 0, 0
	for at := range pairs {
		unit := e.unit(head[2*at:])
		switch {
		case unit < 0x20 && !blank(unit):
			return false
		case unit < 0x100:
			high++
		case unit&0xFF == 0:
			low++
		}
	}
	return pairs > 1 && high*10 >= pairs && low*4 < high
}

func blank(unit uint16) bool {
	return unit == '\t' || unit == '\n' || unit == '\r' || unit == '\f' || unit == 0x1B
}

func (e Encoding) unit(raw []byte) uint16 {
	if e == UTF16BE {
		return uint16(raw[0])<<8 | uint16(raw[1])
	}
	return uint16(raw[1])<<8 | uint16(raw[0])
}

// Decode returns raw as UTF-8 and how many of its bytes or units were not valid. Where nothing needs converting, text is
// raw itself; otherwise it is built in scratch, which may be nil and is grown as needed.
func (e Encoding) Decode(scratch, raw []byte) (text []byte, stray int) {
	if e == UTF8 {
		return decodeBytes(scratch, raw)
	}
	text = scratch[:0]
	for len(raw) > 0 {
		r, n, valid := e.next(raw)
		if !valid {
			stray++
		}
		text, raw = utf8.AppendRune(text, r), raw[n:]
	}
	return text, stray
}

// decodeBytes copies from one stray byte to the next.
func decodeBytes(scratch, raw []byte) (text []byte, stray int) {
	if utf8.Valid(raw) {
		return raw, 0
	}
	text = scratch[:0]
	from := 0
	for at := 0; at < len(raw); {
		if raw[at] < utf8.RuneSelf {
			at++
			continue
		}
		if _, n := utf8.DecodeRune(raw[at:]); n > 1 {
			at += n
			continue
		}
		text = append(append(text, raw[from:at]...), windows1252(raw[at])...)
		stray, at = stray+1, at+1
		from = at
	}
	return append(text, raw[from:]...), stray
}

// next is the first character of raw, which is not empty, and how many bytes it takes.
func (e Encoding) next(raw []byte) (r rune, n int, valid bool) {
	if e == UTF8 {
		if r, n = utf8.DecodeRune(raw); r == utf8.RuneError && n == 1 {
			r, _ = utf8.DecodeRuneInString(windows1252(raw[0]))
			return r, 1, false
		}
		return r, n, true
	}
	if len(raw) < 2 {
		return utf8.RuneError, 1, false
	}
	r = rune(e.unit(raw))
	if !utf16.IsSurrogate(r) {
		return r, 2, true
	}
	if len(raw) >= 4 {
		if pair := utf16.DecodeRune(r, rune(e.unit(raw[2:]))); pair != utf8.RuneError {
			return pair, 4, true
		}
	}
	return utf8.RuneError, 2, false
}

// Encode appends text, which is UTF-8, in the encoding.
func (e Encoding) Encode(dst, text []byte) []byte {
	if e == UTF8 {
		return append(dst, text...)
	}
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		text = text[n:]
		for _, unit := range utf16.AppendRune(nil, r) {
			if e == UTF16BE {
				unit = unit<<8 | unit>>8
			}
			dst = append(dst, byte(unit), byte(unit>>8))
		}
	}
	return dst
}
