// Package text checks what people type: one line of it, a name of a thing, an address.
//
// Each check notes the broken rule, under the field's JSON pointer, in a fault.Fields. Lengths count characters
// (Unicode code points), not bytes. It changes nothing: what was given is stored as given, or refused.
package text

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/internal/fault"
)

// Line wants min to max characters, no control characters, and no space at either end.
func Line(broken *fault.Fields, pointer, value string, min, max int) {
	n := utf8.RuneCountInString(value)
	if !broken.Check(n >= min, pointer, "required", "It must not be empty.") {
		return
	}
	broken.Check(n <= max, pointer, "max-length", "It may have at most %d characters; it has %d.", max, n)
	broken.Check(printable(value), pointer, "printable", "It must not contain control characters or invalid UTF-8.")
	broken.Check(value == strings.TrimSpace(value), pointer, "trimmed", "It must not begin or end with a space.")
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, Hidden)
}

// Hidden finds control characters, line and paragraph separators, and the formatting characters that reorder text; U+FFFD
// is what a decoder leaves of invalid UTF-8.
func Hidden(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) || r == utf8.RuneError
}

// HTTPS wants an absolute https address without credentials, query or fragment, of at most 2,048 bytes.
func HTTPS(broken *fault.Fields, pointer, value string) {
	if !broken.Check(value != "", pointer, "required", "It must not be empty.") {
		return
	}
	u, err := url.Parse(value)
	ok := err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && printable(value) && !strings.ContainsAny(value, " \\?#")
	broken.Check(ok, pointer, "https-url", "It must be an https address with a host, without credentials, query or fragment.")
	broken.Check(len(value) <= 2048, pointer, "max-length", "It may have at most 2048 bytes.")
}

// Code wants 1 to max characters out of ASCII letters, digits and the extra ones.
func Code(broken *fault.Fields, pointer, value, extra string, max int) {
	if !broken.Check(value != "", pointer, "required", "It must not be empty.") {
		return
	}
	broken.Check(len(value) <= max, pointer, "max-length", "It may have at most %d characters.", max)
	odd := func(r rune) bool { return !Alphanumeric(r) && !strings.ContainsRune(extra, r) }
	broken.Check(!strings.ContainsFunc(value, odd), pointer, "characters", "It may contain letters, digits and %q only.", extra)
}

// Alphanumeric is an ASCII letter or digit.
func Alphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
