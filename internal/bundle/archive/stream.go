package archive

import (
	"compress/flate"
	"io"
	"strings"
	"sync/atomic"
)

// Stream reads a zip front to back, by its local headers: one that lies within an entry, or one without a directory. It
// is used like a tar.Reader. What a local header does not tell (the mode, whether an entry is a link) stays unknown.
type Stream struct {
	in       *counted
	limits   *Limits
	inflater io.ReadCloser
	spare    *atomic.Int64
	found    tally
	headers  headers

	entry   Entry
	body    *body
	read    int   // entries
	ended   error // why there is no next entry
	skipped bool  // the entry is refused
}

// NewStream reads a zip from its first byte.
func NewStream(r io.Reader, limits Limits) *Stream {
	var spare atomic.Int64
	spare.Store(limits.Total)
	return newStream(r, &limits, &spare)
}

func newStream(r io.Reader, limits *Limits, spare *atomic.Int64) *Stream {
	s := &Stream{in: newCounted(r), limits: limits, inflater: flate.NewReader(strings.NewReader("")), spare: spare}
	s.headers = headers{limits: limits, found: &s.found}
	return s
}

// Problems are those of names and headers so far, and those of entries that were passed over.
func (s *Stream) Problems() []Problem { return s.found.list() }

// Next goes on to the next entry, past what has not been read of this one. The error is io.EOF behind the last, and a
// Problem where it cannot go on. The entry is good until the next call; its sizes are known beforehand only where its
// header has them. The content of one that is refused is empty.
func (s *Stream) Next() (*Entry, error) {
	if s.ended == nil {
		s.ended = s.finish()
	}
	if s.ended == nil {
		s.ended = s.begin()
	}
	if s.ended != nil {
		return nil, s.ended
	}
	s.read++
	return &s.entry, nil
}

// Read reads the content of the entry, with the limits and the checks of OpenEntry.
func (s *Stream) Read(p []byte) (int, error) {
	if s.body == nil || s.skipped {
		return 0, io.EOF
	}
	return s.body.Read(p)
}

// begin reads the next local header, or what stands behind the last entry.
func (s *Stream) begin() error {
	b, err := s.in.Peek(sizeLocal)
	if len(b) < 4 || order.Uint32(b) != signLocal {
		return s.end()
	}
	if err != nil {
		return broken(Truncated, "it ends within the header of an entry, after %d entries", s.read)
	}
	if s.read == s.limits.Entries {
		return broken(TooMany, "there are more than %d entries; the rest is not read", s.limits.Entries)
	}
	offset := s.in.n
	e, name, extra := decodeLocal(b)
	_, _ = s.in.Discard(sizeLocal)
	if err := s.headers.variable(s.in, &e, name, extra, 0); err != nil {
		return broken(Truncated, "it ends within the header of an entry, after %d entries", s.read)
	}
	e.Index, e.Offset = s.read, offset
	s.entry = e
	return s.open()
}

// open prepares to read the content, or finds that it cannot be read, or not even passed over.
func (s *Stream) open() error {
	e := &s.entry
	sized := e.Flags&flagDescriptor == 0
	p, refused := e.refusal()
	switch {
	case !sized && (refused || e.Method == Stored && !s.isEmpty()):
		return broken(NestedLost, "nothing tells where the entry %s ends; the rest is not read", e.Name)
	case e.Compressed < 0 || e.Size < 0:
		return broken(Outside, "the entry %s declares more than there can be; the rest is not read", e.Name)
	case refused:
		e.Refused, p.File = p.Rule, e.Name
		s.found.add(p)
	}
	if s.in.left = e.Compressed; !sized && e.Method == Deflated {
		s.in.left = -1
	}
	s.skipped = refused
	s.body = newBody(e, s.limits, s.in, s.inflater, sized)
	s.body.spare = s.spare
	return nil
}

// isEmpty tells whether a descriptor of nothing follows: directories are written like that.
func (s *Stream) isEmpty() bool {
	d, _ := s.in.Peek(16)
	return s.entry.Compressed == 0 && len(d) == 16 && describes(d, &Entry{})
}

