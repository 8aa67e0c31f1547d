package pseudonym

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// A name is nine syllables of a consonant and a vowel, six bits each: 34 bits of the value's digest, and 20 that check
// them. Among a hundred thousand people some two may share one; a word that nobody made passes the check once in a million.
const (
	consonants = "bdfghjklmnprstvz"
	vowels     = "aeio"
	syllables  = 9
	tagBits    = 20
	bodyBits   = 6*syllables - tagBits
)

// word is the name of a value, in the case that the value is written in.
func (m *Maker) word(c class, value []byte) []byte {
	lower := bytes.ToLower(value)
	body := m.number(c, lower) >> (64 - bodyBits)
	bits := body<<tagBits | m.wordTag(body)
	var text []byte
	for shift := 6 * (syllables - 1); shift >= 0; shift -= 6 {
		six := bits >> shift & 63
		text = append(text, consonants[six>>2], vowels[six&3])
	}
	return inCase(text, value)
}

// wordTag does not know the class: where a name stands does not tell what it was made of.
func (m *Maker) wordTag(body uint64) uint64 { return m.tag("word", body) >> (64 - tagBits) }

// inCase writes small letters as a value is written: all in capitals, with one in front, or small.
func inCase(text, value []byte) []byte {
	first, _ := utf8.DecodeRune(value)
	switch {
	case bytes.Equal(bytes.ToUpper(value), value) && !bytes.Equal(bytes.ToLower(value), value) && utf8.RuneCount(value) > 1:
		return bytes.ToUpper(text)
	case unicode.IsUpper(first):
		text[0] -= 'a' - 'A'
	}
	return text
}

// ownSyllables tells whether a word is one that this key has made.
func (m *Maker) ownSyllables(text []byte) bool {
	if len(text) != 2*syllables {
		return false
	}
	var bits uint64
	for i := 0; i < len(text); i += 2 {
		consonant := bytes.IndexByte([]byte(consonants), text[i]|0x20)
		vowel := bytes.IndexByte([]byte(vowels), text[i+1]|0x20)
		if consonant < 0 || vowel < 0 {
			return false
		}
		bits = bits<<6 | uint64(consonant<<2|vowel)
	}
	return m.wordTag(bits>>tagBits) == bits&(1<<tagBits-1)
}

func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
