package sensitive

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"waybill/internal/bundle/needle"
)

// escapes is how many of the rules, the first ones, only say that a line is escaped.
const escapes = 4

// escapeRules are the beginnings of what a line can be escaped with. Control characters are left as they are: a line
// stays a line.
func escapeRules() []rule {
	return []rule{
		{needle: needle.MustPattern(`%([2-7][0-9A-Fa-f]|[C-Fc-f][0-9A-Fa-f]%)`)},
		{needle: needle.MustPattern(`\\u[0-9A-Fa-f]{2}`)},
		{needle: needle.MustPattern(`\\[/"\\]`)},
		{needle: needle.MustPattern(`&(#[0-9xX]|amp;|lt;|gt;|quot;|apos;|commat;)`)},
	}
}

// decode takes one layer of escapes off a line, and remembers where each byte came from.
func (l *level) decode(v *view, line span) {
	l.text, l.at = l.text[:0], l.at[:0]
	for at := line.start; at < line.end; {
		from := int32(at)
		if v.at != nil {
			from = v.at[at]
		}
		var buffer [utf8.UTFMax]byte
		plain, length := unescape(buffer[:0], v.text[at:line.end])
		if length == 0 {
			plain, length = v.text[at:at+1], 1
		}
		l.text = append(l.text, plain...)
		for range plain {
			l.at = append(l.at, from)
		}
		at += length
	}
	end := int32(line.end)
	if v.at != nil {
		end = v.at[line.end]
	}
	l.at = append(l.at, end)
}

// unescape decodes the escape that a text begins with into a buffer; of length 0 when it begins with none.
func unescape(to, text []byte) (plain []byte, length int) {
	switch text[0] {
	case '%':
		return percent(to, text)
	case '\\':
		return backslash(to, text)
	case '&':
		return entity(to, text)
	}
	return nil, 0
}

func percent(to, text []byte) ([]byte, int) {
	if len(text) < 3 || !every(text[1:3], hexDigit) {
		return nil, 0
	}
	b := unhex(text[1])<<4 | unhex(text[2])
	if b < ' ' || b == 0x7f {
		return nil, 0
	}
	return append(to, b), 3
}

func unhex(b byte) byte {
	if b <= '9' {
		return b - '0'
	}
	return b&0x0f + 9
}

func backslash(to, text []byte) ([]byte, int) {
	switch {
	case len(text) < 2:
		return nil, 0
	case in(text[1], `/"\`):
		return append(to, text[1]), 2
	}
	r, length := unit(text), 6
	if utf16.IsSurrogate(r) {
		r, length = utf16.DecodeRune(r, unit(text[6:])), 12
	}
	if r < ' ' || r == utf8.RuneError {
		return nil, 0
	}
	return utf8.AppendRune(to, r), length
}

// unit is the UTF-16 unit of an escape such as \u0040, or zero.
func unit(text []byte) (r rune) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' || !every(text[2:6], hexDigit) {
		return 0
	}
	for _, b := range text[2:6] {
		r = r<<4 | rune(unhex(b))
	}
	return r
}

// entities of XML, and the one of HTML that matters.
var entities = map[string]byte{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\'', "commat": '@', "period": '.'}

func entity(to, text []byte) ([]byte, int) {
	end := bytes.IndexByte(text[:min(len(text), 12)], ';')
	if end < 2 {
		return nil, 0
	}
	name := text[1:end]
	if b, ok := entities[string(name)]; ok {
		return append(to, b), end + 1
	}
	if name[0] != '#' || len(name) < 2 {
		return nil, 0
	}
	digits, base := name[1:], 10
	if digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(string(digits), base, 21)
	if err != nil || n < ' ' || !utf8.ValidRune(rune(n)) {
		return nil, 0
	}
	return utf8.AppendRune(to, rune(n)), end + 1
}
