package inventory

import "bytes"

// Block is some whole lines of a log, as UTF-8, with what the search for this package's Needles found in them.
type Block struct {
	File string
	Line int // number of the first line, from 1
	Text []byte
	Hits []Hit // by rising End
}

// Hit says that a needle, by its place in Needles, ends before the byte End.
type Hit struct {
	Needle int
	End    int
}

// line is the line around a byte, without its end.
func (b Block) line(at int) []byte {
	from := bytes.LastIndexByte(b.Text[:at], '\n') + 1
	if to := bytes.IndexByte(b.Text[at:], '\n'); to >= 0 {
		return b.Text[from : at+to]
	}
	return b.Text[from:]
}

// numbering turns offsets that only rise into line numbers, counting each byte once.
type numbering struct {
	text []byte
	at   int
	line int
}

func (n *numbering) of(offset int) int {
	if offset > n.at {
		n.line += bytes.Count(n.text[n.at:offset], []byte{'\n'})
		n.at = offset
	}
	return n.line
}

// eachLine calls f with every line, its number and its offset. A line beyond longest is cut.
func eachLine(text []byte, first int, f func(line []byte, number, offset int)) {
	for offset := 0; offset < len(text); first++ {
		line := text[offset:]
		next := len(text)
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line, next = line[:i], offset+i+1
		}
		f(bytes.TrimSuffix(line[:min(len(line), longest)], []byte{'\r'}), first, offset)
		offset = next
	}
}

// longest is how much of one line is looked at, in bytes.
const longest = 64 << 10

// stampBefore is the time of the last line with a time at or before an offset.
func stampBefore(text []byte, offset int) string {
	for at := offset; at >= 0; {
		from := bytes.LastIndexByte(text[:at], '\n') + 1
		if when := Stamp(text[from:]); when != "" {
			return when
		}
		at = from - 1
		if offset-at > longest {
			return ""
		}
	}
	return ""
}
