package sensitive

import (
	"bytes"
	"strings"
)

// assignment is what a text gives a name: password=x, "password": "x", <password>x</password>, ldap.password : x.
type assignment struct {
	span
	quoted   bool // by quotes, brackets or tags, so that spaces belong to it
	property bool // the name has the line to itself, so that all behind it is the value
	colon    bool // and not an equals sign, so that it may be a sentence
}

// look checks what is assigned to the name of a field.
func (f field) look(v *view, end int) {
	start := end - len(f.name)
	if f.whole && v.is(start-1, alnum) || v.is(end, word) || end <= v.key {
		return
	}
	a, ok := v.assigned(start, end, f.kind)
	if !ok || a.start >= a.end {
		return
	}
	accept := accepted[f.kind]
	if f.kind == Fullname && a.quoted && f.small(v, start) {
		accept = smallName
	}
	if accept(v.text[a.start:a.end]) && !v.sentence(a, f.kind) {
		v.report(f.kind, a.start, a.end)
		if weight[f.kind] > weight[Username] {
			v.key = max(v.key, a.end)
		}
	}
}

// small tells whether the field may hold a name in small letters, as a directory does to compare by. A display name may
// not, unless it is called the lower one: fields and apps have one as well.
func (f field) small(v *view, start int) bool {
	return !strings.HasPrefix(f.name, "display") || v.starts(start-len("lower"), "lower")
}

// assigned finds the value of the name between start and end.
func (v *view) assigned(start, end int, kind Kind) (a assignment, ok bool) {
	key := v.back(start, keyBody, 100)
	if v.byte(key-1) == '/' && v.byte(key-2) == '<' {
		return a, false
	}
	at := end
	if in(v.byte(at), "\"'") {
		at++
	}
	switch {
	case v.byte(at) == '>' && (at > end || v.byte(key-1) == '<'):
		return v.element(at + 1)
	case v.byte(at) == ' ' && v.byte(key-1) == '<' && at == end:
		return v.element(v.until(at, '>', 200) + 1)
	}
	if at, a.colon, ok = v.sign(at); !ok {
		return a, false
	}
	a.start = at
	if closer, opens := closers[v.byte(at)]; opens {
		a.start, a.quoted = at+1, true
		a.end = v.closed(at+1, closer)
		return a, a.end > a.start
	}
	a.property = v.byte(v.back(key, blank, 100)-1) == '\n'
	a.end = v.unquoted(at, kind, a.property, v.starts(key, "-D"))
	return a, true
}

var closers = map[byte]byte{'"': '"', '\'': '\'', '`': '`', '[': ']'}

// closed is where a quoted value ends: at the closing quote, unless a backslash escapes it.
func (v *view) closed(at int, closer byte) int {
	for start := at; ; at++ {
		next := v.until(at, closer, start+longest-at)
		if next < 0 || v.byte(next-1) != '\\' {
			return next
		}
		at = next
	}
}

// element is the text between two tags.
func (v *view) element(start int) (a assignment, ok bool) {
	if start <= 0 {
		return a, false
	}
	if v.starts(start, "<![CDATA[") {
		start += len("<![CDATA[")
		end := v.until(start, ']', farthest)
		return assignment{span: span{start, end}, quoted: true}, end > start
	}
	end := v.until(start, '<', farthest)
	return assignment{span: span{start, end}, quoted: true}, end > start
}

// sign skips what assigns: an equals sign or a colon, or the attribute "value" of an XML entry.
func (v *view) sign(at int) (value int, colon, ok bool) {
	at = v.over(at, blank)
	switch {
	case v.starts(at, "value="):
		return at + len("value="), false, true
	case v.starts(at, "=>"), v.starts(at, ":="):
		return v.over(at+2, blank), false, true
	case v.byte(at) == '=' || v.byte(at) == ':':
		return v.over(at+1, blank), v.byte(at) == ':', true
	}
	return 0, false, false
}

// longest value of a property, in bytes.
const longest = 4 << 10

