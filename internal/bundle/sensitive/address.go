package sensitive

import (
	"bytes"
	"net/netip"
)

// ipv4 checks four numbers. Not counted are what names no machine (0.0.0.0/8, 127.0.0.0/8, masks and the reserved
// addresses from 240 on), and what is a version: behind a word that says so, or glued to a file or a product. Small
// numbers (8.9.0.1) are more often a version than an address, and have to be called one by what is around them; those of
// 10.0.0.0/8 do not.
//
// Documentation addresses do count. They are what a redaction writes, and so it has to know its own.
func (v *view) ipv4(end int) {
	if end <= v.past {
		return
	}
	start := end
	for start > 0 && end-start < 20 && (charsets[v.text[start-1]]&digit != 0 || v.text[start-1] == '.') {
		start--
	}
	end = v.over(end, digit)
	v.past = end
	if number, ok := quad(v.text[start:end]); ok && v.apart(start, end) && v.machine(number, start, end) {
		v.report(IPv4, start, end)
	}
}

// quad reads four numbers of up to 255 without leading zeros.
func quad(text []byte) (number [4]byte, ok bool) {
	if len(text) > 15 {
		return number, false
	}
	part, value, digits := 0, 0, 0
	for _, b := range text {
		if b == '.' {
			if digits == 0 || part == 3 {
				return number, false
			}
			number[part] = byte(value)
			part, value, digits = part+1, 0, 0
			continue
		}
		if digits > 0 && value == 0 {
			return number, false
		}
		value, digits = value*10+int(b-'0'), digits+1
		if value > 255 {
			return number, false
		}
	}
	number[3] = byte(value)
	return number, part == 3 && digits > 0
}

// apart tells whether nothing is glued to an address: no letter, no further number, no file's ending.
func (v *view) apart(start, end int) bool {
	if v.is(start-1, word) || v.is(end, word) || v.byte(start-1) == '.' || v.byte(end) == '.' && v.is(end+1, alnum) {
		return false
	}
	if in(v.byte(end), "-+") && v.is(end+1, letter) {
		return false
	}
	return !(v.byte(start-1) == '@' && v.is(start-2, word) && v.byte(end) == '/')
}

func (v *view) machine(n [4]byte, start, end int) bool {
	small := likeVersion(n)
	switch {
	case n[0] == 0 || n[0] == 127 || n[0] >= 240:
		return false
	case n[0] == 10 && n[3] == 0 && v.byte(end) != '/': // no machine, but Tomcat 10.1.34.0
		return v.called(start, end)
	case n[0] == 10 || n[0] == 172 && n[1]&0xf0 == 16 || n[0] == 192 && n[1] == 168:
		return !(v.byte(start-1) == '-' && v.is(start-2, letter)) && !(small && v.version(start))
	case small && !v.called(start, end):
		return false
	}
	return !v.version(start)
}

// likeVersion tells whether four numbers are more often a version: the first is small, and so are two of the others.
func likeVersion(n [4]byte) bool {
	few := 0
	for _, part := range n[1:] {
		if part <= 31 {
			few++
		}
	}
	return n[0] <= 31 && few >= 2
}

// version tells whether the text in front makes four numbers a version.
func (v *view) version(start int) bool {
	before := v.byte(start - 1)
	if before == '-' || before == '@' {
		return v.is(start-2, word)
	}
	at := start
	for at > 0 && start-at < 48 && in(v.text[at-1], " \t:=/\"'(") {
		at--
	}
	return has(versioned, v.text[v.back(at, alnum, 20):at])
}

// called tells whether the text around four numbers makes them an address: a port, the start of a line, the slash that
// Java writes in front, a word that says so.
func (v *view) called(start, end int) bool {
	if v.version(start) {
		return false
	}
	before := v.byte(start - 1)
	switch {
	case v.byte(end) == ':' && v.is(end+1, digit), before == '\n' && v.byte(end) == ' ' && in(v.byte(end+1), "-|[0123456789"), before == '/' && !v.is(start-2, word|dotted) && v.byte(end) != '/':
		return true
	}
	at := start
	for at > 0 && start-at < 48 && in(v.text[at-1], " \t:=[(\"'<>,") {
		at--
	}
	return has(addressed, v.text[v.back(at, urlSafe, 30):at])
}

// ipv6 checks what has colons. It has to be an address by RFC 4291 as netip reads it, with a digit in it (a::b is a
// scope in C++), and neither unspecified nor the loopback; eight pairs of digits are a hardware address.
func (v *view) ipv6(end int) {
	if end <= v.past {
		return
	}
	start := end
	for start > 0 && end-start < 46 && (charsets[v.text[start-1]]&hexDigit != 0 || in(v.text[start-1], ":.")) {
		start--
	}
	for end < len(v.text) && end-start < 46 && (charsets[v.text[end]]&hexDigit != 0 || in(v.text[end], ":.")) {
		end++
	}
	v.past = end
	for end > start && (v.text[end-1] == '.' || v.text[end-1] == ':' && v.byte(end-2) != ':') {
		end--
	}
	for n := 0; n < 2 && start < end; n++ {
		if v.colons(start, end) {
			v.report(IPv6, start, v.zone(end))
			return
		}
		// A label such as "ip:" or a port may be glued to it.
		start += bytes.IndexByte(v.text[start:end], ':') + 1
	}
}

func (v *view) colons(start, end int) bool {
	text := v.text[start:end]
	if len(text) < 3 || len(text) > 45 || !some(text, digit) || v.is(start-1, alnum) || v.is(end, word) {
		return false
	}
	address, err := netip.ParseAddr(string(text))
	return err == nil && address.Is6() && !address.IsLoopback() && !address.IsUnspecified() && !hardware(text)
}

// hardware tells whether an address is eight pairs, as an EUI-64 or a WWN is written.
func hardware(text []byte) bool {
	for i, b := range text {
		if (i%3 == 2) != (b == ':') {
			return false
		}
	}
	return len(text) == 23
}

// zone is the end of the zone behind an address, as in fe80::1%eth0.
func (v *view) zone(end int) int {
	if v.byte(end) != '%' {
		return end
	}
	if stop := v.over(end+1, dotted); stop > end+1 && stop-end < 20 {
		return stop
	}
	return end
}
