package archive

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
)

// readDirectory reads what an end record leads to, and holds what that claims against what is there.
func (a *Archive) readDirectory(ctx context.Context, end end, found *tally) error {
	r := bufio.NewReaderSize(io.NewSectionReader(a.source, end.start, end.size), int(min(max(end.size, 16), chunkSize)))
	err := a.list(ctx, r, &headers{limits: &a.limits, found: found}, end.shift)
	var limit Problem
	switch {
	case err == io.EOF:
		a.checkCount(end.entries, found)
	case errors.Is(err, errNoRecord) || errors.Is(err, io.ErrUnexpectedEOF):
		found.add(broken(Truncated, "the directory is damaged after %d entries; the rest of it is not read", len(a.Entries)))
	case errors.As(err, &limit) && limit.cause == nil:
		found.add(limit)
	default:
		return unreadable(err)
	}
	if end.after > 0 {
		found.add(broken(Unlisted, "%d bytes behind the archive belong to no entry", end.after))
	}
	return nil
}

// list reads record by record: the directory is never in memory as a whole, only what is kept of it.
func (a *Archive) list(ctx context.Context, r io.Reader, h *headers, shift int64) error {
	for left := a.limits.Directory; ; {
		if err := context.Cause(ctx); err != nil {
			return stopped(err)
		}
		e, err := h.record(r)
		left -= int64(len(e.Raw) + len(e.Comment) + sizeCentral)
		switch {
		case err != nil:
			return err
		case len(a.Entries) == a.limits.Entries:
			return broken(TooMany, "the directory lists more than %d entries; the rest is not read", a.limits.Entries)
		case left < 0:
			return broken(Directory, "the directory is larger than %d bytes; the rest is not read", a.limits.Directory)
		}
		e.Index, e.Offset = len(a.Entries), e.Offset+shift
		a.Entries = append(a.Entries, e)
	}
}

// checkCount allows for those who count in 16 bits what does not fit into them.
func (a *Archive) checkCount(claimed uint64, found *tally) {
	n := uint64(len(a.Entries))
	wrapped := n > math.MaxUint16 && n&math.MaxUint16 == claimed
	if n != claimed && !wrapped {
		found.add(broken(Count, "the end record counts %d entries, the directory lists %d", claimed, n))
	}
}
