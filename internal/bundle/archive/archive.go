// Package archive reads a support bundle: a zip of any size, by ranges, in bounded memory, whoever made it.
//
// Open reads the directory and says what is in the archive and what is wrong with it. Read then hands over the text of
// every file, in blocks of whole lines and in UTF-8, to as many goroutines as asked for, while the next is inflated. An
// archive within the archive and a log that was rotated with gzip are read as well, one level down, under the name
// entry!inner. OpenEntry, Stream, Identify and package lines are the same by hand and in sequence, for whoever writes the
// archive anew.
//
// Hostile input is the normal case. Every limit is data (Limits), and whatever goes past one, contradicts itself or
// cannot be read becomes a Problem with a rule and one line of reason; reading goes on with what is left where that is
// safe. What the directory says is checked against what stands in the file: headers, sizes, checksums, and that every
// byte belongs to one entry and no more.
//
// It writes nothing and creates no files: a name in an archive is data, never a destination. It decrypts nothing, follows
// no link, and does not repair. It knows nothing of products and logs.
package archive

import (
	"context"
	"errors"
	"io"
	"slices"
)

// Archive is an opened zip. It is read by offsets and holds no position: it can be read several times, and at once.
type Archive struct {
	Entries []Entry // in the order of the directory
	Comment string  // of the archive, as it stands: neither in a known encoding nor safe to print

	source   io.ReaderAt
	ranges   *ranges // for who opens entries one by one
	limits   Limits
	problems []Problem
	plan     []*Entry // by offset, without those that lie over another
	data     int64    // where the entries end and the directory begins
	spare    int64    // inflated bytes that are left to what is nested
}

// Open reads the directory of a zip of size bytes. Where there is none, because the file was cut short, it goes through
// the entries from the front as far as they are whole, and says so as a Problem.
//
// The error is a Problem when this is no zip at all, or when the source fails.
func Open(ctx context.Context, source io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	a := &Archive{limits: limits, data: size}
	near, err := nearEnd(source, size)
	if err != nil {
		return nil, unreadable(err)
	}
	a.source = near
	var found tally
	if end, holds := findEnd(near, size, &found); holds {
		a.Comment, a.data = end.comment, end.start
		err = a.readDirectory(ctx, end, &found)
	} else {
		err = a.salvage(ctx, size, &found)
	}
	if err != nil {
		return nil, err
	}
	a.judge(&found)
	a.ranges = newRanges(a.source, a.data)
	a.problems = found.list()
	return a, nil
}

// Problems are what is wrong with the archive as its directory tells it, in the order of the directory; Read finds more.
func (a *Archive) Problems() []Problem { return slices.Clone(a.problems) }

// unreadable is a failure of the source, not of the archive: worth another try.
func unreadable(err error) Problem {
	var p Problem
	if errors.As(err, &p) {
		return p
	}
	return Problem{Rule: Unreadable, Reason: "the archive could not be fetched: " + printable(err.Error()), cause: err}
}

// stopped is the end of a context.
func stopped(cause error) Problem {
	return Problem{Rule: Stopped, Reason: "stopped before the end: " + printable(cause.Error()), cause: cause}
}
