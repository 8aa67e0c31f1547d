package sensitive

import "bytes"

// view is a text that is looked at: the block, or what a part of it decodes to.
type view struct {
	found    *Found
	text     []byte
	at       []int32 // by byte of text, where it came from in the block; one more for the end. Nil when the text is the block
	whole    *Place  // the run of Base64 that all of it came from
	past     int     // where the last address ended, which has several needles in it
	key      int     // where the last key, or secret of a field, ended: what is in it is not looked at again
	licensed int     // where the last licence ended
	line     int     // where the last line ended of which the columns were looked at
}

// report notes a value.
func (v *view) report(kind Kind, start, end int) {
	if start >= end {
		return
	}
	f := v.found
	p := Place{Kind: kind, Start: int32(start), End: int32(end)}
	switch {
	case v.whole != nil:
		p.Form, p.Start, p.End = Base64, v.whole.Start, v.whole.End
	case v.at != nil:
		p.Start, p.End = v.at[start], v.at[end]
		p.Form = form(f.block[p.Start:p.End], end-start)
	}
	if p.Form != Plain {
		p.from = int32(len(f.decoded))
		f.decoded = append(f.decoded, v.text[start:end]...)
		p.to = int32(len(f.decoded))
	}
	f.Places = append(f.Places, p)
}

// form tells from a value as written, and the length of what it decodes to, how it was escaped.
func form(raw []byte, length int) Form {
	switch {
	case len(raw) == length:
		return Plain
	case bytes.IndexByte(raw, '&') >= 0:
		return XML
	case bytes.IndexByte(raw, '\\') >= 0:
		return JSON
	}
	return Percent
}

func (v *view) is(at int, s charset) bool {
	return at >= 0 && at < len(v.text) && charsets[v.text[at]]&s != 0
}

// byte is the byte at a place, or a line's end outside the text.
func (v *view) byte(at int) byte {
	if at < 0 || at >= len(v.text) {
		return '\n'
	}
	return v.text[at]
}

// farthest is how far a value may reach, so that no text makes the search for its end expensive.
const farthest = 16 << 10

// over is the end of a run of bytes of the set, from at on.
func (v *view) over(at int, s charset) int {
	end := min(len(v.text), at+farthest)
	for at < end && charsets[v.text[at]]&s != 0 {
		at++
	}
	return at
}

// back is the start of a run of bytes of the set that ends before at, and at most limit bytes long.
func (v *view) back(at int, s charset, limit int) int {
	least := max(0, at-limit)
	for at > least && charsets[v.text[at-1]]&s != 0 {
		at--
	}
	return at
}

// until is the next of a byte on the same line within limit bytes, or -1.
func (v *view) until(at int, b byte, limit int) int {
	stretch := v.text[at:min(len(v.text), at+limit)]
	if end := bytes.IndexByte(stretch, '\n'); end >= 0 {
		stretch = stretch[:end]
	}
	if n := bytes.IndexByte(stretch, b); n >= 0 {
		return at + n
	}
	return -1
}

// lineStart is the start of the line, or a place not more than limit bytes back.
func (v *view) lineStart(at, limit int) int {
	from := max(0, at-limit)
	return from + bytes.LastIndexByte(v.text[from:at], '\n') + 1
}

func (v *view) lineEnd(at int) int {
	if n := bytes.IndexByte(v.text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(v.text)
}

// trimmed moves an end back over what ends a sentence and no value.
func (v *view) trimmed(start, end int) int {
	for end > start && in(v.text[end-1], ".,:;-'") {
		end--
	}
	return end
}

// starts tells whether the text goes on so.
func (v *view) starts(at int, with string) bool {
	return at >= 0 && at+len(with) <= len(v.text) && string(v.text[at:at+len(with)]) == with
}
