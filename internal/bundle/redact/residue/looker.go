package residue

import (
	"bytes"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// looker is one goroutine's memory. It reads a stream in chunks. Each begins with the end of the one before, so that
// whatever is found has its surroundings: what lies in the first half of what two share is the former's, the rest the
// latter's.
type looker struct {
	search *search
	file   string
	buffer []byte
	text   []byte // a chunk in UTF-8, if it is in UTF-16
}

const (
	chunkSize = 256 << 10
	overlap   = 1 << 10 // more than the longest spelling, and than the text that a shape is judged by
)

func newLooker(s *search) *looker {
	return &looker{search: s, buffer: make([]byte, chunkSize)}
}

// read searches a stream to its end.
func (l *looker) read(r io.Reader) error {
	kept, line, wide := 0, 1, 0
	for first := true; ; first = false {
		n, err := io.ReadFull(r, l.buffer[kept:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		if l.search.ctx.Err() != nil {
			return l.search.ctx.Err()
		}
		l.search.count(n)
		text := l.buffer[:kept+n]
		own := part{0, len(text)}
		if first {
			wide = width(text)
		} else {
			own.from = overlap / 2
		}
		if err != nil {
			l.wide(text, wide, own, line)
			return nil
		}
		own.to -= overlap / 2
		l.wide(text, wide, own, line)
		line += bytes.Count(text[:len(text)-overlap], []byte("\n"))
		kept = copy(l.buffer, text[len(text)-overlap:])
	}
}

// part is the places of a chunk in which something is this chunk's.
type part struct{ from, to int }

func (s *search) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += int64(n)
}

// wide searches a chunk as it is, and as UTF-16 where it looks like that.
func (l *looker) wide(text []byte, wide int, own part, line int) {
	l.chunk(text, own, line)
	if wide == 0 {
		return
	}
	l.text = narrow(l.text[:0], text[:own.from], wide)
	from := len(l.text)
	l.text = narrow(l.text, text[own.from:own.to], wide)
	to := len(l.text)
	l.text = narrow(l.text, text[own.to:], wide)
	l.chunk(l.text, part{from, to}, line)
}

// narrow appends in UTF-8 what is in UTF-16. A pair that is cut comes out as two characters that are none.
func narrow(to, text []byte, wide int) []byte {
	unit := func(at int) rune { return rune(text[at+wide-1])<<8 | rune(text[at+2-wide]) }
	for at := 0; at+2 <= len(text); at += 2 {
		r := unit(at)
		if utf16.IsSurrogate(r) && at+4 <= len(text) {
			if r = utf16.DecodeRune(r, unit(at+2)); r != utf8.RuneError {
				at += 2
			}
		}
		to = utf8.AppendRune(to, r)
	}
	return to
}

// width tells whether a text is UTF-16: 1 with the high byte in front, 2 with it behind, 0 for neither.
func width(text []byte) int {
	switch {
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		return 1
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		return 2
	}
	var zeros [2]int
	for i, b := range text[:min(len(text), 4096)] {
		if b == 0 {
			zeros[i&1]++
		}
	}
	switch least := min(len(text), 4096) / 40; {
	case zeros[0] > least && zeros[0] > zeros[1]:
		return 1
	case zeros[1] > least:
		return 2
	}
	return 0
}

// chunk searches a text, of which it reports the part that is its own. Line is the number of the first line, or zero where
// lines mean nothing.
func (l *looker) chunk(text []byte, own part, line int) {
	report := func(kind string, place int) {
		switch {
		case place < own.from || place >= own.to:
		case line == 0:
			l.search.found(kind, l.file, 0)
		default:
			l.search.found(kind, l.file, line+bytes.Count(text[:place], []byte("\n")))
		}
	}
	l.search.index.find(text, report)
	shapes(text, report)
}
