package archive

import (
	"cmp"
	"compress/flate"
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Pass is who reads, and how. Look is called for many blocks at once and must not depend on any other; Take is called with
// what was found, in the order of the blocks of a file, never twice at once for one file, though at once for several. So
// results depend on what is in the archive and not on who was faster. Files are told apart by their pointer: two may have
// one name.
type Pass[Found any] struct {
	Workers int // how many look at once, and how many inflate; one per core
	// Wants tells whether the bytes of a binary are wanted; nil for none. They come in blocks, as lines do.
	Wants func(*File) bool
	Look  func(*Block) Found
	Take  func(*File, Found) // Found may point into the block until Take returns
	End   func(*File)        // after the last Take of a file; nil for nothing
}

// Report is what was read. Entries that were refused are no files; their problems are told.
type Report struct {
	Files    []*File   // in the order of the directory, what is nested behind what it is nested in
	Problems []Problem // of the archive and of the files, in that order
}

// Read reads every entry that is not refused, once, in the order in which they lie in the file. Memory is a few blocks of
// Limits.Line and a few MiB of the file for each worker, whatever the archive. When the context ends, so does Read, with a
// Problem: the rule is Stopped.
func Read[Found any](ctx context.Context, a *Archive, p Pass[Found]) *Report {
	r := newReading(ctx, a, p)
	var inflating, looking sync.WaitGroup
	for range max(1, p.Workers) {
		inflating.Go(r.inflate)
		looking.Go(r.look)
	}
	inflating.Wait()
	close(r.work)
	looking.Wait()
	return r.report()
}

type reading[Found any] struct {
	ctx    context.Context
	a      *Archive
	pass   Pass[Found]
	ranges *ranges
	spare  *atomic.Int64 // inflated bytes left to what is nested
	room   *atomic.Int64 // files left to what is nested
	free   chan *memory
	work   chan task[Found]

	mu    sync.Mutex
	at    int       // in the plan
	files [][]*File // by place in the plan
}

// task is a block to look at.
type task[Found any] struct {
	block *Block
	fold  *fold[Found]
}

func newReading[Found any](ctx context.Context, a *Archive, p Pass[Found]) *reading[Found] {
	blocks := 4*max(1, p.Workers) + 2
	r := &reading[Found]{
		ctx: ctx, a: a, pass: p, ranges: newRanges(a.source, a.data), files: make([][]*File, len(a.plan)),
		spare: new(atomic.Int64), room: new(atomic.Int64),
		free: make(chan *memory, blocks), work: make(chan task[Found], blocks),
	}
	r.spare.Store(a.spare)
	r.room.Store(int64(a.limits.Entries - len(a.Entries)))
	for range blocks {
		r.free <- new(memory)
	}
	return r
}

// inflate reads entry after entry.
func (r *reading[Found]) inflate() {
	inflater := flate.NewReader(strings.NewReader(""))
	d := document[Found]{reading: r, headers: r.a.localHeaders()}
	for {
		at, s := r.take()
		if s == nil {
			return
		}
		d.at, d.entry = at, r.a.plan[at]
		d.read(s, inflater)
		s.close()
	}
}

// take takes the next entry; who takes it says at once what he will fetch.
func (r *reading[Found]) take() (at int, s *span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ; r.at < len(r.a.plan) && r.ctx.Err() == nil; r.at++ {
		e := r.a.plan[r.at]
		if e.Refused != "" || e.IsDir() {
			continue
		}
		at, r.at = r.at, r.at+1
		return at, r.ranges.begin(e.Offset, r.a.next(e))
	}
	return 0, nil
}

// look searches block after block.
func (r *reading[Found]) look() {
	for t := range r.work {
		t.block.decode()
		t.fold.looked(t.block, r.pass.Look(t.block))
	}
}

func (r *reading[Found]) report() *Report {
	inOrder := make([]int, len(r.files))
	for i := range inOrder {
		inOrder[i] = i
	}
	slices.SortFunc(inOrder, func(x, y int) int { return cmp.Compare(r.a.plan[x].Index, r.a.plan[y].Index) })
	var found tally
	found.add(r.a.problems...)
	report := &Report{}
	for _, i := range inOrder {
		report.Files = append(report.Files, r.files[i]...)
		for _, f := range r.files[i] {
			found.add(f.Problems...)
		}
	}
	if err := context.Cause(r.ctx); err != nil {
		found.add(stopped(err))
	}
	report.Problems = found.list()
	return report
}

// get waits for memory; nil when the context has ended.
func (r *reading[Found]) get() *memory {
	select {
	case m := <-r.free:
		if m.raw == nil {
			m.raw = make([]byte, max(r.a.limits.Line, 16))
		}
		return m
	case <-r.ctx.Done():
		return nil
	}
}
