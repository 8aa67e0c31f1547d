package redact

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/sensitive"
)

// learner is the first reading: it gathers the values, and keeps in scratch where they stand.
type learner struct {
	*redaction
	pool   sync.Pool // of *lesson
	failed atomic.Pointer[error]
}

// lesson is what is found in one block.
type lesson struct {
	block  *archive.Block
	found  sensitive.Found
	recent recent
	coded  []byte
}

// notes say where in scratch the places of each block of a file are, in the order of the blocks.
type notes struct {
	file   *archive.File
	carry  sensitive.Carry
	blocks []blockNotes
}

type blockNotes struct {
	offset int64 // of the block in the file
	places extent
}

// fileKey is the same for a file in both readings, unless an archive within the archive holds two of a name.
type fileKey struct {
	entry int
	name  string
}

func keyOf(f *archive.File) fileKey { return fileKey{f.Entry.Index, f.Name} }

// learn reads the bundle and all its names.
func (r *redaction) learn(ctx context.Context) error {
	l := &learner{redaction: r}
	l.pool.New = func() any { return new(lesson) }
	report := archive.Read(ctx, r.archive, archive.Pass[*lesson]{Workers: r.workers, Look: l.look, Take: l.take})
	if err := stopped(report.Problems); err != nil {
		return err
	}
	if err := l.failed.Load(); err != nil {
		return fmt.Errorf("writing to scratch: %w", *err)
	}
	l.names(r.allNames(report))
	for _, f := range report.Files {
		r.first[keyOf(f)] = append(r.first[keyOf(f)], noted(f))
	}
	if r.values.full {
		return ErrTooMany
	}
	return r.prepare()
}

func (l *learner) look(b *archive.Block) *lesson {
	s := l.pool.Get().(*lesson)
	s.block = b
	l.detector.Search(b.Text, b.First, &s.found)
	return s
}

// take remembers the values of a block and where they stand.
func (l *learner) take(f *archive.File, s *lesson) {
	defer l.pool.Put(s)
	n := noted(f)
	n.carry.Complete(&s.found)
	s.coded = s.coded[:0]
	at := int32(0)
	for _, p := range s.found.Places {
		value := s.found.Value(p)
		if !s.recent.has(value.Kind, value.Reveal()) {
			l.values.add(value.Kind, value.Reveal())
		}
		s.coded = appendPlace(s.coded, p, at, len(value.Reveal()))
		at = p.Start
	}
	if len(s.coded) == 0 {
		return
	}
	e, err := l.spool.append(s.coded)
	if err != nil {
		l.failed.Store(&err)
	}
	n.blocks = append(n.blocks, blockNotes{s.block.Offset, e})
}

// noted is what was gathered of a file so far.
func noted(f *archive.File) *notes {
	n, _ := f.State.(*notes)
	if n == nil {
		n = &notes{file: f}
		f.State = n
	}
	return n
}

func (r *redaction) allNames(report *archive.Report) (all []string) {
	for _, e := range r.archive.Entries {
		all = append(all, e.Name)
	}
	for _, f := range report.Files {
		if f.Name != f.Entry.Name {
			all = append(all, f.Name)
		}
	}
	return all
}

// appendPlace codes a place in some four bytes: how far behind the last it starts, how long it is, its kind and form, and
// the length of the value if it is escaped. The value itself is not written.
func appendPlace(b []byte, p sensitive.Place, last int32, length int) []byte {
	b = binary.AppendVarint(b, int64(p.Start-last))
	b = binary.AppendUvarint(b, uint64(p.End-p.Start))
	b = append(b, byte(p.Kind)<<3|byte(p.Form))
	if p.Form != sensitive.Plain && p.Form != sensitive.Base64 {
		b = binary.AppendUvarint(b, uint64(length))
	}
	return b
}

// places reads what appendPlace wrote.
func places(coded []byte, to []edit) []edit {
	at := int64(0)
	for len(coded) > 0 {
		step, n := binary.Varint(coded)
		size, m := binary.Uvarint(coded[n:])
		what := coded[n+m]
		coded = coded[n+m+1:]
		at += step
		e := edit{start: int32(at), end: int32(at) + int32(size), kind: sensitive.Kind(what >> 3), form: sensitive.Form(what & 7)}
		if e.form != sensitive.Plain && e.form != sensitive.Base64 {
			length, n := binary.Uvarint(coded)
			e.length, coded = int32(length), coded[n:]
		}
		to = append(to, e)
	}
	return to
}