// unquoted is where a value ends that has no quotes. A property ends with its line, unless others stand on the same
// line; one of the JVM's arguments ends with a space; all others end with whatever may stand between two of them.
func (v *view) unquoted(at int, kind Kind, property, argument bool) int {
	line := v.content(at, min(len(v.text), at+longest))
	switch kind {
	case PrivateKey:
		return v.padded(v.over(at, base64Body))
	case Hostname:
		return v.trimmed(at, v.over(at, hostBody))
	}
	if property && !bytes.ContainsAny(v.text[at:line], "=<&") {
		return line
	}
	enders := endersOf(kind, argument)
	end := at
	for end < line && end-at < 512 && !in(v.text[end], enders) && !(kind == Fullname && v.starts(end, "  ")) {
		end++
	}
	if kind == Username || kind == Fullname || kind == Session {
		end = v.trimmed(at, end)
	}
	return end
}

func endersOf(kind Kind, argument bool) string {
	switch {
	case kind == Fullname:
		return "\t,;&<>|\"()[]{}=:"
	case argument:
		return " \t\"'<"
	}
	return " \t&;,\"'<>)]}"
}

// sentence tells whether a colon only goes on with a sentence, as in "Wrong password: try again".
func (v *view) sentence(a assignment, kind Kind) bool {
	goesOn := v.byte(a.end) == ' ' && v.is(a.end+1, letter)
	if !a.colon || a.quoted || a.property || !goesOn || !v.is(a.start-1, blank) {
		return false
	}
	value := v.text[a.start:a.end]
	switch kind {
	case Username, Hostname:
		return !odd(value)
	case Fullname:
		return !some(value, blank)
	}
	return every(value, letter) && oneCase(value)
}

// accepted says for each kind which values of a field can be one.
var accepted = [len(kindNames)]func(value []byte) bool{
	Password:   func(b []byte) bool { return !masked(b) },
	Secret:     opaque,
	Token:      opaque,
	PrivateKey: func(b []byte) bool { return len(b) >= 64 && every(bytes.TrimRight(b, "="), base64Body) },
	Session:    func(b []byte) bool { return len(b) >= 6 && every(b, dotted) && some(b, digit) },
	Cookie:     func(b []byte) bool { return len(b) >= 6 && !masked(b) && some(b, digit) },
	Username:   func(b []byte) bool { return username(b) && some(b, letter) },
	Fullname:   name,
	Hostname:   fieldHost,
	SEN: func(b []byte) bool {
		return len(b) >= 6 && len(b) <= 12 && every(b[1:], digit) && (b[0] == 'L' || charsets[b[0]]&digit != 0)
	},
}

// fieldHost takes no package or class for a host: it begins where a host ends.
func fieldHost(text []byte) bool {
	first, _, dots := bytes.Cut(text, []byte("."))
	return hostname(text) && !vendor(text) && !(dots && has(endings, first)) && oneCase(text)
}

// opaque tells whether a text is no word: eight bytes and more, with a digit or capitals among small letters.
func opaque(text []byte) bool {
	return len(text) >= 8 && !masked(text) && !some(text, blank) && (some(text, digit) || !oneCase(text))
}

// masked tells whether a text only stands where a password was or will be: a word that says so, a row of one sign, a
// variable. "Sanitized by Support Utility" is what the product itself writes into its bundles.
func masked(text []byte) bool {
	if len(text) < 2 || has(masks, text) || bytes.HasPrefix(text, []byte("Sanitized by")) || bytes.HasPrefix(text, []byte("{ATL_SECURED")) {
		return true
	}
	if in(text[0], "*xX.-_#") && len(bytes.Trim(text, string(text[:1]))) == 0 {
		return true
	}
	if bytes.HasPrefix(text, []byte("${")) || bytes.HasPrefix(text, []byte("#{")) {
		return true
	}
	return in(text[0], "{%") && in(text[len(text)-1], "}s%{")
}
