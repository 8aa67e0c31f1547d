package archive

import (
	"compress/flate"
	"context"
	"io"
	"strings"
)

// content reads an entry's local header and returns its content, ready to be inflated, with what is wrong about the
// header. There is no content where the error is not nil.
func (a *Archive) content(e *Entry, s *span, inflater io.Reader) (*body, []Problem, error) {
	var fixed [sizeLocal]byte
	if _, err := io.ReadFull(s, fixed[:]); err != nil {
		return nil, nil, unreadable(err)
	}
	if order.Uint32(fixed[:]) != signLocal {
		return nil, nil, broken(LocalHeader, "there is no local header at %d", e.Offset)
	}
	local, name, extra := decodeLocal(fixed[:])
	next := s.end
	if s.pos+int64(name+extra)+e.Compressed > next {
		return nil, nil, broken(Overlap, "its content reaches into what follows at %d", next)
	}
	var ignored tally
	if err := a.limits.readVariable(s, &local, name, extra, true, &ignored); err != nil {
		return nil, nil, unreadable(err)
	}
	end := s.pos + e.Compressed
	problems := append(disagreements(e, &local), gap(&local, next-end)...)
	s.until(end)
	return newBody(e, &a.limits, s, inflater, true), problems, nil
}

// disagreements are where two programs that read the same archive, one by its directory and one front to back, would see
// different files.
func disagreements(e, local *Entry) (found []Problem) {
	const decisive = flagEncrypted | flagStrong
	for _, field := range []struct {
		name   string
		differ bool
	}{
		{"name", e.Raw != local.Raw},
		{"method", e.Method != local.Method},
		{"encryption", e.Flags&decisive != local.Flags&decisive},
		{"sizes", local.Flags&flagDescriptor == 0 && !e.partial && (e.Size != local.Size || e.Compressed != local.Compressed)},
		{"checksum", local.Flags&flagDescriptor == 0 && e.CRC32 != local.CRC32},
	} {
		if field.differ {
			found = append(found, broken(Disagree, "the directory and the local header differ in %s; the directory is believed", field.name))
		}
	}
	return found
}

// gap are bytes between an entry and the next that neither owns; a data descriptor, in any of its forms, is the entry's.
func gap(local *Entry, length int64) []Problem {
	descriptor := local.Flags&flagDescriptor != 0 && (length == 12 || length == 16 || length == 20 || length == 24)
	if length == 0 || descriptor {
		return nil
	}
	return []Problem{broken(Unlisted, "%d bytes behind it belong to no entry", length)}
}

// OpenEntry reads the content of one entry, inflated, with all limits and checks: the last error is io.EOF when everything
// held, and a Problem otherwise. What its local header is wrong about is told by Read.
func (a *Archive) OpenEntry(ctx context.Context, e *Entry) (io.ReadCloser, error) {
	if e.Refused != "" {
		return nil, Problem{File: e.Name, Rule: e.Refused, Reason: "it is not read"}
	}
	s := newRanges(a.source, a.data).begin(e.Offset, a.next(e))
	b, _, err := a.content(e, s, flate.NewReader(strings.NewReader("")))
	if err != nil {
		s.close()
		return nil, named(err, e.Name)
	}
	return &opened{attentive{ctx: ctx, Reader: b}, s}, nil
}

type opened struct {
	attentive
	span *span
}

// Close gives up what is fetched.
func (o *opened) Close() error {
	o.span.close()
	return nil
}

// named is a problem that knows its file.
func named(err error, file string) Problem {
	p := unreadable(err)
	p.File = file
	return p
}
