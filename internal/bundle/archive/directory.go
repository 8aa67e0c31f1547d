package archive

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"strings"
)

// readDirectory reads record by record: the directory is never in memory as a whole, only what is kept of it.
func (a *Archive) readDirectory(ctx context.Context, end end, found *tally) error {
	r := bufio.NewReaderSize(io.NewSectionReader(a.source, end.start, end.size), int(min(max(end.size, 16), chunkSize)))
	left := a.limits.Directory
	var err error
	for err == nil {
		if err = context.Cause(ctx); err != nil {
			return stopped(err)
		}
		var e Entry
		var comment int
		if e, comment, err = a.readRecord(r, found); err != nil {
			break
		}
		if len(a.Entries) == a.limits.Entries {
			found.add(broken(TooMany, "the directory lists more than %d entries; the rest is not read", a.limits.Entries))
			break
		}
		if left -= int64(len(e.Raw) + comment + sizeCentral); left < 0 {
			found.add(broken(Directory, "the directory is larger than %d bytes; the rest is not read", a.limits.Directory))
			break
		}
		e.Offset += end.shift
		a.Entries = append(a.Entries, e)
	}
	switch {
	case errors.Is(err, errNoRecord) || errors.Is(err, io.ErrUnexpectedEOF):
		found.add(broken(Truncated, "the directory is damaged after %d entries; the rest of it is not read", len(a.Entries)))
	case err != nil && err != io.EOF:
		return unreadable(err)
	}
	a.compare(end, err, found)
	return nil
}

// compare holds what the end record claims against what was found.
func (a *Archive) compare(end end, stop error, found *tally) {
	if n := uint64(len(a.Entries)); stop == io.EOF && n != end.entries && (n&math.MaxUint16 != end.entries || n <= math.MaxUint16) {
		found.add(broken(Count, "the end record counts %d entries, the directory lists %d", end.entries, n))
	}
	if end.after > 0 {
		found.add(broken(Unlisted, "%d bytes behind the archive belong to no entry", end.after))
	}
}

var errNoRecord = errors.New("no record of a directory")

func (a *Archive) readRecord(r *bufio.Reader, found *tally) (e Entry, comment int, err error) {
	var fixed [sizeCentral]byte
	if _, err := io.ReadFull(r, fixed[:]); err != nil {
		return e, 0, err
	}
	if order.Uint32(fixed[:]) != signCentral {
		return e, 0, errNoRecord
	}
	e, name, extra, comment := decodeCentral(fixed[:])
	e.Index = len(a.Entries)
	err = a.limits.readVariable(r, &e, name, extra, false, found)
	if err != nil {
		return e, 0, err
	}
	text := make([]byte, comment)
	if _, err := io.ReadFull(r, text); err != nil {
		return e, 0, io.ErrUnexpectedEOF
	}
	e.Comment = string(text)
	return e, comment, nil
}

// readVariable reads a name and the extra fields behind it, in a record or in a local header, and names the entry.
func (l *Limits) readVariable(r io.Reader, e *Entry, name, extra int, local bool, found *tally) error {
	b := make([]byte, name+extra)
	if _, err := io.ReadFull(r, b); err != nil {
		return io.ErrUnexpectedEOF
	}
	var problems []Problem
	if name > l.Name {
		problems = append(problems, broken(NameLong, "a name of %d bytes; the first %d are kept", name, l.Name))
	}
	e.Raw = string(b[:min(name, l.Name)])
	text, valid := decodeName(e, e.extras(b[name:], local))
	if !valid {
		problems = append(problems, broken(NameEncoding, "the name is said to be UTF-8 and is not"))
	}
	e.Name = strings.Clone(printable(text))
	for _, p := range append(problems, checkName(text)...) {
		p.File = e.Name
		found.add(p)
	}
	return nil
}
