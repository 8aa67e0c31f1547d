package lines

import (
	"bytes"
	"unicode/utf8"

	"waybill/internal/bundle/archive/charset"
)

// near is how far from its end a piece looks for a place to cut: longer than any name, address or token.
const near = 4096

// cut is where a piece of a line that is longer than the buffer ends: behind a byte that ends a word, where there is one
// near, so that a value is seldom torn apart; and never within a character.
func (r *Reader) cut(b []byte) int {
	if r.encoding != charset.UTF8 {
		return r.cutUnits(b)
	}
	far := max(1, len(b)-near)
	if at := bytes.LastIndexAny(b[far:], " \t,;<>\"'|"); at >= 0 {
		return far + at + 1
	}
	for back := 1; back < utf8.UTFMax && back < len(b); back++ {
		if start := b[len(b)-back]; utf8.RuneStart(start) {
			if start >= utf8.RuneSelf && !utf8.FullRune(b[len(b)-back:]) {
				return len(b) - back
			}
			break
		}
	}
	return len(b)
}

// cutUnits keeps the two bytes of a unit, and the two units of a pair, together.
func (r *Reader) cutUnits(b []byte) int {
	end := len(b) &^ 1
	high := b[end-1]
	if r.encoding == charset.UTF16BE {
		high = b[end-2]
	}
	if high&0xFC == 0xD8 && end > 2 {
		end -= 2
	}
	return end
}
