package residue

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
)

// search is one search through one bundle.
type search struct {
	ctx    context.Context
	wanted Wanted
	index  *index

	mu    sync.Mutex
	spots []Spot
	bytes int64
}

const mostSpots = 100

func (s *search) found(kind, file string, line int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if spot := (Spot{kind, file, line}); len(s.spots) < mostSpots && !slices.Contains(s.spots, spot) {
		s.spots = append(s.spots, spot)
	}
}

func (s *search) sorted() []Spot {
	slices.SortFunc(s.spots, func(a, b Spot) int {
		return cmp.Or(cmp.Compare(a.File, b.File), a.Line-b.Line, cmp.Compare(a.Kind, b.Kind))
	})
	return s.spots
}

// bundle searches all files, several at once.
func (s *search) bundle(r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return fmt.Errorf("opening the redacted bundle: %w", err)
	}
	work := make(chan *zip.File)
	failed := make(chan error, max(1, s.wanted.Workers))
	for range cap(failed) {
		go func() { failed <- s.worker(work) }()
	}
	for _, f := range z.File {
		work <- f
	}
	close(work)
	for range cap(failed) {
		if one := <-failed; err == nil {
			err = one
		}
	}
	s.text(z.Comment, "")
	return err
}

func (s *search) worker(work <-chan *zip.File) (err error) {
	l := newLooker(s)
	for f := range work {
		if err == nil {
			err = s.file(l, f, "")
		}
	}
	return err
}

// text searches a name or a comment.
func (s *search) text(text, file string) {
	l := newLooker(s)
	l.file = file
	l.chunk([]byte(text), part{0, len(text)}, 0)
}

// file searches one file of an archive, its name included, and what is packed in it.
func (s *search) file(l *looker, f *zip.File, within string) error {
	name := within + f.Name
	l.file = name
	about := []byte(f.Name + "\x00" + f.Comment + "\x00" + string(f.Extra))
	l.chunk(about, part{0, len(about)}, 0)
	if s.wanted.Unexamined[name] {
		return nil
	}
	if isZip, inner, err := nested(f); err != nil || isZip {
		if err != nil {
			return fmt.Errorf("opening %q in the redacted bundle: %w", name, err)
		}
		for _, g := range inner.File {
			if err := s.file(l, g, name+"!"); err != nil {
				return err
			}
		}
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("opening %q in the redacted bundle: %w", name, err)
	}
	defer r.Close()
	if err := s.stream(l, r, name); err != nil {
		return fmt.Errorf("reading %q in the redacted bundle: %w", name, err)
	}
	return nil
}

// nested opens an archive within the archive. A redaction stores them as they are, so they can be read in place.
func nested(f *zip.File) (is bool, _ *zip.Reader, _ error) {
	raw, err := f.OpenRaw()
	if err != nil {
		return false, nil, err
	}
	at, sized := raw.(io.ReaderAt)
	head := make([]byte, 4)
	n, _ := io.ReadFull(raw, head)
	if f.Method != zip.Store || n < 4 || !bytes.Equal(head, []byte("PK\x03\x04")) && !bytes.Equal(head, []byte("PK\x05\x06")) {
		return false, nil, nil
	}
	if !sized {
		return true, nil, fmt.Errorf("it cannot be read in place")
	}
	z, err := zip.NewReader(at, int64(f.UncompressedSize64))
	return true, z, err
}

// stream searches what is read, unpacked where it is gzip.
func (s *search) stream(l *looker, r io.Reader, name string) error {
	head := make([]byte, 3)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), r)
	l.file = name
	if !bytes.Equal(head[:n], []byte{0x1f, 0x8b, 8}) {
		return l.read(whole)
	}
	z, err := gzip.NewReader(whole)
	if err != nil {
		return err
	}
	return l.read(z)
}
