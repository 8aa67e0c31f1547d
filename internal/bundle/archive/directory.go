package archive

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
)

// readDirectory reads record by record: the directory is never in memory as a whole, only what is kept of it.
func (a *Archive) readDirectory(ctx context.Context, end end, found *tally) error {
	r := bufio.NewReaderSize(io.NewSectionReader(a.source, end.start, end.size), int(min(max(end.size, 16), chunkSize)))
	left := a.limits.Directory
	h := headers{limits: &a.limits, found: found}
	var err error
	for err == nil {
		if err = context.Cause(ctx); err != nil {
			return stopped(err)
		}
		var e Entry
		if e, err = h.record(r); err != nil {
			break
		}
		if len(a.Entries) == a.limits.Entries {
			found.add(broken(TooMany, "the directory lists more than %d entries; the rest is not read", a.limits.Entries))
			break
		}
		if left -= int64(len(e.Raw) + len(e.Comment) + sizeCentral); left < 0 {
			found.add(broken(Directory, "the directory is larger than %d bytes; the rest is not read", a.limits.Directory))
			break
		}
		e.Index, e.Offset = len(a.Entries), e.Offset+end.shift
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
