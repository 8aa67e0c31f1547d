package pseudonym

import (
	"bytes"
	"unicode"
)

// email keeps an address an address: the user's name, at the domain's. What stands before one that has been made already
// was none of it before: a user's name has at most 64 bytes, and this one is shorter than the one it stands for.
func (m *Maker) email(value []byte) []byte {
	local, domain, _ := bytes.Cut(value, []byte("@"))
	if m.ownWords(domain) && m.ownSyllables(local[max(0, len(local)-2*syllables):]) {
		return bytes.Clone(value)
	}
	return append(append(m.each(user, local), '@'), m.hostname(domain)...)
}

// username keeps a Windows domain apart from the user in it. One with a space in it is somebody's full name.
func (m *Maker) username(value []byte) []byte {
	switch {
	case bytes.IndexByte(value, '@') > 0:
		return m.email(value)
	case bytes.IndexByte(value, ' ') > 0:
		return m.fullname(value)
	}
	domain, name, found := bytes.Cut(value, []byte(`\`))
	if !found {
		return m.each(user, value)
	}
	return append(append(m.each(user, domain), '\\'), m.each(user, name)...)
}

// each leaves alone what has been made already.
func (m *Maker) each(c class, value []byte) []byte {
	if m.ownSyllables(value) {
		return bytes.Clone(value)
	}
	return m.word(c, value)
}

// fullname gives each part of a name its own, so that parts are known again alone and in another order.
func (m *Maker) fullname(value []byte) (text []byte) {
	for len(value) > 0 {
		end := bytes.IndexFunc(value, separates)
		if end < 0 {
			end = len(value)
		}
		if end > 0 {
			text = append(text, m.each(name, value[:end])...)
		}
		rest := value[end:]
		next := bytes.IndexFunc(rest, func(r rune) bool { return !separates(r) })
		if next < 0 {
			return append(text, rest...)
		}
		text, value = append(text, rest[:next]...), rest[next:]
	}
	return text
}

// separates tells whether a character stands between the parts of a name and not in one.
func separates(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !bytes.ContainsRune([]byte("-'.’·‐\u200c\u200d"), r)
}

// hostname gives each label the name of the domain that begins with it, so that what is below one domain stays below one.
// The last label becomes example. A name of one label keeps to one.
func (m *Maker) hostname(value []byte) (text []byte) {
	value = bytes.TrimRight(value, ".")
	if bytes.IndexByte(value, '.') < 0 {
		return m.each(host, value)
	}
	for {
		label, parent, more := bytes.Cut(value, []byte("."))
		if !more {
			return append(text, "example"...)
		}
		if m.ownSyllables(label) {
			text = append(text, label...)
		} else {
			text = append(text, bytes.ToLower(m.word(host, value))...)
		}
		text, value = append(text, '.'), parent
	}
}
