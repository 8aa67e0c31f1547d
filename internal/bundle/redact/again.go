package redact

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/internal/bundle/sensitive"
)

// again finds values again wherever they stand, whatever is around them: a password that a log shows once behind its name
// and once in the middle of a sentence. It is immutable and safe for concurrent use.
//
// It looks at four bytes at every second place, in small letters, and where any value may begin at eight, which lead to
// those that do.
type again struct {
	spellings []spelling
	filter    filter
	table     table
}

// spelling is one way in which a value may be written.
type spelling struct {
	text    string
	kind    sensitive.Kind
	form    sensitive.Form
	length  int32 // of the value
	exact   bool  // in this case, or all in capitals
	bounded bool  // it must be a word
}

// newAgain prepares the search for all values that can be told from ordinary text, and for what people are known by.
func newAgain(v *values, terms []term) *again {
	a := &again{}
	for _, t := range terms {
		a.spellTerm(t)
	}
	for text, kind := range v.kinds {
		if distinct(kind, text) {
			a.spell(kind, text, false)
		}
	}
	a.spellings = distinctly(a.spellings)
	a.filter = newFilter(a.spellings)
	a.table = newTable(len(a.spellings))
	for i, s := range a.spellings {
		text := []byte(s.text)
		a.table.add(key(text, len(text)), text, int32(i))
	}
	return a
}

// distinctly keeps of two spellings that are the same the one of the worse kind, or the one in any case.
func distinctly(all []spelling) []spelling {
	slices.SortFunc(all, func(x, y spelling) int {
		return cmp.Or(strings.Compare(x.text, y.text), int(x.form)-int(y.form), order(x.exact)-order(y.exact), weight(y.kind)-weight(x.kind), int(x.kind)-int(y.kind), int(x.length-y.length))
	})
	all = slices.CompactFunc(all, func(x, y spelling) bool {
		return x.text == y.text && x.form == y.form && (x.form != sensitive.Base64 || x.length == y.length)
	})
	return slices.Clone(all)
}

func order(exact bool) int {
	if exact {
		return 1
	}
	return 0
}

// distinct tells whether a value can be told from ordinary text, so that it can be looked for without what was around it:
// addresses and keys always, names that no word of a language looks like, passwords that are more than a word. What is
// not is replaced where it was found, and nowhere else.
func distinct(k sensitive.Kind, text string) bool {
	digit, letter, lower, upper, other := classes(text)
	switch k {
	case sensitive.Username:
		return len(text) >= short && letter && (digit || other)
	case sensitive.Fullname:
		return len(text) >= window && bytes.ContainsAny([]byte(text), " +,")
	case sensitive.Hostname:
		return len(text) >= short && letter && (digit || other && bytes.IndexByte([]byte(text), '.') > 0)
	case sensitive.Password:
		return len(text) >= window && (digit || other || lower && upper)
	case sensitive.Session, sensitive.Cookie:
		return len(text) >= short && letter && digit
	case sensitive.SEN:
		return len(text) >= window
	}
	return len(text) >= short
}

func classes(text string) (digit, letter, lower, upper, other bool) {
	for i := range len(text) {
		switch b := text[i]; {
		case b >= '0' && b <= '9':
			digit = true
		case b >= 'a' && b <= 'z':
			letter, lower = true, true
		case b >= 'A' && b <= 'Z':
			letter, upper = true, true
		case b >= utf8.RuneSelf:
			letter = true
		default:
			other = true
		}
	}
	return
}

