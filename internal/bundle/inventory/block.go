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

// LineEnd is where the line ends that a byte is in: at its line feed, or at the end of the block.
func (b Block) LineEnd(at int) int {
	if i := bytes.IndexByte(b.Text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(b.Text)
}

// LineAround is the line that a byte is in, without its end, cut at 64 KiB.
func (b Block) LineAround(at int) []byte {
	line := b.Text[bytes.LastIndexByte(b.Text[:at], '\n')+1 : b.LineEnd(at)]
	return line[:min(len(line), longest)]
}

// Last is the last time of the block, or empty.
func (b Block) Last() string { return lastOf(b.Text, stampOf(Classify(b.File))) }

// Cursor turns offsets of a block into places. It goes forward only, so that it looks at each byte once however many
// places are asked for.
type Cursor struct {
	block Block
	at    int
	place Place
}

// Cursor begins at the head of a block, where no time is known.
func (b Block) Cursor() *Cursor { return &Cursor{b, 0, Place{File: b.File, Line: b.Line}} }

// At is the place of an offset: its line, and the time of that line or of the last before it that has one. Offsets must
// not fall.
func (c *Cursor) At(offset int) Place {
	text, end := c.block.Text, c.block.LineEnd(offset)
	for to := end; to >= c.at; {
		from := bytes.LastIndexByte(text[:to], '\n') + 1
		if when := Stamp(text[from:end]); when != "" {
			c.place.Time = when
			break
		}
		to = from - 1
	}
	c.place.Line += bytes.Count(text[min(c.at, offset):offset], []byte{'\n'})
	c.at = max(c.at, offset)
	return c.place
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
