package archive

import (
	"io"
	"slices"
	"sync"
)

// chunkSize is the size of a fetch: at least a MiB, so that an archive in S3 costs few requests, and small enough that
// what is in flight does not weigh.
const chunkSize = 1 << 20

// ranges fetches a file in chunks of a fixed grid. Each chunk is fetched once, however many entries share it, and is
// kept while an entry that is being read may need it, or one that will be. While a chunk is worked on, the next is on
// its way.
type ranges struct {
	source io.ReaderAt
	size   int64

	mu     sync.Mutex
	chunks map[int64]*chunk
	open   []*span
	next   int64 // what lies before is needed by nobody who is not open yet
	idle   [][]byte
}

type chunk struct {
	ready chan struct{}
	bytes []byte
	err   error
	using int // who looks at bytes now, the fetch included
	stale bool
}

func newRanges(source io.ReaderAt, size int64) *ranges {
	return &ranges{source: source, size: size, chunks: map[int64]*chunk{}}
}

// span reads a stretch of the file, front to back.
type span struct {
	from  *ranges
	pos   int64
	floor int64 // no byte before this will be asked for again: the position, as far as others may know it
	end   int64 // bytes from here on are not the span's to read
	chunk *chunk
	view  []byte // what is left of the chunk, up to end
}

// begin reads the stretch from a place to where the next entry begins. From now on nobody will ask for what lies before
// that but those who are reading already.
func (r *ranges) begin(at, next int64) *span {
	s := &span{from: r, pos: at, floor: at, end: next}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open, r.next = append(r.open, s), max(r.next, next)
	r.sweep()
	return s
}

func (s *span) close() {
	s.from.mu.Lock()
	defer s.from.mu.Unlock()
	s.from.leave(s.chunk)
	s.chunk, s.view = nil, nil
	s.from.open = slices.DeleteFunc(s.from.open, func(o *span) bool { return o == s })
	s.from.sweep()
}

// until moves the end: what was a guess before the header was read.
func (s *span) until(end int64) {
	s.from.mu.Lock()
	defer s.from.mu.Unlock()
	s.end = end
	if left := end - s.pos; left < int64(len(s.view)) {
		s.view = s.view[:max(0, left)]
	}
}

func (s *span) consumed() int64 { return s.pos }

// Read answers from one chunk.
func (s *span) Read(p []byte) (int, error) {
	if len(s.view) == 0 {
		if err := s.advance(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.view)
	s.view, s.pos = s.view[n:], s.pos+int64(n)
	return n, nil
}

// ReadByte is what inflating lives on.
func (s *span) ReadByte() (byte, error) {
	if len(s.view) == 0 {
		if err := s.advance(); err != nil {
			return 0, err
		}
	}
	b := s.view[0]
	s.view, s.pos = s.view[1:], s.pos+1
	return b, nil
}

// advance takes up the chunk in which the position lies.
func (s *span) advance() error {
	if s.pos >= s.end {
		return io.EOF
	}
	r, at := s.from, s.pos/chunkSize
	r.mu.Lock()
	r.leave(s.chunk)
	s.chunk, s.floor = r.take(at), s.pos
	if following := at + 1; following*chunkSize < s.end {
		r.leave(r.take(following))
	}
	r.sweep()
	r.mu.Unlock()
	<-s.chunk.ready
	if s.chunk.err != nil {
		return s.chunk.err
	}
	s.view = s.chunk.bytes[s.pos-at*chunkSize : min(int64(len(s.chunk.bytes)), s.end-at*chunkSize)]
	return nil
}

// take is the chunk at a place in the grid, which is fetched if nobody has it. The lock is held.
func (r *ranges) take(at int64) *chunk {
	c, found := r.chunks[at]
	if !found {
		c = &chunk{ready: make(chan struct{}), using: 1, bytes: r.buffer(at)}
		r.chunks[at] = c
		go r.fetch(c, at)
	}
	c.using++
	return c
}

func (r *ranges) fetch(c *chunk, at int64) {
	n, err := r.source.ReadAt(c.bytes, at*chunkSize)
	if n < len(c.bytes) {
		c.err = Problem{Rule: Unreadable, Reason: "the archive could not be fetched", cause: err}
		if err != nil {
			c.err = unreadable(err)
		}
	}
	close(c.ready)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leave(c)
}

func (r *ranges) buffer(at int64) []byte {
	size := min(chunkSize, r.size-at*chunkSize)
	if last := len(r.idle) - 1; last >= 0 {
		b := r.idle[last]
		r.idle = r.idle[:last]
		return b[:size]
	}
	return make([]byte, size, chunkSize)
}

// leave gives up a chunk; its memory serves again once nobody looks at it. The lock is held.
func (r *ranges) leave(c *chunk) {
	if c == nil {
		return
	}
	if c.using--; c.using == 0 && c.stale {
		r.idle = append(r.idle, c.bytes)
	}
}

// sweep drops the chunks that nobody will ask for again. The lock is held.
func (r *ranges) sweep() {
	for at, c := range r.chunks {
		if r.needed(at) {
			continue
		}
		delete(r.chunks, at)
		c.stale = true
		c.using++
		r.leave(c)
	}
}

func (r *ranges) needed(at int64) bool {
	first, last := at*chunkSize, (at+1)*chunkSize
	return last > r.next || slices.ContainsFunc(r.open, func(s *span) bool { return s.floor < last && first < s.end })
}
