package sensitive

import "bytes"

// email checks an @. Before it a name of up to 64 bytes, behind it at least two labels, the last of which could be a
// top-level domain (RFC 5321, without quoted names). What only looks like one: an object (Foo@1a2b.close), a module with
// its version (java.base@11.0.9.1), a picture (icon@2x.png), the userinfo of a URL.
func (v *view) email(end int) {
	start := v.back(end-1, mailLocal, 64)
	for start < end-1 && in(v.text[start], ".'-+") {
		start++
	}
	stop := v.mailDomain(end)
	if start == end-1 || stop == 0 || v.byte(end-2) == '.' {
		return
	}
	name, domain := v.text[start:end-1], v.text[end:stop]
	if cut := bytes.LastIndexByte(name, '\''); cut >= 0 && v.byte(start-1) != '\'' && v.quoted(start+cut, stop) {
		start, name = start+cut+1, name[cut+1:]
	}
	if object(name, domain) || len(name) == 0 || string(name) == "git" || v.inUserinfo(start) {
		return
	}
	v.report(Email, start, stop)
	v.nameBefore(start)
}

// quoted tells whether an apostrophe in a name is the quote that the address stands in.
func (v *view) quoted(at, stop int) bool { return v.byte(stop) == '\'' || !v.is(at-1, letter) }

// mailDomain is the end of the domain that starts at a place, or zero.
func (v *view) mailDomain(start int) int {
	end := start
	for end < len(v.text) && end-start < 255 && (charsets[v.text[end]]&(alnum|letter) != 0 || in(v.text[end], ".-")) {
		end++
	}
	for end > start && in(v.text[end-1], ".-") {
		end--
	}
	domain := v.text[start:end]
	dot := bytes.LastIndexByte(domain, '.')
	if dot <= 0 || bytes.Contains(domain, []byte("..")) || in(domain[0], ".-") {
		return 0
	}
	if top := domain[dot+1:]; !topLevel(top) || has(files, top) {
		return 0
	}
	return end
}

// topLevel tells whether a label could be the last of a domain: letters in one case, or an encoded name.
func topLevel(label []byte) bool {
	if bytes.HasPrefix(label, []byte("xn--")) {
		return len(label) > 4
	}
	return len(label) >= 2 && every(label, letter) && oneCase(label)
}

func oneCase(text []byte) bool {
	var lower, upper bool
	for _, b := range text {
		lower, upper = lower || b >= 'a' && b <= 'z', upper || b >= 'A' && b <= 'Z'
	}
	return !(lower && upper)
}

// object tells whether a name and a domain are Java's way to print an object: a class, and a hash in hexadecimal.
func object(name, domain []byte) bool {
	hash, _, _ := bytes.Cut(domain, []byte("."))
	class := name[bytes.LastIndexAny(name, ".$")+1:]
	return len(class) > 0 && class[0] >= 'A' && class[0] <= 'Z' && every(hash, hexDigit) && some(hash, digit)
}

// inUserinfo tells whether the text in front is a scheme and its slashes, so that what looks like an address is a
// password and a host.
func (v *view) inUserinfo(start int) bool {
	from := start
	for least := max(0, start-200); from > least && !in(v.text[from-1], " \t\r\n\"'<>(,;/"); from-- {
	}
	return v.starts(from-3, "://")
}

// nameBefore looks for the name in Jane Doe <jane@corp.example>, with or without quotes.
func (v *view) nameBefore(start int) {
	end := start - 1
	if v.byte(end) != '<' {
		return
	}
	for end > 0 && in(v.text[end-1], " \"") {
		end--
	}
	if from := v.nameBackwards(end); from < end && some(v.text[from:end], blank) {
		v.report(Fullname, from, end)
	}
}
