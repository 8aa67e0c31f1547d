package archive

import (
	"compress/flate"
	"context"
	"io"
	"strings"
)

// begin reads an entry's local header and leaves the span on its compressed content, and no further, with what is wrong
// about the header. There is no content where the error is not nil.
func (a *Archive) begin(e *Entry, s *span, h *headers) ([]Problem, error) {
	fixed, err := h.take(s, sizeLocal)
	if err != nil {
		return nil, unreadable(err)
	}
	if order.Uint32(fixed) != signLocal {
		return nil, broken(LocalHeader, "there is no local header at %d", e.Offset)
	}
	local, name, extra := decodeLocal(fixed)
	next := s.end
	if s.pos+int64(name+extra)+e.Compressed > next {
		return nil, broken(Overlap, "its content reaches into what follows at %d", next)
	}
	if err := h.variable(s, &local, name, extra, 0); err != nil {
		return nil, unreadable(err)
	}
	end := s.pos + e.Compressed
	s.until(end)
	return append(disagreements(e, &local), gap(&local, next-end)...), nil
}

// disagreements are where two programs that read the same archive, one by its directory and one front to back, would see
// different files.
func disagreements(e, local *Entry) (found []Problem) {
	const decisive = flagEncrypted | flagStrong
	told := local.Flags&flagDescriptor == 0 // else it stands behind the content
	var fields []string
	for _, field := range []struct {
		name   string
		differ bool
	}{
		{"name", e.Raw != local.Raw},
		{"method", e.Method != local.Method},
		{"encryption", e.Flags&decisive != local.Flags&decisive},
		{"size", told && e.Size != local.Size},
		{"compressed size", told && !e.partial && e.Compressed != local.Compressed},
		{"checksum", told && e.CRC32 != local.CRC32},
	} {
		if field.differ {
			fields = append(fields, field.name)
		}
	}
	if fields == nil {
		return nil
	}
	return []Problem{broken(Disagree, "the directory and the local header differ in %s; the directory is believed", strings.Join(fields, ", "))}
}

// gap are bytes between an entry and the next that neither owns; a data descriptor, in any of its forms, is the entry's.
func gap(local *Entry, length int64) []Problem {
	descriptor := local.Flags&flagDescriptor != 0 && (length == 12 || length == 16 || length == 20 || length == 24)
	if length == 0 || descriptor {
		return nil
	}
	return []Problem{broken(Unlisted, "%d bytes behind it belong to no entry", length)}
}

// localHeaders reads local headers; what is wrong with their names has been told of the directory's.
func (a *Archive) localHeaders() *headers { return &headers{limits: &a.limits, found: new(tally)} }

// OpenEntry reads the content of one entry, inflated, with all limits and checks: the last error is io.EOF when everything
// held, and a Problem otherwise. What its local header is wrong about is told by Read.
func (a *Archive) OpenEntry(ctx context.Context, e *Entry) (io.ReadCloser, error) {
	return a.open(ctx, e, func(s *span) io.Reader {
		return newBody(e, &a.limits, s, flate.NewReader(strings.NewReader("")), true)
	})
}

// OpenRaw reads the content of one entry as it stands, for whoever hands it on unchanged. Nothing of it is checked.
func (a *Archive) OpenRaw(ctx context.Context, e *Entry) (io.ReadCloser, error) {
	return a.open(ctx, e, func(s *span) io.Reader { return s })
}

func (a *Archive) open(ctx context.Context, e *Entry, content func(*span) io.Reader) (io.ReadCloser, error) {
	if e.Refused != "" {
		return nil, Problem{File: e.Name, Rule: e.Refused, Reason: "it is not read"}
	}
	s := a.ranges.begin(e.Offset, a.next(e))
	if _, err := a.begin(e, s, a.localHeaders()); err != nil {
		s.close()
		return nil, named(err, e.Name)
	}
	return &opened{attentive{ctx: ctx, Reader: content(s)}, s, e.Name}, nil
}

type opened struct {
	attentive
	span *span
	name string
}

// Read names the file in what goes wrong.
func (o *opened) Read(p []byte) (int, error) {
	n, err := o.attentive.Read(p)
	if err != nil && err != io.EOF {
		err = named(err, o.name)
	}
	return n, err
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
