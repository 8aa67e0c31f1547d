package sensitive

import (
	"bytes"
	"encoding/base64"
)

// jwt checks a JSON Web Token, or its encrypted kin: a header in Base64 that names an algorithm, and two or four parts
// behind it.
func (v *view) jwt(end int) {
	start := end - len("eyJ")
	if v.is(start-1, urlSafe) {
		return
	}
	header := v.over(start, urlSafe)
	if v.byte(header) != '.' || !algorithm(v.text[start:header]) {
		return
	}
	stop := v.over(start, dotted)
	if bytes.Count(v.text[start:stop], []byte(".")) >= 2 {
		v.report(JWT, start, v.trimmed(start, stop))
	}
}

func algorithm(header []byte) bool {
	var plain [192]byte
	header = header[:min(len(header), 256)]
	n, _ := base64.RawURLEncoding.Decode(plain[:], header)
	return bytes.Contains(plain[:n], []byte(`"alg"`)) || bytes.Contains(plain[:n], []byte(`"enc"`)) || bytes.Contains(plain[:n], []byte(`"typ"`))
}

// bearer checks the token behind "Bearer ": 16 bytes at least, and no word of ordinary language.
func (v *view) bearer(end int) {
	stop := v.over(end, tokenBody)
	if text := v.text[end:stop]; len(text) >= 16 && (some(text, digit) || !oneCase(text)) {
		v.report(Token, end, stop)
	}
}

// basic decodes what is behind "Basic ": a user and a password with a colon between.
func (v *view) basic(end int) {
	stop := v.padded(v.over(end, base64Body))
	var plain [384]byte
	if stop-end < 8 || stop-end > 512 || v.whole != nil {
		return
	}
	text := unbase64(plain[:0], bytes.TrimRight(v.text[end:stop], "="))
	colon := bytes.IndexByte(text, ':')
	if colon < 1 || letters(text) < len(text) {
		return
	}
	place := v.place(end, stop)
	inner := view{found: v.found, text: text, whole: &place}
	if username(text[:colon]) {
		inner.report(Username, 0, colon)
	}
	inner.report(Password, colon+1, len(text))
}

// sen checks a support entitlement number: SEN-12345678, SEN-L12345678, and both with a space.
func (v *view) sen(end int) {
	start := end - len("SEN-0")
	for !v.starts(start, "SEN") && !v.starts(start, "sen") && start > end-8 {
		start--
	}
	stop := v.over(end, digit)
	if n := stop - end + 1; n >= 5 && n <= 12 && !v.is(start-1, alnum) && !v.is(stop, alnum) && (v.text[start+3] == '-' || n >= 7) {
		v.report(SEN, start, stop)
	}
}

// serverID checks four groups of four capitals and digits. Without a digit, or with nothing else, it has to be called a
// server's by the text in front.
func (v *view) serverID(end int) {
	start, stop := end-len("XXXX-XXXX-XXXX-"), end+len("XXXX")
	if start < 0 || stop > len(v.text) || v.is(start-1, urlSafe) || v.is(stop, urlSafe) {
		return
	}
	if !every(v.text[start:start+4], upperDigits) || !every(v.text[end:stop], upperDigits) {
		return
	}
	id := v.text[start:stop]
	if some(id, digit) && some(id, letter) || bytes.Contains(bytes.ToLower(v.text[v.lineStart(start, 80):start]), []byte("server")) {
		v.report(ServerID, start, stop)
	}
}
