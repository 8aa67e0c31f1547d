package sensitive

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// A person's name is one to five words of letters. The first begins with a capital, where its script has them; small
// words may stand between (van, de, bin). No word is one of the vocabulary's, unless it stands beside one that is not.
const mostWords = 5

// particles are small words inside names.
var particles = set(`van von der den de del della di da do dos das du la le el al bin binti ibn ben y e zu zur af av ter ten st bint mac mc`)

// name tells whether a text is a person's name, smallName whether it would be with capitals.
func name(text []byte) bool      { return named(text, false) }
func smallName(text []byte) bool { return named(text, true) }

func named(text []byte, small bool) bool {
	words, known := 0, 0
	for len(text) > 0 {
		var word []byte
		word, text = nextWord(text)
		switch {
		case len(word) == 0:
			return false
		case !nameWord(word, small) && (words == 0 || !has(particles, word)):
			return false
		case has(vocabulary, word) || has(nobody, word):
			known++
		}
		words++
	}
	return words > 0 && words <= mostWords && known < words
}

// nextWord splits a text at the space, the plus or the comma between two words of a name.
func nextWord(text []byte) (word, rest []byte) {
	cut := bytes.IndexAny(text, " +,")
	if cut < 0 {
		return text, nil
	}
	word, rest = text[:cut], bytes.TrimLeft(text[cut:], " +,")
	if len(rest) == 0 {
		return nil, nil
	}
	return word, rest
}

// nameWord tells whether a word is letters, perhaps with a hyphen, an apostrophe or a point, and begins like a name.
func nameWord(word []byte, small bool) bool {
	first, _ := utf8.DecodeRune(word)
	if unicode.IsLower(first) && !small || len(word) > 60 {
		return false
	}
	letters := 0
	for len(word) > 0 {
		r, size := utf8.DecodeRune(word)
		word = word[size:]
		switch {
		case r == utf8.RuneError:
			return false
		case unicode.IsLetter(r):
			letters++
		case !unicode.IsMark(r) && !bytes.ContainsRune([]byte("-'.’·‐\u200c\u200d"), r):
			return false
		}
	}
	return letters > 0
}

// nameBackwards is the start of the name that ends at a place.
func (v *view) nameBackwards(end int) int {
	start := end
	for n := 0; n < mostWords; n++ {
		from := start
		if n > 0 {
			from--
		}
		if n > 0 && v.byte(from) != ' ' {
			break
		}
		at := from
		for least := max(0, from-60); at > least && (v.is(at-1, letter) || in(v.text[at-1], "-'.")); at-- {
		}
		if word := v.text[at:from]; len(word) == 0 || !(nameWord(word, false) && !has(vocabulary, word) || n > 0 && has(particles, word)) {
			break
		}
		start = at
	}
	for start < end && v.small(start, end) {
		start = v.afterWord(start, end)
	}
	return start
}

// small tells whether what begins at a place is a particle, with which no name that was searched backwards begins.
func (v *view) small(start, end int) bool {
	word, _ := nextWord(v.text[start:end])
	return has(particles, word) && !nameWord(word, false)
}

func (v *view) afterWord(start, end int) int {
	if n := bytes.IndexByte(v.text[start:end], ' '); n >= 0 {
		return start + n + 1
	}
	return end
}