// finish reads the entry to its end, and what stands behind its content.
func (s *Stream) finish() error {
	b := s.body
	if b == nil {
		return nil
	}
	s.body = nil
	if b.sized {
		return s.leap()
	}
	_, _ = io.Copy(io.Discard, b)
	s.entry.Size = b.size
	if b.err != io.EOF {
		return broken(NestedLost, "nothing tells where the entry %s ends; the rest is not read", s.entry.Name)
	}
	return s.descriptor(b)
}

// leap passes over what is left of an entry whose end is known.
func (s *Stream) leap() error {
	for s.in.left > 0 {
		n, err := s.in.Discard(int(min(s.in.left, chunkSize)))
		s.in.left -= int64(n)
		if err != nil {
			return broken(Truncated, "it ends within the entry %s", s.entry.Name)
		}
	}
	s.in.left = -1
	return nil
}

// descriptor reads the sizes and the checksum that stand behind the content: with or without a signature, in 4 or in 8
// bytes. Nothing says which (APPNOTE 4.3.9), so it is the form that agrees with the content.
func (s *Stream) descriptor(b *body) error {
	s.in.left = -1
	e := &s.entry
	e.Compressed, e.Size, e.CRC32 = b.used(), b.size, b.sum
	d, _ := s.in.Peek(24)
	for _, n := range []int{16, 24, 12, 20} {
		if n <= len(d) && describes(d[:n], e) {
			_, _ = s.in.Discard(n)
			return nil
		}
	}
	return broken(Checksum, "the entry %s is not what is said behind it; the rest is not read", e.Name)
}

func describes(d []byte, e *Entry) bool {
	if len(d) == 16 || len(d) == 24 {
		if order.Uint32(d) != signDescriptor {
			return false
		}
		d = d[4:]
	}
	if order.Uint32(d) != e.CRC32 {
		return false
	}
	if d = d[4:]; len(d) == 8 {
		return order.Uint32(d) == uint32(e.Compressed) && order.Uint32(d[4:]) == uint32(e.Size)
	}
	return order.Uint64(d) == uint64(e.Compressed) && order.Uint64(d[8:]) == uint64(e.Size)
}

// end goes through the directory, for its length only: whatever stands behind it belongs to nobody. It answers io.EOF, or
// why this is not the end of a zip.
func (s *Stream) end() error {
	records := 0
	for {
		b, _ := s.in.Peek(sizeCentral)
		if len(b) < 4 {
			return broken(NoDirectory, "it ends without a directory, after %d entries", s.read)
		}
		length := int64(4)
		switch sign := order.Uint32(b); {
		case sign == signCentral && len(b) == sizeCentral:
			_, name, extra, comment := decodeCentral(b)
			length = int64(sizeCentral + name + extra + comment)
			records++
		case sign == signEnd64 && len(b) > 12:
			length = int64(order.Uint64(b[4:])) + 12
		case sign == signLocator:
			length = sizeLocator
		case sign == signEnd && len(b) >= sizeEnd:
			return s.behind(records, sizeEnd+int(order.Uint16(b[20:])))
		default:
			return broken(NestedLost, "what stands behind the entry number %d is neither an entry nor a directory; the rest is not read", s.read)
		}
		if length < 4 || !s.pass(length) {
			return broken(Truncated, "it ends within its directory")
		}
	}
}

func (s *Stream) pass(length int64) bool {
	s.in.left = length
	return s.leap() == nil
}

// behind looks at what follows the end record.
func (s *Stream) behind(records, end int) error {
	if records != s.read {
		s.found.add(broken(Count, "there are %d entries, the directory lists %d", s.read, records))
	}
	if !s.pass(int64(end)) {
		return broken(Truncated, "it ends within its comment")
	}
	if _, err := s.in.Peek(1); err == nil {
		return broken(Unlisted, "what stands behind it belongs to no entry")
	}
	return io.EOF
}
