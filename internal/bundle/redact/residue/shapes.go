package residue

import (
	"bytes"
	"encoding/base64"
	"math"
	"net/netip"
	"regexp"
	"strings"
)

// shape is what something sensitive looks like, whether it was found before or not. Each is narrower than what is found
// at first: a near miss here would keep back a bundle that is clean.
type shape struct {
	kind    string
	beacons []string // one of which is in every match; what is around is judged. A # is any digit
	reach   int      // bytes before the beacon that are judged with it
	behind  string   // what may follow the beacon; empty for anything
	match   *regexp.Regexp
	exempt  func(text string) bool
}

// judged is how many bytes from a beacon on are judged.
const judged = 200

var all = []shape{
	{"email", []string{"@"}, 66, "", regexp.MustCompile(`^(?s:.*[^A-Za-z0-9.%'+/_@\\-]|)([A-Za-z0-9](?:[A-Za-z0-9._+-]{0,62}[A-Za-z0-9_])?@(?:[a-z0-9-]{1,63}\.)+(?:com|org|net|edu|gov|info|biz|example|local|corp|internal|eu|de|fr|uk|nl|no|se|pl|ch|at|it|es|jp|cn|br|au|ca|us))(?:$|[^A-Za-z0-9.@-]|\.(?:$|[^A-Za-z0-9]))`), exemptAddress},
	{"ipv4", []string{"10.#", "172.#", "192.168."}, 1, "", regexp.MustCompile(`^(?:|[^A-Za-z0-9_.@-])((?:10|172|192\.168)(?:\.(?:0|[1-9][0-9]{0,2})){2,3})(?:$|[^A-Za-z0-9_.+-]|\.(?:$|[^A-Za-z0-9]))`), exemptIPv4},
	{"private_key", []string{"-----BEGIN "}, 0, "", regexp.MustCompile(`^(-----BEGIN [A-Z0-9 ]{0,14}PRIVATE KEY)`), none},
	{"jwt", []string{"eyJ0", "eyJh", "eyJr", "eyJ4", "eyJl", "eyJj", "eyJ6", "eyJ1", "eyJi", "eyJz"}, 1, "", regexp.MustCompile(`^(?:|[^A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{4,}\.)`), none},
	{"aws_key", []string{"AKIA", "ASIA"}, 1, "", regexp.MustCompile(`^(?:|[^A-Za-z0-9])((?:AKIA|ASIA)[A-Z0-9]{16})(?:$|[^A-Za-z0-9])`), none},
	{"token", []string{"Bearer ", "bearer "}, 0, "", regexp.MustCompile(`^[Bb]earer ([A-Za-z0-9._~+/-]{20,}=*)`), exemptToken},
	{"password", []string{"Basic ", "basic "}, 0, "", regexp.MustCompile(`^[Bb]asic ([A-Za-z0-9+/]{12,}={0,2})(?:$|[^A-Za-z0-9+/=])`), exemptBasic},
	{"secret", []string{"assword", "asswd", "ecret", "oken", "redential", "pikey", "pi_key"}, 0, `"'=: `, regexp.MustCompile(`^[a-z_]{4,9}["']? ?[=:] ?["']?([A-Za-z0-9+/_=!#%*-]{12,})`), exemptToken},
}

// Shapes are the names of what is looked for by its shape.
func Shapes() (names []string) {
	for _, s := range all {
		names = append(names, s.kind)
	}
	return names
}

// shapes reports what has a shape.
func shapes(text []byte, report func(kind string, place int)) {
	for at := 0; ; at++ {
		n := bytes.IndexByte(text[at:], '@')
		if n < 0 {
			break
		}
		at += n
		if at > 0 && wordly[text[at-1]] && at+1 < len(text) && wordly[text[at+1]] && !(at+20 < len(text) && text[at+19] == '.' && pseudonym.Match(text[at+1:at+19])) {
			all[0].judge(text, at, report)
		}
	}
	beacons.find(text, func(id, place, length int) {
		if s := &all[id]; s.hopeful(text, place, place+length) {
			s.judge(text, place, report)
		}
	})
}

// hopeful tells whether it is worth judging what is around a beacon.
func (s *shape) hopeful(text []byte, from, to int) bool {
	if s.behind != "" && (to == len(text) || strings.IndexByte(s.behind, text[to]) < 0) {
		return false
	}
	return s.reach != 1 || from == 0 || !wordly[text[from-1]]
}

// judge reports what is around a beacon if it has the shape.
func (s *shape) judge(text []byte, at int, report func(kind string, place int)) {
	from := max(0, at-s.reach)
	near := text[from:min(len(text), at+judged)]
	if s.reach > 1 {
		near = near[bytes.LastIndexAny(near[:at-from], " \t\r\n\"<>(),;")+1:]
	}
	if m := s.match.FindSubmatch(near); m != nil && !s.exempt(string(m[1])) {
		report(s.kind, at)
	}
}

func none(string) bool { return false }

// pseudonym is how a name is written that stands for another.
var pseudonym = regexp.MustCompile(`^(?i:(?:[bdfghjklmnprstvz][aeio]){9})$`)

// exemptAddress spares addresses of pseudonyms, those that no mail goes to, and how git and Java use the sign.
func exemptAddress(text string) bool {
	local, domain, _ := strings.Cut(text, "@")
	first, _, _ := strings.Cut(domain, ".")
	return pseudonym.MatchString(first) || local == "git" || strings.HasSuffix(local, "-removed") || local != strings.ToLower(local) && hexadecimal.MatchString(first)
}

var hexadecimal = regexp.MustCompile(`^[0-9a-f]{1,8}$`)

// exemptIPv4 spares what is no machine's address in a private network: a network's own, and four numbers so small that
// they may be a version.
func exemptIPv4(text string) bool {
	a, err := netip.ParseAddr(text)
	if err != nil || !a.IsPrivate() {
		return true
	}
	small := 0
	n := a.As4()
	for _, part := range n[1:] {
		if part < 32 {
			small++
		}
	}
	return n[3] == 0 || n[0] < 32 && small > 1
}

// exemptToken spares what is no secret: too even, or words, or what stands where a secret was.
func exemptToken(text string) bool {
	return strings.HasSuffix(text, "-removed") || pseudonym.MatchString(text) || !random(text)
}

// random tells whether a text is none that a person would write: of large and small letters and digits, so many of them
// different that each has more than 3.5 bits.
func random(text string) bool {
	text = text[:min(len(text), 64)]
	var count [256]int
	var upper, lower, digits int
	for i := range len(text) {
		b := text[i]
		count[b]++
		switch {
		case b >= '0' && b <= '9':
			digits++
		case b >= 'A' && b <= 'Z':
			upper++
		case b >= 'a' && b <= 'z':
			lower++
		}
	}
	entropy := 0.0
	for _, n := range count {
		if n > 0 {
			p := float64(n) / float64(len(text))
			entropy -= p * math.Log2(p)
		}
	}
	return digits > 1 && upper > 1 && lower > 1 && entropy > 3.2 && !strings.Contains(text, "/")
}

// exemptBasic spares a user and what stands where a password was.
func exemptBasic(text string) bool {
	plain, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return true
	}
	_, password, found := bytes.Cut(plain, []byte(":"))
	return !found || string(password) == "password-removed" || bytes.ContainsFunc(plain, func(r rune) bool { return r < ' ' || r == 0xfffd })
}
