package reversal

import (
	"bytes"
	"slices"
)

// Map turns pseudonyms back. It is immutable and safe for concurrent use.
type Map struct {
	Header     Header
	rules      map[string]string
	exceptions map[string]map[place]string // by file
	ambiguous  map[string]bool             // pseudonyms that have exceptions somewhere
	beginnings map[[beginning]byte][]string
}

// place is where a pseudonym stands in a file.
type place struct {
	at        int64
	pseudonym string
}

// beginning is how many bytes every pseudonym has at least: 192.0.2.1 has nine.
const beginning = 8

func (m *Map) take(l line) bool {
	switch {
	case l.Header != nil:
		m.Header = *l.Header
		return l.Version == Version
	case m.Header.Version != Version:
		return false
	case l.Exception != nil:
		e := l.Exception
		if m.exceptions[e.File] == nil {
			m.exceptions[e.File] = map[place]string{}
		}
		for _, at := range e.At {
			m.exceptions[e.File][place{at, e.Pseudonym}] = e.Origin
		}
		m.ambiguous[e.Pseudonym] = true
		return true
	case l.Rule != nil:
		m.rules[l.Rule.Pseudonym] = l.Rule.Origin
		return true
	}
	return false
}

// prepare makes the table of how pseudonyms begin, of those that begin alike the longest first.
func (m *Map) prepare() {
	m.beginnings = map[[beginning]byte][]string{}
	for p := range m.rules {
		if len(p) >= beginning {
			key := [beginning]byte([]byte(p))
			m.beginnings[key] = append(m.beginnings[key], p)
		}
	}
	for _, list := range m.beginnings {
		slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	}
}

// Restore turns the redacted text of a whole file back: text in UTF-8, without a byte order mark; file as it is called in
// the redacted bundle, entry!inner for what is nested.
func (m *Map) Restore(file string, text []byte) []byte {
	restored, _ := m.restore(text, func(at int, pseudonym string) (string, bool) {
		if origin, is := m.exceptions[file][place{int64(at), pseudonym}]; is {
			return origin, true
		}
		return m.rules[pseudonym], true
	})
	return restored
}

// RestoreExcerpt turns a piece of redacted text back, wherever it comes from: a line in a ticket. What stands for several
// things there is left as it is, and counted.
func (m *Map) RestoreExcerpt(text []byte) (restored []byte, left int) {
	return m.restore(text, func(_ int, pseudonym string) (string, bool) {
		return m.rules[pseudonym], !m.ambiguous[pseudonym]
	})
}

func (m *Map) restore(text []byte, origin func(at int, pseudonym string) (string, bool)) (restored []byte, left int) {
	from := 0
	for at := 0; at+beginning <= len(text); {
		pseudonym := m.at(text, at)
		if pseudonym == "" {
			at++
			continue
		}
		if o, told := origin(at, pseudonym); told {
			restored = append(append(restored, text[from:at]...), o...)
			from = at + len(pseudonym)
		} else {
			left++
		}
		at += len(pseudonym)
	}
	return append(restored, text[from:]...), left
}

// at is the pseudonym that stands at a place, or nothing. A number does not end within a longer one.
func (m *Map) at(text []byte, at int) string {
	for _, p := range m.beginnings[[beginning]byte(text[at:])] {
		end := at + len(p)
		if bytes.HasPrefix(text[at:], []byte(p)) && !(end < len(text) && digit(p[len(p)-1]) && digit(text[end])) {
			return p
		}
	}
	return ""
}

func digit(b byte) bool { return b >= '0' && b <= '9' }
