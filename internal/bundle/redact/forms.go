package redact

import (
	"bytes"
	"encoding/base64"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"waybill/internal/bundle/sensitive"
)

// layers is how often a value may have been escaped: a%2540b.example is twice.
const layers = 2

// peel takes the escapes off a value as it was written, layer by layer, until it has the length that it was found to have.
// The forms are those of the layers, the outermost first.
func peel(written []byte, length int) (value []byte, forms []sensitive.Form, ok bool) {
	value = written
	for range layers {
		form := formOf(value)
		if form == sensitive.Plain {
			break
		}
		value, forms = unescape(value), append(forms, form)
		if len(value) == length {
			return value, forms, true
		}
	}
	return value, forms, len(value) == length
}

// formOf tells how a text is escaped by the first escape in it.
func formOf(text []byte) sensitive.Form {
	for i := range text {
		if _, n := escapeAt(text[i:]); n > 0 {
			switch text[i] {
			case '%':
				return sensitive.Percent
			case '\\':
				return sensitive.JSON
			}
			return sensitive.XML
		}
	}
	return sensitive.Plain
}

func unescape(text []byte) (plain []byte) {
	for len(text) > 0 {
		if r, n := escapeAt(text); n > 0 {
			plain, text = append(plain, r...), text[n:]
			continue
		}
		plain, text = append(plain, text[0]), text[1:]
	}
	return plain
}

// escapeAt is what the escape that a text begins with stands for, and its length, or zero.
func escapeAt(text []byte) (plain []byte, length int) {
	switch {
	case len(text) >= 3 && text[0] == '%':
		if n, err := strconv.ParseUint(string(text[1:3]), 16, 8); err == nil && n >= ' ' && n != 0x7f {
			return []byte{byte(n)}, 3
		}
	case len(text) >= 2 && text[0] == '\\':
		return backslash(text)
	case text[0] == '&':
		return entity(text)
	}
	return nil, 0
}

func backslash(text []byte) ([]byte, int) {
	if bytes.IndexByte([]byte(`/"\`), text[1]) >= 0 {
		return text[1:2], 2
	}
	r, n := unit(text), 6
	if utf16.IsSurrogate(r) && len(text) > 6 {
		r, n = utf16.DecodeRune(r, unit(text[6:])), 12
	}
	if r < ' ' || r == utf8.RuneError {
		return nil, 0
	}
	return utf8.AppendRune(nil, r), n
}

func unit(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}

var entities = map[string]string{"amp": "&", "lt": "<", "gt": ">", "quot": `"`, "apos": "'", "commat": "@", "period": "."}

func entity(text []byte) ([]byte, int) {
	end := bytes.IndexByte(text[:min(len(text), 12)], ';')
	if end < 2 {
		return nil, 0
	}
	name := string(text[1:end])
	if plain, known := entities[name]; known {
		return []byte(plain), end + 1
	}
	if name[0] != '#' || len(name) < 2 {
		return nil, 0
	}
	digits, base := name[1:], 10
	if digits[0]|0x20 == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || n < ' ' || !utf8.ValidRune(rune(n)) {
		return nil, 0
	}
	return utf8.AppendRune(nil, rune(n)), end + 1
}

// wrap escapes a text for its layers, of which the outermost is first.
func wrap(text []byte, forms []sensitive.Form) []byte {
	for i := len(forms) - 1; i >= 0; i-- {
		text = escape(text, forms[i])
	}
	return text
}

// escape writes what must not stand as it is in a URL, in JSON or in XML.
func escape(text []byte, form sensitive.Form) (escaped []byte) {
	for _, b := range text {
		switch {
		case form == sensitive.Percent && !unreserved(b):
			const digits = "0123456789ABCDEF"
			escaped = append(escaped, '%', digits[b>>4], digits[b&15])
		case form == sensitive.JSON && (b == '"' || b == '\\'):
			escaped = append(escaped, '\\', b)
		case form == sensitive.XML && bytes.IndexByte([]byte(`&<>"'`), b) >= 0:
			escaped = append(append(escaped, "&#"...), strconv.Itoa(int(b))+";"...)
		default:
			escaped = append(escaped, b)
		}
	}
	return escaped
}

// unreserved is what a URL may hold as it is (RFC 3986, 2.3), and the plus of a form's space.
func unreserved(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || bytes.IndexByte([]byte("-._~+"), b) >= 0
}

// packed is a run of Base64 and what is in it.
type packed struct {
	encoding *base64.Encoding
	front    []byte // characters before the first four that belong together
	plain    []byte
	back     []byte // a character behind the last four that is none by itself
}

// unpack decodes a run of Base64, behind the characters that belong to something else.
func unpack(run []byte, front int) (p packed, ok bool) {
	body := bytes.TrimRight(run[min(front, len(run)):], "=")
	padding := len(run) - front - len(body)
	p.front, p.encoding = run[:min(front, len(run))], base64.RawStdEncoding
	if bytes.ContainsAny(body, "-_") {
		p.encoding = base64.RawURLEncoding
	}
	if padding > 0 || len(body)%4 == 0 && p.encoding == base64.RawStdEncoding && front == 0 {
		p.encoding = p.encoding.WithPadding(base64.StdPadding)
	}
	if len(body)%4 == 1 {
		body, p.back = body[:len(body)-1], body[len(body)-1:]
		p.encoding = p.encoding.WithPadding(base64.NoPadding)
	}
	var err error
	p.plain, err = p.encoding.WithPadding(base64.NoPadding).AppendDecode(nil, body)
	return p, err == nil && len(p.plain) > 0
}

// text is how much of what is packed is UTF-8.
func (p packed) text() []byte {
	end := 0
	for end < len(p.plain) {
		r, size := utf8.DecodeRune(p.plain[end:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		end += size
	}
	return p.plain[:end]
}

// pack encodes something else the same way.
func (p packed) pack(plain []byte) []byte {
	return append(p.encoding.AppendEncode(bytes.Clone(p.front), plain), p.back...)
}
