package redact

import (
	"io"
	"sync/atomic"
)

// Scratch is the caller's room for what does not fit into memory: where values stand, and what was rewritten, compressed.
// No value that was found is written to it.
type Scratch interface {
	io.ReaderAt
	io.WriterAt
}

// spool appends to scratch, for any number of goroutines at once.
type spool struct {
	scratch Scratch
	end     atomic.Int64
}

// extent is a stretch of scratch.
type extent struct {
	offset int64
	length int
}

func (s *spool) append(b []byte) (extent, error) {
	e := extent{s.end.Add(int64(len(b))) - int64(len(b)), len(b)}
	_, err := s.scratch.WriteAt(b, e.offset)
	return e, err
}

// read returns what an extent holds, in memory that it is given as far as it goes.
func (s *spool) read(buffer []byte, e extent) ([]byte, error) {
	if cap(buffer) < e.length {
		buffer = make([]byte, e.length)
	}
	buffer = buffer[:e.length]
	n, err := s.scratch.ReadAt(buffer, e.offset)
	if n == e.length {
		err = nil
	}
	return buffer, err
}
