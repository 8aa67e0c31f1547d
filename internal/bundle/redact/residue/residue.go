// Package residue is the second look at a redacted bundle. It reads the finished archive with the standard library, searches
// it for every value that was found before, in every encoding that a value may be written in, and for what has the shape of
// one whether it was found before or not. Whatever it finds, the bundle must not leave.
//
// It shares no code with what found the values and replaced them, so that one mistake is not made twice: it does not decode
// the text and look at it, it encodes the values and looks for them. What it must not take for a value is data: the form of
// pseudonyms, what stands where something was removed, addresses for documentation.
//
// It never says what it found, only the kind, the file and the line.
package residue

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Value is something that must not be there any more.
type Value struct{ Kind, Text string }

// Wanted is what to search for, and where not.
type Wanted struct {
	Values     []Value
	Unexamined map[string]bool // files that are passed on though nobody can look into them
	Workers    int
}

// Report says how much was searched.
type Report struct {
	Values  int   // searched for
	InPlace int   // not searched for, since nothing tells them from ordinary words; see Worth
	Bytes   int64 // searched, inflated
}

// Spot is where something was found.
type Spot struct {
	Kind string // of the value, or the shape
	File string // entry!inner for what is nested
	Line int    // zero for the name of the file
}

// Error lists what was found, up to a hundred places.
type Error struct {
	Spots []Spot
	More  bool
}

// Error names kinds, files and lines, and never a value.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the redacted bundle still holds what must not leave, in %d places", len(e.Spots))
	if e.More {
		b.WriteString(" and more")
	}
	for _, s := range e.Spots[:min(len(e.Spots), 5)] {
		fmt.Fprintf(&b, "; %s in %q, line %d", s.Kind, s.File, s.Line)
	}
	return b.String()
}

// Search looks through a zip of size bytes. The error is an *Error where anything was found; another means that it could
// not be searched in full, which is no better.
func Search(ctx context.Context, bundle io.ReaderAt, size int64, w Wanted) (Report, error) {
	s := &search{ctx: ctx, wanted: w, index: newIndex(w.Values)}
	if err := s.bundle(bundle, size); err != nil {
		return Report{}, err
	}
	if len(s.spots) > 0 {
		return Report{}, &Error{Spots: s.sorted(), More: len(s.spots) >= mostSpots}
	}
	return Report{Values: s.index.values, InPlace: len(w.Values) - s.index.values, Bytes: s.bytes}, nil
}

// Forms are the encodings of a value that are searched for.
func Forms() []string {
	return []string{"plain, in any case", "percent", "JSON", "XML", "Base64 at three alignments", "Latin-1", "UTF-16LE", "UTF-16BE"}
}
