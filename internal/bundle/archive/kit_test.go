package archive_test

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"sync"
	"testing"

	"waybill/internal/bundle/archive"
)

var order = binary.LittleEndian

// item is one entry of a zip that a test writes, byte by byte and as dishonestly as it likes.
type item struct {
	name       string
	text       string
	stored     bool
	descriptor bool
	central    func(*header) // changes what the directory says
	local      func(*header) // changes what the local header says
}

// header is what a local header or a record of the directory says.
type header struct {
	system         byte
	flags, method  uint16
	crc            uint32
	packed, size   uint64
	attributes     uint32
	offset         uint64
	name           string
	extra          []byte
	comment        string
	content        []byte // instead of what deflating makes
	zip64, nothing bool   // sizes in the extra field; no header at all
}

// bundle is a whole zip.
type bundle struct {
	before  string
	items   []item
	comment string
	behind  string
	zip64   bool
	end     func(*ending) // changes what the end record says
}

type ending struct{ entries, size, offset uint64 }

var deflaters = sync.Pool{New: func() any { w, _ := flate.NewWriter(nil, flate.BestSpeed); return w }}

func deflated(text string) []byte {
	var b bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

func (i item) header(offset int) header {
	h := header{system: 3, method: archive.Deflated, flags: 1 << 11, crc: crc32.ChecksumIEEE([]byte(i.text)), size: uint64(len(i.text)), name: i.name, offset: uint64(offset)}
	if i.stored {
		h.method, h.content = archive.Stored, []byte(i.text)
	} else {
		h.content = deflated(i.text)
	}
	if i.descriptor {
		h.flags |= 1 << 3
	}
	h.packed = uint64(len(h.content))
	return h
}

func (b bundle) bytes() []byte {
	out := []byte(b.before)
	var directory []byte
	for _, i := range b.items {
		h := i.header(len(out) - len(b.before))
		local := h
		if i.descriptor {
			local.crc, local.packed, local.size = 0, 0, 0
		}
		change(&local, i.local)
		if !local.nothing {
			out = append(append(append(out, local.asLocal()...), local.extra...), local.content...)
		}
		if i.descriptor {
			out = fields(out, uint32(0x08074b50), h.crc, uint32(h.packed), uint32(h.size))
		}
		change(&h, i.central)
		directory = append(directory, h.asCentral()...)
	}
	e := ending{uint64(len(b.items)), uint64(len(directory)), uint64(len(out) - len(b.before))}
	if b.end != nil {
		b.end(&e)
	}
	out = append(out, directory...)
	at := len(out) - len(b.before)
	if b.zip64 {
		out = fields(out, uint32(0x06064b50), uint64(44), uint16(45), uint16(45), uint32(0), uint32(0), e.entries, e.entries, e.size, e.offset)
		out = fields(out, uint32(0x07064b50), uint32(0), uint64(at), uint32(1))
		e = ending{0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF}
	}
	out = fields(out, uint32(0x06054b50), uint32(0), uint16(e.entries), uint16(e.entries), uint32(e.size), uint32(e.offset), uint16(len(b.comment)))
	return append(append(out, b.comment...), b.behind...)
}

func change(h *header, how func(*header)) {
	if how != nil {
		how(h)
	}
	if h.zip64 {
		h.extra = fields(h.extra, uint16(1), uint16(24), h.size, h.packed, h.offset)
		h.size, h.packed, h.offset = 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF
	}
}

func (h header) asLocal() []byte {
	b := fields(nil, uint32(0x04034b50), uint16(20), h.flags, h.method, uint32(0x5C610000), h.crc, uint32(h.packed), uint32(h.size))
	return append(fields(b, uint16(len(h.name)), uint16(len(h.extra))), h.name...)
}

func (h header) asCentral() []byte {
	b := fields(nil, uint32(0x02014b50), uint8(20), h.system, uint16(20), h.flags, h.method, uint32(0x5C610000), h.crc, uint32(h.packed), uint32(h.size))
	b = fields(b, uint16(len(h.name)), uint16(len(h.extra)), uint16(len(h.comment)), uint32(0), h.attributes, uint32(h.offset))
	return append(append(append(b, h.name...), h.extra...), h.comment...)
}

func fields(b []byte, values ...any) []byte {
	for _, v := range values {
		b, _ = binary.Append(b, order, v)
	}
	return b
}

func zipOf(items ...item) []byte { return bundle{items: items}.bytes() }

// content is what a reading found: each file's text, put together from its blocks.
type content struct {
	texts  map[string]string
	kinds  map[string]archive.Kind
	files  map[string]*archive.File
	report *archive.Report
	rules  []string // "file: rule", or "rule" of the archive
	opened error
}

func read(t *testing.T, zip []byte) content { return readWith(t, zip, archive.DefaultLimits()) }

func readWith(t *testing.T, zip []byte, limits archive.Limits) (c content) {
	t.Helper()
	c.texts, c.kinds, c.files = map[string]string{}, map[string]archive.Kind{}, map[string]*archive.File{}
	a, err := archive.Open(t.Context(), bytes.NewReader(zip), int64(len(zip)), limits)
	if c.opened = err; err != nil {
		return c
	}
	c.report = texts(t.Context(), a, c.texts)
	for _, f := range c.report.Files {
		c.kinds[f.Name], c.files[f.Name] = f.Kind, f
	}
	for _, p := range c.report.Problems {
		if strings.ContainsAny(p.Reason, "\r\n") || p.Reason == "" {
			t.Errorf("not one line of reason: %q", p.Reason)
		}
		c.rules = append(c.rules, strings.TrimPrefix(p.File+": ", ": ")+string(p.Rule))
	}
	return c
}

// texts reads an archive with as many workers as may get in each other's way. Files of one name come one behind the other.
func texts(ctx context.Context, a *archive.Archive, into map[string]string) *archive.Report {
	report := archive.Read(ctx, a, archive.Pass[string]{
		Workers: 3,
		Look:    func(b *archive.Block) string { return string(b.Text) },
		Take: func(f *archive.File, text string) {
			if f.State == nil {
				f.State = new(strings.Builder)
			}
			f.State.(*strings.Builder).WriteString(text)
		},
	})
	for _, f := range report.Files {
		if f.Kind == archive.Text {
			gathered, held := f.State.(*strings.Builder)
			if into[f.Name] += ""; held {
				into[f.Name] += gathered.String()
			}
		}
	}
	return report
}

// manyLines is so many lines of a log.
func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "2026-03-01 06:%02d:%02d,%03d+0000 http-nio-8080-exec-%d INFO anonymous 540x%dx1 - 192.0.2.%d /rest/api/2/issue/%d [c.a.j.w.Filter] served in %d ms\n", i/60%60, i%60, i%1000, i%25, i, i%250, i*7919%100003, i*31%977)
	}
	return b.String()
}
