package residue

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strings"
	"unicode"
)

// least is the shortest value that is searched for.
const least = 5

// worth tells whether a value can be searched for: nothing but the value is written like that. A password that is a word,
// a user who is called like a thing and a number without letters cannot.
func worth(v Value) bool {
	has := func(in func(r rune) bool) bool { return strings.IndexFunc(v.Text, in) >= 0 }
	sign := func(r rune) bool { return r < 0x80 && !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	digits, letters, signs := has(unicode.IsDigit), has(unicode.IsLetter), has(sign)
	n := len(v.Text)
	switch v.Kind {
	case "username":
		return n >= least && letters && (digits || signs)
	case "fullname":
		return n >= 8 && strings.ContainsAny(v.Text, " +,")
	case "hostname":
		return n >= least && letters && (digits || strings.ContainsRune(v.Text, '.'))
	case "password":
		return n >= 8 && (digits || signs || has(unicode.IsUpper) && has(unicode.IsLower))
	case "session", "cookie":
		return n >= least && letters && digits
	case "sen":
		return n >= 8
	}
	return n >= least
}

// spell yields every way in which a value may be written, and whether it must stand by itself to be one.
func spell(v Value, yield func(text []byte, bounded bool)) {
	word := wordOnly(v)
	seen := map[string]bool{}
	give := func(text string, bounded bool) {
		if len(text) < least || seen[text] {
			return
		}
		seen[text] = true
		if len(text) > mostSpelling {
			yield([]byte(text[len(text)-mostSpelling:]), bounded)
			text = text[:mostSpelling]
		}
		yield([]byte(text), bounded)
	}
	give(v.Text, word)
	if plainWord(v.Text) {
		inBase64(v.Text, func(text string) { give(text, false) })
		return
	}
	for _, text := range []string{v.Text, strings.ToUpper(v.Text), strings.ToLower(v.Text)} { // the case of ASCII does not count
		give(text, word)
		if latin, ok := latin1(text); ok {
			give(latin, word)
		}
	}
	for _, text := range escaped(v.Text) {
		give(text, word)
	}
	inBase64(v.Text, func(text string) { give(text, false) })
}

// plainWord tells whether no encoding changes a text, but for Base64.
func plainWord(text string) bool {
	for i := range len(text) {
		if b := text[i]; !wordly[b] && b != '-' && b != '.' && b != '_' || b >= 0x80 {
			return false
		}
	}
	return true
}

// wordOnly tells whether a value must stand by itself: within a longer word or number it is another.
func wordOnly(v Value) bool {
	switch v.Kind {
	case "username", "fullname", "hostname", "ipv4", "ipv6":
		return true
	}
	return len(v.Text) < 12
}

// escaped is how URLs, JSON and XML write a text.
func escaped(text string) []string {
	quoted, _ := json.Marshal(text)
	var loose bytes.Buffer
	encoder := json.NewEncoder(&loose)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text)
	var marked bytes.Buffer
	_ = xml.EscapeText(&marked, []byte(text))
	query := url.QueryEscape(text)
	return []string{
		query, strings.ReplaceAll(query, "+", "%20"), url.PathEscape(text),
		strings.Trim(string(quoted), `"`), strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(loose.String()), `"`), `"`),
		ascii(text, `\u%04x`), ascii(strings.ReplaceAll(text, `\`, `\\`), `\u%04x`), strings.ReplaceAll(text, "/", `\/`),
		marked.String(), ascii(text, "&#%d;"), ascii(text, "&#x%x;"), strings.ReplaceAll(text, "&", "&amp;"),
	}
}

// inBase64 yields what Base64 makes of a text wherever in the triples of bytes it begins, without the characters that
// depend on what is beside it.
func inBase64(text string, yield func(text string)) {
	if len(text) < 8 {
		return
	}
	for shift := range 3 {
		padded := append(make([]byte, shift), text...)
		whole := len(padded) / 3 * 3
		from := (shift*4 + 2) / 3
		yield(base64.StdEncoding.EncodeToString(padded[:whole])[from:])
		yield(base64.URLEncoding.EncodeToString(padded[:whole])[from:])
	}
}

// latin1 is a text in one byte a character.
func latin1(text string) (string, bool) {
	var b strings.Builder
	for _, r := range text {
		if r > 0xff {
			return "", false
		}
		b.WriteByte(byte(r))
	}
	return b.String(), true
}
