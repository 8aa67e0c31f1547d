package sensitive

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"waybill/internal/bundle/needle"
)

// Known finds people again. It is immutable and safe for concurrent use. It looks up every word of a text in one table,
// so the time does not grow with the number of names.
type Known struct {
	terms map[uint64][]term // by the hash of their first word, the longest first
	some  [1 << 13]byte     // a bit for each hash's low 16: most words have none, and need no look into the map
	set   *needle.Set       // of escapes
	pool  sync.Pool
}

// Known makes what finds these people again.
func (p *People) Known() (*Known, error) {
	n := &Known{terms: map[uint64][]term{}}
	for _, t := range cased(p.known()) {
		key, _ := firstWord([]byte(t.text))
		if key == 0 {
			continue
		}
		n.terms[key] = append(n.terms[key], t)
		n.some[key>>3&0x1fff] |= 1 << (key & 7)
	}
	for key, list := range n.terms {
		slices.SortStableFunc(list, func(a, b term) int { return len(b.text) - len(a.text) })
		n.terms[key] = slices.Compact(list)
	}
	var needles []needle.Needle
	for _, r := range escapeRules() {
		needles = append(needles, r.needle)
	}
	var err error
	n.set, err = needle.New(needles)
	n.pool.New = func() any { return newDesk(n.set) }
	return n, err
}

// cased adds the capitals and the small letters of texts beyond ASCII, whose case the search does not know.
func cased(terms []term) (all []term) {
	for _, t := range terms {
		all = append(all, t)
		if len(t.text) == utf8.RuneCountInString(t.text) {
			continue
		}
		all = append(all, term{t.kind, strings.ToUpper(t.text), t.exact})
		if !t.exact {
			all = append(all, term{t.kind, strings.ToLower(t.text), false})
		}
	}
	return all
}

// Look adds to what Detector.Look found in the same block the places of known people, in all the forms that Look knows.
func (n *Known) Look(found *Found) {
	k := n.pool.Get().(*desk)
	defer n.pool.Put(k)
	n.look(k, k.block(found), 0)
	found.settle(found.first)
}

func (n *Known) look(k *desk, v *view, deep int) {
	at := 0
	for _, line := range k.escaped(v, k.level[deep].finder.Find(v.text), 0, deep) {
		n.words(v, at, line.start)
		inner := k.decode(v, line, deep+1)
		n.look(k, inner, deep+1)
		at = line.end
	}
	n.words(v, at, len(v.text))
	k.unpack(v, func(inner *view) { n.look(k, inner, min(deep+1, depth)) })
}

// words looks up every word of a part of the text.
func (n *Known) words(v *view, at, end int) {
	for at < end {
		if charsets[v.text[at]]&(alnum|letter) == 0 {
			at++
			continue
		}
		key, length := firstWord(v.text[at:end])
		next := at + length
		if n.some[key>>3&0x1fff]&(1<<(key&7)) != 0 {
			for _, t := range n.terms[key] {
				if stop := t.match(v.text[:end], at); stop > 0 {
					v.report(t.kind, t.start(v, at), stop)
					next = stop
					break
				}
			}
		}
		at = next
	}
}

// start takes the labels in front into a domain's place: what is below a known domain is the company's as well.
func (t term) start(v *view, at int) int {
	if t.kind == Hostname && v.byte(at-1) == '.' {
		return v.back(at, hostBody, 100)
	}
	return at
}

// FNV-1a.
const (
	offset64 = 14695981039346656037
	prime64  = 1099511628211
)

// firstWord is a hash of the word that a text begins with, in small letters, and its length. In a script without spaces
// it is that of the next two characters, and the length is that of one, because a name can begin at any.
func firstWord(text []byte) (key uint64, length int) {
	key = offset64
	for length < len(text) && charsets[text[length]]&(alnum|letter) != 0 {
		if text[length] >= 0xe0 {
			if r, size := utf8.DecodeRune(text[length:]); wordless(r) {
				if length > 0 {
					break
				}
				return pair(text, size), size
			}
		}
		b := text[length]
		if b >= 'A' && b <= 'Z' {
			b |= 0x20
		}
		key = (key ^ uint64(b)) * prime64
		length++
	}
	if length == 0 {
		return 0, 0
	}
	return key ^ key>>32, length
}

func pair(text []byte, first int) uint64 {
	_, second := utf8.DecodeRune(text[first:])
	key := uint64(offset64)
	for _, b := range text[:first+second] {
		key = (key ^ uint64(b)) * prime64
	}
	return key ^ key>>32
}

// match is where a term ends that begins at a place, or zero.
func (t term) match(text []byte, at int) int {
	end := at
	for i := 0; i < len(t.text); i++ {
		c := t.text[i]
		if c == ' ' {
			size := separator(text[end:])
			if size == 0 {
				return 0
			}
			end += size
			continue
		}
		if end == len(text) || lowered(text[end]) != lowered(c) {
			return 0
		}
		end++
	}
	last, _ := utf8.DecodeLastRuneInString(t.text)
	bound := end == len(text) || charsets[text[end]]&(alnum|letter) == 0 || wordless(last)
	if !bound || t.exact && !t.written(text[at:end]) {
		return 0
	}
	return end
}

// separator is the length of what may stand between two parts of a name.
func separator(text []byte) int {
	for _, s := range []string{", ", " ", "+", ",", "\u00a0", "_", "."} {
		if len(text) >= len(s) && string(text[:len(s)]) == s {
			return len(s)
		}
	}
	return 0
}

// written tells whether a part of a name is in the case in which it is one.
func (t term) written(text []byte) bool {
	return string(text) == t.text || string(text) == strings.ToUpper(t.text)
}

func lowered(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b | 0x20
	}
	return b
}
