package sensitive

import (
	"encoding/base64"
	"unicode/utf8"
)

// A run of Base64 is decoded when it has at least shortest bytes, which is what the shortest address worth the name
// becomes, and its first sample bytes are text.
const (
	shortest = 20
	sample   = 20
)

// unpack has every run of Base64 looked at once that decodes to text, but for one that lies in another.
//
// It looks at every 20th byte only, and back from there: most runs end before.
func (k *desk) unpack(v *view, visit func(inner *view)) {
	for at := 0; at+shortest <= len(v.text) && v.whole == nil; {
		if start := v.back(at+shortest, base64Body, shortest); start > at {
			at = start
			continue
		}
		body := base64Body
		if readable(v.text[at : at+sample]) {
			body |= urlSafe
		}
		end := at + shortest
		for end < len(v.text) && charsets[v.text[end]]&body != 0 {
			end++
		}
		if body != base64Body {
			visit(k.plain(v, span{at, end}))
		}
		at = end
	}
}

// plain is the view of what a run of Base64 decodes to.
func (k *desk) plain(v *view, run span) *view {
	l := &k.base64
	l.run = v.place(run.start, v.padded(run.end))
	l.text = unbase64(l.text[:0], v.text[run.start:run.end])
	l.view = view{found: v.found, text: l.text[:letters(l.text)], whole: &l.run}
	return &l.view
}

// place is a span of the text as bytes of the block.
func (v *view) place(start, end int) Place {
	if v.at == nil {
		return Place{Start: int32(start), End: int32(end)}
	}
	return Place{Start: v.at[start], End: v.at[end]}
}

func (v *view) padded(end int) int {
	for n := 0; n < 2 && v.byte(end) == '='; n++ {
		end++
	}
	return end
}

// readable tells whether the start of a run decodes to text in ASCII, or in letters beyond.
func readable(start []byte) bool {
	var buffer [sample * 3 / 4]byte
	n, err := base64.RawStdEncoding.Decode(buffer[:], start)
	if err != nil {
		return false
	}
	for _, b := range buffer[:n] {
		if b < ' ' && b != '\n' && b != '\r' && b != '\t' || b == 0x7f {
			return false
		}
	}
	return letters(buffer[:n]) > n-utf8.UTFMax
}

// letters is how much of a text is UTF-8.
func letters(text []byte) (n int) {
	for n < len(text) {
		r, size := utf8.DecodeRune(text[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}

// unbase64 decodes as much as can be, in either alphabet.
func unbase64(to, run []byte) []byte {
	var quad [4]byte
	for len(run) > 1 {
		n := copy(quad[:], run)
		run = run[n:]
		for i, b := range quad[:n] {
			switch b {
			case '-':
				quad[i] = '+'
			case '_':
				quad[i] = '/'
			}
		}
		var plain [3]byte
		m, err := base64.RawStdEncoding.Decode(plain[:], quad[:n])
		if err != nil {
			return to
		}
		to = append(to, plain[:m]...)
	}
	return to
}
