package archive

import (
	"context"
	"io"
)

// salvage lists the entries of a file without a directory, from the front, as far as they go. Where nothing else tells how
// long an entry is (whoever writes to a pipe does not know it beforehand, and Java never does), it is inflated to find out.
func (a *Archive) salvage(ctx context.Context, size int64, found *tally) error {
	source := &attentive{ctx: ctx, Reader: io.NewSectionReader(a.source, 0, size)}
	s := NewStream(source, a.limits)
	var stop error
	for stop == nil {
		a.data = s.in.n
		if stop = s.begin(); stop != nil {
			break
		}
		s.read++
		content := s.in.n
		if stop = s.finish(); stop != nil {
			s.entry.partial, s.entry.Compressed, a.data = true, size-content, size
		}
		a.Entries = append(a.Entries, s.entry)
	}
	switch {
	case source.failed != nil:
		return source.failed
	case len(a.Entries) == 0:
		return broken(NotZip, "this is no zip: there is neither a directory at its end nor an entry at its beginning")
	}
	found.add(s.found.list()...)
	found.add(broken(NoDirectory, "there is no directory at its end; %d entries were found from the front", len(a.Entries)))
	return nil
}

// attentive reads until its context ends, and remembers what a source failed of.
type attentive struct {
	io.Reader
	ctx    context.Context
	failed error
}

// Read reads.
func (a *attentive) Read(p []byte) (int, error) {
	if err := context.Cause(a.ctx); err != nil {
		a.failed = stopped(err)
		return 0, a.failed
	}
	n, err := a.Reader.Read(p)
	if err != nil && err != io.EOF {
		a.failed = unreadable(err)
	}
	return n, err
}