// spell adds the ways to write a value: as it is, escaped where that makes a difference, and in Base64.
func (a *again) spell(k sensitive.Kind, text string, exact bool) {
	value := []byte(text)
	a.spellBase64(k, value)
	s := spelling{kind: k, length: int32(len(value)), exact: exact, bounded: bounded(k, value)}
	var seen [][]byte
	for _, way := range []struct {
		form sensitive.Form
		text []byte
	}{
		{sensitive.Plain, value},
		{sensitive.Plain, bytes.ToUpper(value)}, // of ASCII, the case does not count
		{sensitive.Plain, bytes.ToLower(value)},
		{sensitive.Percent, escape(value, sensitive.Percent)},
		{sensitive.Percent, bytes.ReplaceAll(escape(value, sensitive.Percent), []byte("%20"), []byte("+"))},
		{sensitive.JSON, escape(value, sensitive.JSON)},
		{sensitive.JSON, escapeUnicode(value)},
		{sensitive.XML, escape(value, sensitive.XML)},
		{sensitive.XML, bytes.ReplaceAll(value, []byte("&"), []byte("&amp;"))},
		{sensitive.XML, bytes.ReplaceAll(value, []byte("@"), []byte("&#64;"))},
		{sensitive.XML, bytes.ReplaceAll(value, []byte("@"), []byte("&#x40;"))},
	} {
		if slices.ContainsFunc(seen, func(b []byte) bool { return alike(b, way.text) }) {
			continue
		}
		seen = append(seen, way.text)
		s.form, s.text = way.form, string(way.text)
		if len(seen) == 1 {
			s.text = text // the same memory
		}
		a.spellings = append(a.spellings, s)
	}
}

// alike tells whether two texts differ at most in the case of ASCII.
func alike(a, b []byte) bool {
	return len(a) == len(b) && bytes.EqualFold(a, b) && hashed(a) == hashed(b)
}

// leastBase64 is the shortest value that is looked for in Base64, and mostBase64 how much of its Base64 is compared. What
// is around is decoded, and then there is the value or there is not.
const (
	leastBase64 = 8
	mostBase64  = 16
)

// spellBase64 adds the characters that stand for a value and for nothing beside it, at each place in three bytes where it
// may begin. The length of such a spelling is how many characters of its four stand in front of it.
func (a *again) spellBase64(k sensitive.Kind, value []byte) {
	if len(value) < leastBase64 {
		return
	}
	for before := range 3 {
		whole := append(make([]byte, before), value[:min(len(value), mostBase64)]...)
		from := (8*before + 5) / 6
		to := 8 * len(whole) / 6
		s := spelling{kind: k, form: sensitive.Base64, length: int32(from)}
		s.text = base64.RawStdEncoding.EncodeToString(whole)[from:to]
		a.spellings = append(a.spellings, s)
		if url := base64.RawURLEncoding.EncodeToString(whole)[from:to]; url != s.text {
			s.text = url
			a.spellings = append(a.spellings, s)
		}
	}
}

// run is the place of the whole run of Base64 around a spelling. The length is how many characters of it stand before the
// first four that belong together.
func (s *spelling) run(text []byte, at int) edit {
	start, end := at, at+len(s.text)
	for start > 0 && packs(text[start-1]) {
		start--
	}
	for end < len(text) && packs(text[end]) {
		end++
	}
	for range 2 {
		if end < len(text) && text[end] == '=' {
			end++
		}
	}
	return edit{start: int32(start), end: int32(end), kind: s.kind, form: sensitive.Base64, length: int32((at-start-int(s.length)%4+8)%4 + 1)}
}

func packs(b byte) bool {
	return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9' || b == '+' || b == '/' || b == '-' || b == '_'
}

// escapeUnicode writes what is not a letter, a digit or a common sign as JSON may: \u0040.
func escapeUnicode(text []byte) (escaped []byte) {
	for _, r := range string(text) {
		if r < utf8.RuneSelf && r != '@' && r != '<' && r != '>' && r != '&' {
			escaped = append(escaped, byte(r))
			continue
		}
		if r > 0xffff {
			return text
		}
		escaped = append(escaped, `\u`...)
		escaped = append(escaped, strconv.FormatInt(0x10000+int64(r), 16)[1:]...)
	}
	return escaped
}

