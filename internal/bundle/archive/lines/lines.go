// Package lines cuts a stream into blocks of whole lines, so that blocks can be searched by several at once and nothing
// that stands on one line is ever missed between two of them.
//
// A line ends with LF; a CR before it is part of the line. Nothing is decoded, and nothing is kept but the beginning of
// the line that did not fit: memory is the caller's buffer and one line.
package lines

import (
	"bytes"
	"io"

	"waybill/internal/bundle/archive/charset"
)

// Block is whole lines of a file, with their line ends, in the file's own encoding.
type Block struct {
	Raw    []byte // lies in the buffer that Next was given
	First  int    // the number of the first line, from 1
	Offset int64  // of Raw in the stream
	// Continues says that the first line began in an earlier block; Cut, that the last line goes on in the next. Both
	// are false except for lines that are longer than a buffer.
	Continues, Cut bool
	Last           int // the number of the last line
}

// Reader reads a stream block by block.
type Reader struct {
	source   io.Reader
	encoding charset.Encoding
	carry    []byte // read, and not handed out: the beginning of a line
	next     Block  // where the next block begins
	ended    error
}

// NewReader reads source, whose line ends stand in the encoding.
func NewReader(source io.Reader, e charset.Encoding) *Reader {
	return &Reader{source: source, encoding: e, next: Block{First: 1}}
}

// Next fills buffer and returns the whole lines in it. The error is the source's own, after every byte before it has been
// handed out; io.EOF at the end. A line that does not fit comes in pieces.
//
// The buffer belongs to the block until the caller lets go of it. Buffers are all of one size, of at least 16 bytes.
func (r *Reader) Next(buffer []byte) (Block, error) {
	n := copy(buffer, r.carry)
	for n < len(buffer) && r.ended == nil {
		var more int
		more, r.ended = r.source.Read(buffer[n:])
		n += more
	}
	if n == 0 {
		return Block{}, r.ended
	}
	return r.take(buffer[:n], n == len(buffer)), nil
}

// take makes a block of what was read, and carries the rest over. Only a buffer that is not full ends the stream, so that
// blocks do not depend on how a source ends.
func (r *Reader) take(read []byte, full bool) Block {
	end, torn := len(read), false
	if full {
		if end = r.lastLine(read); end == 0 {
			end, torn = r.cut(read), true
		}
	}
	b := r.next
	b.Raw, b.Cut = read[:end], torn
	r.carry = append(r.carry[:0], read[end:]...)
	ends := r.count(b.Raw)
	b.Last = b.First + ends
	if ends > 0 && r.lastLine(b.Raw) == end {
		b.Last--
	}
	r.next = Block{First: b.First + ends, Offset: b.Offset + int64(end), Continues: torn}
	return b
}

// lastLine is where the last whole line in b ends, zero when there is none.
func (r *Reader) lastLine(b []byte) int {
	if r.encoding == charset.UTF8 {
		return bytes.LastIndexByte(b, '\n') + 1
	}
	for at := len(b)&^1 - 2; at >= 0; at -= 2 {
		if r.newline(b[at:]) {
			return at + 2
		}
	}
	return 0
}

func (r *Reader) count(b []byte) (lines int) {
	if r.encoding == charset.UTF8 {
		return bytes.Count(b, []byte{'\n'})
	}
	for ; len(b) >= 2; b = b[2:] {
		if r.newline(b) {
			lines++
		}
	}
	return lines
}

func (r *Reader) newline(unit []byte) bool {
	if r.encoding == charset.UTF16BE {
		return unit[0] == 0 && unit[1] == '\n'
	}
	return unit[0] == '\n' && unit[1] == 0
}
