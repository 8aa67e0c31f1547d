package sensitive

import "bytes"

// url looks at the authority behind "://" (RFC 3986): who logs in with which password, and at which hosts, of which a
// database's URL may have several.
func (v *view) url(end int) {
	scheme := v.text[v.back(end-3, dotted, 30) : end-3]
	if has(innerSchemes, scheme) || len(scheme) == 0 {
		return
	}
	stop := v.authority(end)
	if at := bytes.LastIndexByte(v.text[end:stop], '@'); at >= 0 {
		v.userinfo(end, end+at)
		end += at + 1
	}
	v.hosts(end, stop)
}

func (v *view) authority(start int) int {
	end := start
	for end < len(v.text) && end-start < 400 && v.text[end] > ' ' && !in(v.text[end], "/?#\"'`<>()[]{}\\|;") {
		end++
	}
	return end
}

func (v *view) userinfo(start, end int) {
	colon := bytes.IndexByte(v.text[start:end], ':')
	if colon < 0 {
		colon = end - start
	}
	if user := v.text[start : start+colon]; username(user) {
		v.report(Username, start, start+colon)
	}
	if password := min(start+colon+1, end); !masked(v.text[password:end]) {
		v.report(Password, password, end)
	}
}

// hosts reports each host of a list.
func (v *view) hosts(start, stop int) {
	for start < stop {
		end := start
		for end < stop && charsets[v.text[end]]&hostBody != 0 {
			end++
		}
		v.host(start, v.trimmed(start, end))
		next := bytes.IndexByte(v.text[end:stop], ',')
		if next < 0 {
			return
		}
		start = end + next + 1
	}
}

// oracle looks at the host in jdbc:oracle:thin:@host:1521:SID.
func (v *view) oracle(end int) {
	if !v.starts(end, "//") {
		v.hosts(end, v.over(end, hostBody))
	}
}

// host reports a name if it is a machine's, and not the site of a vendor.
func (v *view) host(start, end int) {
	if name := v.text[start:end]; hostname(name) && !vendor(name) {
		v.report(Hostname, start, end)
	}
}

// hostname tells whether a text is a name of a machine: labels of letters, digits and hyphens, not all numbers.
func hostname(name []byte) bool {
	if len(name) < 2 || len(name) > 253 || !every(name, hostBody) || has(nohosts, name) || !some(name, letter) || in(name[0], "-._") {
		return false
	}
	for label := range bytes.SplitSeq(name, []byte(".")) {
		if len(label) == 0 || len(label) > 63 {
			return false
		}
	}
	return !has(files, name[bytes.LastIndexByte(name, '.')+1:])
}

// vendor tells whether a name is one of the vendors' domains or below one.
func vendor(name []byte) bool {
	for {
		if has(vendors, name) {
			return true
		}
		dot := bytes.IndexByte(name, '.')
		if dot < 0 {
			return false
		}
		name = name[dot+1:]
	}
}

// numbered looks at a name with a number and no address around it: ws-0042.corp.example. To be a machine's it needs three
// labels in one case, of which the last is one of the endings, and the first is none: a package begins where a host ends.
func (v *view) numbered(end int) {
	if end <= v.past {
		return
	}
	start := v.back(end, dotted, 200)
	end = v.over(end, dotted)
	v.past = end
	end = v.trimmed(start, end)
	name := v.text[start:end]
	first, rest, _ := bytes.Cut(name, []byte("."))
	last := name[bytes.LastIndexByte(name, '.')+1:]
	if bytes.Count(rest, []byte(".")) == 0 || !has(endings, last) || has(endings, first) || !oneCase(name) || in(v.byte(start-1), "@/$\\%") || in(v.byte(end), "(@/") {
		return
	}
	if some(first, digit) && some(first, letter) {
		v.host(start, end)
	}
}
