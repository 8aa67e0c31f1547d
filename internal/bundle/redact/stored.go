package redact

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"hash"
	"hash/crc32"
	"io"
)

// stored is an archive that is made in scratch, to be put into another as it is.
type stored struct {
	digesting
	buffered *bufio.Writer
	spool    *spool
	parts    []extent
	sum32    hash.Hash32
}

func (w *writer) stored() *stored {
	s := &stored{spool: w.spool, sum32: crc32.NewIEEE()}
	s.buffered = bufio.NewWriterSize(appending{s}, 64<<10)
	s.digesting = digesting{Writer: io.MultiWriter(s.buffered, s.sum32), sum: sha256.New()}
	return s
}

func (s *stored) finish() (written, error) {
	err := s.buffered.Flush()
	h := zip.FileHeader{Method: zip.Store, CRC32: s.sum32.Sum32(), CompressedSize64: uint64(s.size), UncompressedSize64: uint64(s.size)}
	return written{header: h, parts: s.parts}, err
}

type appending struct{ to *stored }

// Write appends to scratch.
func (a appending) Write(p []byte) (int, error) {
	e, err := a.to.spool.append(p)
	a.to.parts = append(a.to.parts, e)
	return len(p), err
}