// bounded tells whether a value must stand as a word: as part of another it would be something else.
func bounded(k sensitive.Kind, value []byte) bool {
	switch k {
	case sensitive.Username, sensitive.Fullname:
		return !bytes.ContainsFunc(value, wordless)
	case sensitive.Hostname, sensitive.IPv4, sensitive.IPv6:
		return true
	}
	return len(value) < 12
}

// wordless tells whether a character is of a script that puts no spaces between words.
func wordless(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// find appends a place for each value in the text that does not begin in one of the edits that there are, which are in
// order. Of those that overlap it finds the first, and of those the longest.
func (a *again) find(text []byte, there, found []edit) []edit {
	if len(a.spellings) == 0 {
		return found
	}
	past := 0 // what was found ends here
	for at := a.filter.next(text, 0); at < len(text); at = a.filter.next(text, at+2) {
		for len(there) > 0 && int(there[0].end) <= at {
			there = there[1:]
		}
		if len(there) > 0 && at > int(there[0].start) {
			at = max(at, int(there[0].end)-4) &^ 1
			past = max(past, int(there[0].end))
			there = there[1:]
			continue
		}
		for place := max(past, at-1); place <= at+1; place++ {
			if id := a.begins(text, place); id >= 0 {
				e := a.spellings[id].edit(text, place)
				found, past = append(found, e), int(e.end)
				place = max(place, past-1)
			}
		}
	}
	return found
}

// begins is the longest spelling that begins at a place, or -1.
func (a *again) begins(text []byte, at int) int32 {
	if at+leastTerm > len(text) {
		return -1
	}
	if id := a.match(key(text[at:], window), text, at); id >= 0 {
		return id
	}
	return a.match(key(text[at:], leastTerm), text, at)
}

// key is how a text of some length begins, as the table has it.
func key(text []byte, length int) uint64 {
	if length < window {
		return beginning(text) & shortMask
	}
	return beginning(text)
}

func (s *spelling) edit(text []byte, at int) edit {
	start := at
	switch {
	case s.form == sensitive.Base64:
		return s.run(text, at)
	case s.kind == sensitive.Hostname && s.form == sensitive.Plain && at > 0 && text[at-1] == '.':
		// What is below a known domain is the company's as well.
		for start > 0 && at-start < 100 && (wordByte(text[start-1]) || text[start-1] == '.' || text[start-1] == '-') {
			start--
		}
	}
	return edit{start: int32(start), end: int32(at + len(s.text)), kind: s.kind, form: s.form, length: s.length}
}

// match is the longest spelling that stands at a place, or -1.
func (a *again) match(key uint64, text []byte, at int) int32 {
	for lengths := a.table.lengths[key]; lengths != 0; {
		length := bits.Len64(lengths) - 1
		lengths &^= 1 << length
		if at+length > len(text) {
			continue
		}
		for id := a.table.first(text[at : at+length]); id >= 0; id = a.table.next[id] {
			s := &a.spellings[id]
			if end := at + len(s.text); end <= len(text) && min(len(s.text), lookedUp) == length && s.same(text[at:end]) && s.stands(text, at, end) {
				return id
			}
		}
	}
	return -1
}

// stands tells whether a value is a word where it has to be one.
func (s *spelling) stands(text []byte, at, end int) bool {
	return !s.bounded || !(at > 0 && glued(text[at-1], text[at])) && !(end < len(text) && glued(text[end-1], text[end]))
}

func (s *spelling) same(text []byte) bool {
	switch {
	case s.form == sensitive.Base64:
		return string(text) == s.text
	case s.exact:
		return string(text) == s.text || string(text) == strings.ToUpper(s.text)
	}
	return bytes.EqualFold(text, []byte(s.text))
}

// glued tells whether two bytes beside each other belong to one word.
func glued(a, b byte) bool { return wordByte(a) && wordByte(b) }

func wordByte(b byte) bool {
	return b|0x20 >= 'a' && b|0x20 <= 'z' || b >= '0' && b <= '9' || b >= utf8.RuneSelf
}
