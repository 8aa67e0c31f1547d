package sensitive

import "bytes"

// attribute is the end of the value of an attribute whose name, of that length, ends at a place: at the next one, or at
// what a log puts behind a distinguished name. A backslash escapes (RFC 4514).
func (v *view) attribute(end, name int) (stop int, ok bool) {
	if v.is(end-name-1, word) {
		return 0, false
	}
	for stop = end; stop < len(v.text) && stop-end < 120 && !in(v.text[stop], ",+;)(<>\"=|&\n\r\t[]{}/"); stop++ {
		if v.text[stop] == '\'' && !v.is(stop+1, letter) {
			break
		}
		if v.text[stop] == '\\' && v.byte(stop+1) != '\n' {
			stop++
		}
		if v.starts(stop, "  ") {
			break
		}
	}
	return stop, true
}

// commonName looks at cn=: a person's full name, or their user name in directories that are named by it. That of a group
// is neither, which the next part of the name tells.
func (v *view) commonName(end int) {
	stop, ok := v.attribute(end, len("cn="))
	if !ok || v.ofGroup(stop) {
		return
	}
	value := v.text[end:stop]
	switch {
	case name(bytes.ReplaceAll(value, []byte(`\,`), []byte(","))):
		v.report(Fullname, end, stop)
	case username(value) && v.byte(stop) == ',' && !every(value, letter):
		v.report(Username, end, stop)
	}
}

// ofGroup tells whether the rest of a distinguished name puts what was before it among groups.
func (v *view) ofGroup(at int) bool {
	rest := bytes.ToLower(v.text[at:min(len(v.text), at+80)])
	if cut := bytes.IndexAny(rest, " \n\"'"); cut >= 0 {
		rest = rest[:cut]
	}
	return bytes.Contains(rest, []byte("group")) || bytes.Contains(rest, []byte("builtin")) || bytes.Contains(rest, []byte("=configuration"))
}

func (v *view) uid(end int) {
	if stop, ok := v.attribute(end, len("uid=")); ok {
		if blank := bytes.IndexByte(v.text[end:stop], ' '); blank >= 0 {
			stop = end + blank
		}
		value := v.text[end:stop]
		if username(value) && (some(value, letter) || v.byte(stop) == ',') { // uid=1000 is an account of the system
			v.report(Username, end, stop)
		}
	}
}

// domain looks at dc=: each label of the company's domain by itself, but for the endings that everybody's has.
func (v *view) domain(end int) {
	if v.is(end-4, word) {
		return
	}
	stop := v.over(end, urlSafe)
	if label := v.text[end:stop]; len(label) > 1 && !has(endings, label) && hostname(label) {
		v.report(Hostname, end, stop)
	}
}

// windows looks at DOMAIN\user. A path has a colon or a backslash in front, and C:\Users is none; nor is the escaped end
// of a line in quoted text, which a letter follows that ends a control character's name.
func (v *view) windows(end int) {
	slash := end - 2
	start := v.back(slash, upperDigits|urlSafe, 16)
	stop := v.trimmed(end, v.over(end, dotted))
	domain, user := v.text[start:slash], v.text[slash+1:stop]
	if in(v.byte(start-1), `\:/.%$`) || v.is(start-1, word) || v.byte(stop) == '\\' || len(domain) < 2 || !every(domain, upperDigits|urlSafe) || !oneCase(domain) {
		return
	}
	escaped := in(user[0], "nrtbfux") && !some(user[1:], digit) && !bytes.ContainsAny(user[1:], ".-_")
	if some(domain, letter) && username(user) && (!escaped || in(v.byte(start-1), "'\"=")) && len(user) > 1 {
		v.report(Username, start, stop)
	}
}
