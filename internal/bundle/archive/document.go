package archive

import (
	"compress/gzip"
	"io"
	"path"
	"strings"

	"waybill/internal/bundle/archive/lines"
)

// document reads one entry after the other, and what is nested in it.
type document[Found any] struct {
	*reading[Found]
	at      int // in the plan
	entry   *Entry
	headers *headers
	heads   [][]byte // first bytes, one for each depth of nesting
}

// read goes through the entry's content.
func (d *document[Found]) read(s *span, inflater io.Reader) {
	f := d.newFile(d.entry.Name)
	problems, err := d.a.begin(d.entry, s, d.headers)
	f.add(problems...)
	if err != nil {
		f.add(named(err, f.Name))
		d.fold(f).read(0)
		return
	}
	d.file(f, newBody(d.entry, &d.a.limits, s, inflater, true), 0)
}

func (d *document[Found]) newFile(name string) *File {
	f := &File{Name: name, Entry: d.entry}
	d.files[d.at] = append(d.files[d.at], f)
	return f
}

func (d *document[Found]) fold(f *File) *fold[Found] {
	return &fold[Found]{file: f, take: d.pass.Take, end: d.pass.End, free: d.free, waiting: map[int]held[Found]{}, total: -1}
}

// file reads one file, at a depth of nesting, and notes why it could not be read to its end.
func (d *document[Found]) file(f *File, content io.Reader, depth int) {
	counted := &counter{Reader: content}
	var whole io.Reader
	f.Nature, whole = identify(counted, d.head(depth))
	var blocks int
	fold := d.fold(f)
	unpacked := true
	switch {
	case f.Kind == Zip || f.Kind == Gzip:
		unpacked = d.nested(f, whole, depth)
	case f.Kind == Text || d.pass.Wants != nil && d.pass.Wants(f):
		blocks = d.blocks(f, fold, whole)
	}
	err := d.drain(whole)
	if err != io.EOF {
		f.add(named(err, f.Name))
	}
	f.Size, f.Whole = counted.n, unpacked && err == io.EOF
	fold.read(blocks)
}

func (d *document[Found]) head(depth int) []byte {
	for len(d.heads) <= depth {
		d.heads = append(d.heads, make([]byte, headSize))
	}
	return d.heads[depth]
}

// drain reads what nobody wants, for its checksum.
func (d *document[Found]) drain(r io.Reader) error {
	m := d.get()
	if m == nil {
		return stopped(d.ctx.Err())
	}
	defer func() { d.free <- m }()
	for d.ctx.Err() == nil {
		if _, err := r.Read(m.raw); err != nil {
			return err
		}
	}
	return stopped(d.ctx.Err())
}

// blocks hands out the lines of a file.
func (d *document[Found]) blocks(f *File, fold *fold[Found], whole io.Reader) (n int) {
	r := lines.NewReader(whole, f.Encoding)
	long, first := 0, 0
	for m := d.get(); m != nil; m = d.get() {
		l, err := r.Next(m.raw)
		if err != nil {
			d.free <- m
			break
		}
		if l.Cut && !l.Continues {
			if long++; long == 1 {
				first = l.First
			}
		}
		f.Lines = l.Last
		d.work <- task[Found]{&Block{File: f, Raw: l.Raw, Offset: l.Offset, First: l.First, Continues: l.Continues, Cut: l.Cut, number: n, memory: m}, fold}
		n++
	}
	if long > 0 && f.Kind == Text {
		f.add(broken(LineLong, "%d lines are longer than %d bytes, the first of them line %d; they are read in pieces", long, d.a.limits.Line, first))
	}
	return n
}

// nested reads what lies in an archive within the archive, and tells whether it came to the end of it.
func (d *document[Found]) nested(f *File, whole io.Reader, depth int) bool {
	var err error
	switch {
	case depth >= d.a.limits.Nesting:
		err = broken(NestedDeep, "archives within archives are read %d deep; this one is not", d.a.limits.Nesting)
	case f.Kind == Zip:
		err = d.zip(f, whole, depth+1)
	default:
		err = d.gzip(f, whole, depth+1)
	}
	if err != nil && err != io.EOF {
		f.add(named(err, f.Name))
		return false
	}
	return true
}

// inner begins a file within a file, as long as there may be more of them.
func (d *document[Found]) inner(f *File, name string) (*File, error) {
	if d.room.Add(-1) < 0 {
		return nil, broken(TooMany, "there are more than %d entries, nested ones included; the rest is not read", d.a.limits.Entries)
	}
	return d.newFile(f.Name + "!" + name), nil
}

// zip reads entry after entry, by their local headers: the whole is never held.
func (d *document[Found]) zip(f *File, whole io.Reader, depth int) error {
	s := newStream(whole, &d.a.limits, d.spare)
	err := d.entries(f, s, depth)
	for _, p := range s.Problems() {
		p.File = strings.TrimSuffix(f.Name+"!"+p.File, "!")
		f.add(p)
	}
	return err
}

func (d *document[Found]) entries(f *File, s *Stream, depth int) error {
	refused := 0
	for d.ctx.Err() == nil {
		e, err := s.Next()
		switch {
		case err == io.EOF && refused > 0:
			return broken(NestedLost, "%d of its entries were not read", refused)
		case err != nil:
			return err
		case e.Refused != "":
			refused++
		case !e.IsDir():
			inner, err := d.inner(f, e.Name)
			if err != nil {
				return err
			}
			d.file(inner, s, depth)
		}
	}
	return stopped(d.ctx.Err())
}

// gzip reads all members as one file: that is what appending to a rotated log makes. The name that the header may hold is
// not used, as gunzip does not use it.
func (d *document[Found]) gzip(f *File, whole io.Reader, depth int) error {
	in := newCounted(whole)
	z, err := gzip.NewReader(in)
	if err != nil {
		return broken(NestedLost, "it begins like gzip and is not")
	}
	inner, err := d.inner(f, strings.TrimSuffix(path.Base(f.Name), ".gz"))
	if err != nil {
		return err
	}
	d.file(inner, &body{entry: &Entry{}, limits: &d.a.limits, source: in, plain: z, spare: d.spare}, depth)
	return nil
}
