package redact

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"hash/crc32"
	"slices"
	"sync"
	"sync/atomic"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/archive/charset"
)

// rewriter is the second reading: each block is rewritten by itself, by several goroutines at once. In their order, the
// blocks of a file are then compressed as one stream, so that the same text always becomes the same bytes.
type rewriter struct {
	*redaction
	pieces  sync.Pool // of *piece
	desks   sync.Pool // of *desk
	presses sync.Pool // of *press
	failed  atomic.Pointer[error]
}

// piece is what comes of a block.
type piece struct {
	block  *archive.Block
	passed bool   // on; else the block is only counted and digested
	out    []byte // the block's bytes, or memory of the piece's own
	memory []byte
	counts [kinds]int
	apart  []byte // occurrences that the map has to tell by their place
	length int    // of the text, rewritten
}

// kinds is more than there are: a place is coded with five bits for its kind.
const kinds = 32

// copied is what is gathered of a file.
type copied struct {
	file          *archive.File
	name          string // in the redacted bundle, once it is written
	before, after hash.Hash
	size          int64
	sum           uint32
	passed        bool
	press         *press
	parts         []extent // in scratch, compressed
	counts        [kinds]int
	text          int64 // bytes of the rewritten text so far, in UTF-8
	apart         []apart
}

// apart is where a block's text begins in that of its file, and what the map has to tell of it.
type apart struct {
	base  int64
	coded extent
}

// rewrite reads the bundle a second time.
func (r *redaction) rewrite(ctx context.Context) error {
	w := &rewriter{redaction: r}
	w.desks.New = func() any { return r.newDesk() }
	w.pieces.New = func() any { return new(piece) }
	w.presses.New = func() any { return newPress(r.spool) }
	all := func(*archive.File) bool { return true } // binaries too, for their digests
	report := archive.Read(ctx, r.archive, archive.Pass[*piece]{Workers: r.workers, Wants: all, Look: w.look, Take: w.take, End: w.end})
	if err := stopped(report.Problems); err != nil {
		return err
	}
	if err := w.failed.Load(); err != nil {
		return fmt.Errorf("writing to scratch: %w", *err)
	}
	if r.origins.full() {
		return ErrTooMany
	}
	for _, f := range report.Files {
		r.files = append(r.files, gathered(f))
	}
	for _, p := range report.Problems {
		r.notes = append(r.notes, r.name(p.Error()))
	}
	return nil
}

// look rewrites a block.
func (w *rewriter) look(b *archive.Block) *piece {
	p := w.pieces.Get().(*piece)
	*p = piece{block: b, memory: p.memory, apart: p.apart[:0]}
	n := w.first[keyOf(b.File)]
	switch {
	case len(n) != 1 || w.lost(n[0].file):
	case b.File.Kind == archive.Text:
		p.passed = w.text(p, n[0])
	case w.Keep != nil && w.Keep(b.File):
		p.passed, p.out = true, b.Raw
	}
	return p
}

// text replaces what is to be replaced in a block, and encodes that as the file is.
func (w *rewriter) text(p *piece, n *notes) bool {
	d := w.desks.Get().(*desk)
	defer w.desks.Put(d)
	d.edits = d.edits[:0]
	b := p.block
	if i, found := slices.BinarySearchFunc(n.blocks, b.Offset, func(a blockNotes, at int64) int { return int(a.offset - at) }); found {
		var err error
		if d.coded, err = w.spool.read(d.coded, n.blocks[i].places); err != nil {
			w.failed.Store(&err)
			return false
		}
		d.edits = merged(places(d.coded, d.edits))
	}
	d.edits = d.search(b.Text, d.edits)
	if len(d.edits) == 0 {
		p.out, p.length = b.Raw, len(b.Text)
		return true
	}
	p.out = p.splice(d)
	p.memory = p.out
	return true
}

// splice puts the replacements between what stays, byte for byte as it was.
func (p *piece) splice(d *desk) (out []byte) {
	b := p.block
	mark := 0
	if b.Offset == 0 {
		mark = b.File.Mark
	}
	original := charset.NewOriginal(b.File.Encoding, b.Raw, mark)
	out = p.memory[:0]
	for _, e := range d.edits {
		r := d.replace(b.Text, e)
		if r.exception > 0 {
			p.apart = binary.AppendUvarint(p.apart, uint64(int(e.start)+p.length))
			p.apart = binary.AppendUvarint(p.apart, uint64(r.exception))
		}
		p.length += len(r.text) - int(e.end-e.start)
		if !r.changed {
			continue
		}
		p.counts[e.kind]++
		out = append(out, original.Until(int(e.start))...)
		out = b.File.Encoding.Encode(out, r.text)
		original.Until(int(e.end))
	}
	p.length += len(b.Text)
	return append(out, original.Rest()...)
}

// take joins the blocks of a file.
func (w *rewriter) take(f *archive.File, p *piece) {
	defer w.pieces.Put(p)
	c := gathered(f)
	c.before.Write(p.block.Raw)
	c.passed = c.passed && p.passed
	if !p.passed {
		return
	}
	c.after.Write(p.out)
	c.sum = crc32.Update(c.sum, crc32.IEEETable, p.out)
	c.size += int64(len(p.out))
	if c.press == nil {
		c.press = w.presses.Get().(*press)
	}
	if err := c.press.write(p.out); err != nil {
		w.failed.Store(&err)
	}
	for k, n := range p.counts {
		c.counts[k] += n
	}
	if len(p.apart) > 0 {
		e, err := w.spool.append(p.apart)
		if err != nil {
			w.failed.Store(&err)
		}
		c.apart = append(c.apart, apart{c.text, e})
	}
	c.text += int64(p.length)
}

// end finishes a file's stream.
func (w *rewriter) end(f *archive.File) {
	c := gathered(f)
	if c.press == nil {
		return
	}
	var err error
	if c.parts, err = c.press.close(); err != nil {
		w.failed.Store(&err)
	}
	w.presses.Put(c.press)
	c.press = nil
}

func gathered(f *archive.File) *copied {
	c, _ := f.State.(*copied)
	if c == nil {
		c = &copied{file: f, before: sha256.New(), after: sha256.New(), passed: true}
		f.State = c
	}
	return c
}
