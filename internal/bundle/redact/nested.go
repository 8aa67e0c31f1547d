package redact

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/redact/receipt"
)

// file joins what was made of a file and of what is nested in it. Content is the file as it was, where something is; nil
// has it opened. Passed is false where it is not passed on, which is noted.
func (w *writer) file(name string, c *copied, inner []*copied, content io.Reader) (f written, passed bool, err error) {
	left, lost := w.withhold(c)
	nests := c.file.Kind == archive.Zip || c.file.Kind == archive.Gzip
	if !nests && c.file.Whole {
		left.Before = &receipt.Digest{SHA256: hex.EncodeToString(c.before.Sum(nil)), Size: c.file.Size}
	}
	switch {
	case lost && left.Rule == string(Unexamined):
		w.dropped = append(w.dropped, left)
		return f, false, nil
	case lost:
		w.withheld = append(w.withheld, left)
		w.innerWithheld(inner)
		return f, false, nil
	case nests:
		return w.container(name, c, inner, content)
	}
	c.name = name
	w.passed = append(w.passed, c.receipt(c.name))
	return w.leaf(c), true, nil
}

// innerWithheld names what is nested in a file that is not passed on.
func (w *writer) innerWithheld(inner []*copied) {
	for _, c := range inner {
		w.withheld = append(w.withheld, receipt.Left{Name: w.name(c.file.Name), Format: string(c.file.Kind), Rule: string(archive.NestedLost), Reason: "the archive that it is in is not passed on"})
	}
}

// leaf is the compressed content of one file.
func (w *writer) leaf(c *copied) (f written) {
	if c.size == 0 {
		return written{header: zip.FileHeader{Method: zip.Store}}
	}
	f = written{header: zip.FileHeader{Method: zip.Deflate, CRC32: c.sum, UncompressedSize64: uint64(c.size)}, parts: c.parts}
	for _, part := range f.parts {
		f.header.CompressedSize64 += uint64(part.length)
	}
	return f
}

// container makes an archive within the archive anew.
func (w *writer) container(name string, c *copied, inner []*copied, content io.Reader) (f written, passed bool, err error) {
	if content == nil {
		opened, err := w.archive.OpenEntry(w.ctx, c.file.Entry)
		if err != nil {
			return f, false, err
		}
		defer opened.Close()
		content = opened
	}
	before := sha256.New()
	counted := &counting{Reader: io.TeeReader(content, before)}
	to := w.stored()
	place := len(w.passed)
	w.passed = append(w.passed, receipt.File{Name: name})
	if c.file.Kind == archive.Zip {
		passed, err = true, w.zip(to, name, c.file, inner, counted)
	} else {
		passed, err = w.gzip(to, name, inner)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, counted)
	}
	if err != nil || !passed {
		w.passed = w.passed[:place]
		return f, false, err
	}
	f, err = to.finish()
	w.passed[place].Before = receipt.Digest{SHA256: hex.EncodeToString(before.Sum(nil)), Size: counted.n}
	w.passed[place].After = to.digest()
	return f, true, err
}

// gzip makes a rotated log anew, as one member. Its header keeps neither a name nor a time: nobody has looked at them.
func (w *writer) gzip(to *stored, within string, inner []*copied) (passed bool, err error) {
	if len(inner) == 0 {
		return false, nil
	}
	was := inner[0].file.Name
	name := within + "!" + w.name(was[strings.LastIndexByte(was, '!')+1:])
	f, passed, err := w.file(name, inner[0], inner[1:], nil)
	if err != nil || !passed {
		return false, err
	}
	const fastest, unknown = 4, 255
	_, err = to.Write([]byte{0x1F, 0x8B, 8, 0, 0, 0, 0, 0, fastest, unknown})
	if f.header.Method == zip.Store && err == nil {
		_, err = to.Write(noContent)
	}
	for _, part := range f.parts {
		if err == nil {
			_, err = io.Copy(to, io.NewSectionReader(w.Scratch, part.offset, int64(part.length)))
		}
	}
	end := binary.LittleEndian.AppendUint32(nil, f.header.CRC32)
	end = binary.LittleEndian.AppendUint32(end, uint32(f.header.UncompressedSize64))
	if err == nil {
		_, err = to.Write(end)
	}
	return true, err
}

// zip goes through the archive as it was, for the names, times and directories that a file does not carry, and puts into
// the new one what was made of each file.
func (w *writer) zip(to *stored, name string, f *archive.File, inner []*copied, content io.Reader) error {
	z := zip.NewWriter(to)
	in := &writer{redaction: w.redaction, ctx: w.ctx, names: map[string]int{}}
	s := archive.NewStream(content, w.Limits.Archive)
	for {
		e, err := s.Next()
		if err == io.EOF {
			return z.Close()
		}
		if err != nil {
			return err
		}
		if err := in.inner(z, s, place{f.Name + "!", name + "!"}, e, &inner); err != nil {
			return err
		}
	}
}

// place is what stands before the names in a nested archive: as it was, and as it is in the redacted bundle.
type place struct{ was, is string }

// inner puts one entry of a nested archive into the new one.
func (w *writer) inner(z *zip.Writer, s *archive.Stream, within place, e *archive.Entry, rest *[]*copied) error {
	like := *e
	switch {
	case e.Refused != "":
		w.withheld = append(w.withheld, receipt.Left{Name: within.is + w.name(e.Name), Rule: string(e.Refused), Reason: "it is not read"})
		return nil
	case e.IsDir():
		return w.directory(z, &like)
	case len(*rest) == 0 || (*rest)[0].file.Name != within.was+e.Name:
		return archive.Problem{Rule: Changed, Reason: "an archive within the archive was not the same when it was read again"}
	}
	c := (*rest)[0]
	deeper := 1
	for deeper < len(*rest) && strings.HasPrefix((*rest)[deeper].file.Name, c.file.Name+"!") {
		deeper++
	}
	name := w.unique(w.name(e.Name))
	f, passed, err := w.file(within.is+name, c, (*rest)[1:deeper], s)
	*rest = (*rest)[deeper:]
	if err != nil || !passed {
		return err
	}
	return w.put(z, name, &like, f)
}
