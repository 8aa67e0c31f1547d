package redact

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"io"
	"strconv"
	"strings"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/redact/receipt"
)

// writer joins what was rewritten, in the order of the directory.
type writer struct {
	*redaction
	ctx   context.Context
	names map[string]int // how often each was written
}

// written is one file that is ready to be put into an archive.
type written struct {
	header zip.FileHeader
	parts  []extent
}

// noContent ends a deflate stream: a last block with nothing in it (RFC 1951, 3.2.6).
var noContent = []byte{0x03, 0x00}

// write makes the redacted bundle of what is in scratch.
func (r *redaction) write(ctx context.Context, out io.Writer) (receipt.Digest, error) {
	digest := digesting{Writer: out, sum: sha256.New()}
	buffered := bufio.NewWriterSize(&digest, 256<<10)
	z := zip.NewWriter(buffered)
	w := &writer{redaction: r, ctx: ctx, names: map[string]int{}}
	files := r.byEntry()
	for i := range r.archive.Entries {
		e := &r.archive.Entries[i]
		if err := w.entry(z, e, files[e.Index]); err != nil {
			return receipt.Digest{}, err
		}
	}
	if err := z.Close(); err != nil {
		return receipt.Digest{}, err
	}
	return digest.digest(), buffered.Flush()
}

// byEntry groups the files that were read by the entry that they are or lie in.
func (r *redaction) byEntry() map[int][]*copied {
	all := map[int][]*copied{}
	for _, c := range r.files {
		all[c.file.Entry.Index] = append(all[c.file.Entry.Index], c)
	}
	return all
}

// entry writes one entry of the bundle, or notes why it does not.
func (w *writer) entry(z *zip.Writer, e *archive.Entry, files []*copied) error {
	switch {
	case e.Refused != "":
		w.withheld = append(w.withheld, receipt.Left{Name: w.name(e.Name), Rule: string(e.Refused), Reason: w.refusal(e)})
		return nil
	case e.IsDir():
		return w.directory(z, e)
	case len(files) == 0:
		w.withheld = append(w.withheld, receipt.Left{Name: w.name(e.Name), Rule: string(Changed), Reason: "it was not read"})
		return nil
	}
	name := w.unique(w.name(e.Name))
	content, passed, err := w.file(name, files[0], files[1:], nil)
	if err != nil || !passed {
		return err
	}
	return w.put(z, name, e, content)
}

// refusal is the reason that the reader gave.
func (w *writer) refusal(e *archive.Entry) string {
	for _, p := range w.archive.Problems() {
		if p.File == e.Name && p.Rule == e.Refused {
			return w.name(p.Reason)
		}
	}
	return "it is not read"
}

// put writes a file's header, as the entry's was, and its content out of scratch.
func (w *writer) put(z *zip.Writer, name string, e *archive.Entry, f written) error {
	h := f.header
	h.Name = name
	like(&h, e)
	to, err := z.CreateRaw(&h)
	for _, part := range f.parts {
		if err == nil {
			_, err = io.Copy(to, io.NewSectionReader(w.Scratch, part.offset, int64(part.length)))
		}
	}
	return err
}

// like gives a header the time and the mode of an entry: the time as it stands there, which has no zone. Comments and
// extra fields are not copied; nobody has looked at them.
func like(h *zip.FileHeader, e *archive.Entry) {
	const version, utf8, descriptor = 20, 1 << 11, 1 << 3
	h.CreatorVersion, h.ReaderVersion = uint16(e.System)<<8|version, version
	h.ExternalAttrs = e.Attributes
	//lint:ignore SA1019 the time in the header is what stays as it is; Modified would add a field with a zone.
	h.ModifiedDate, h.ModifiedTime = uint16(e.DOSTime>>16), uint16(e.DOSTime)
	if strings.ContainsFunc(h.Name, func(r rune) bool { return r >= 0x80 }) {
		h.Flags |= utf8
	}
	if h.UncompressedSize64 >= 1<<32-1 || h.CompressedSize64 >= 1<<32-1 {
		h.Flags |= descriptor // which is where the package writes sizes of eight bytes
	}
}

func (w *writer) directory(z *zip.Writer, e *archive.Entry) error {
	if p, harmful := reasonNamed(strings.TrimSuffix(e.Name, "/")); harmful {
		w.withheld = append(w.withheld, receipt.Left{Name: w.name(e.Name), Rule: string(p.Rule), Reason: p.Reason})
		return nil
	}
	return w.put(z, w.unique(w.name(e.Name)), e, written{header: zip.FileHeader{Method: zip.Store}})
}

// unique tells apart two files whose names were different before and are not any more.
func (w *writer) unique(name string) string {
	w.names[name]++
	if n := w.names[name]; n > 1 {
		base, slash := strings.TrimSuffix(name, "/"), ""
		if base != name {
			slash = "/"
		}
		return base + "~" + strconv.Itoa(n) + slash
	}
	return name
}
