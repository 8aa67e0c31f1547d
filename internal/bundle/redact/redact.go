// Package redact writes a support bundle anew without what must not leave the company.
//
// Names, addresses and numbers become pseudonyms of the same shape (see package pseudonym); what opens doors is removed
// outright. Everything else stays: files, their order, times and modes, encodings, line ends, the number of lines. The
// bundle is read twice: once to learn what is in it, since somebody who is named in one file is then hidden in all; once
// to write. Archives and gzip within the archive are written anew as well, one level down.
//
// It fails closed. What cannot be read to its end and in full is not passed on; neither are binaries, unless they are
// asked for; and either is named in the receipt. At last package residue, which shares no code with what is here, reads
// what was written and looks for every value that was found, and for what looks like one. If it finds anything, there is
// an error, which tells the place and not the value, and what was written must not be used.
//
// It makes no files, it asks nobody and it knows no clock: the caller gives room, and takes what was written only if the
// error is nil. It does not find what package sensitive does not find.
package redact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/redact/pseudonym"
	"waybill/internal/bundle/redact/receipt"
	"waybill/internal/bundle/redact/residue"
	"waybill/internal/bundle/sensitive"
)

// Rules names what is found and how it is replaced. It changes when either does, and stands in every receipt.
const Rules = "waybill-redaction/1"

// Options say how a bundle is redacted. Key, Scratch and When have no default.
type Options struct {
	Key     pseudonym.Key
	Scratch Scratch   // some tenth of the bundle's inflated size
	When    time.Time // what the receipt says
	Workers int       // one per core
	Limits  Limits
	// Keep tells whether a binary is passed on as it is: nobody has looked into it. Nil keeps none.
	Keep func(*archive.File) bool
	// Map takes what each pseudonym stands for, encrypted to Recipients, and never in the clear. Nil makes none.
	Map        io.Writer
	Recipients []age.Recipient
	// Detector finds values in a block; nil is sensitive.New.
	Detector Detector
}

// Detector finds the values in a block of whole lines.
type Detector interface {
	Search(block []byte, firstLine int, found *sensitive.Found)
}

// Limits bound what a redaction may cost.
type Limits struct {
	Archive archive.Limits
	Memory  int // bytes for the distinct values that are remembered, 100 to 1,000 each
}

// DefaultLimits are those for support bundles: some twenty thousand people with their addresses, machines and sessions.
// The searches for so many hold 70 MiB; a bundle of ordinary logs needs 45 in all, whatever its size.
func DefaultLimits() Limits { return Limits{Archive: archive.DefaultLimits(), Memory: 40 << 20} }

// ErrTooMany is met by a bundle with more distinct values than are remembered: nobody could show that all are gone.
var ErrTooMany = errors.New("the bundle holds more distinct sensitive values than can be remembered; split it, or raise the limit")

// Output is where the redacted bundle is written, and read again from.
type Output interface {
	io.Writer
	io.ReaderAt
}

// Redact writes what is in source anew to out, and says what was done. The receipt is worth something only if the error
// is nil. A residue.Error tells where the second method still found something.
func Redact(ctx context.Context, source io.ReaderAt, size int64, out Output, o Options) (receipt.Receipt, error) {
	r, err := begin(ctx, source, size, o)
	if err != nil {
		return receipt.Receipt{}, err
	}
	before, err := digestOf(ctx, io.NewSectionReader(source, 0, size))
	if err != nil {
		return receipt.Receipt{}, err
	}
	if err := r.learn(ctx); err != nil {
		return receipt.Receipt{}, err
	}
	if err := r.rewrite(ctx); err != nil {
		return receipt.Receipt{}, err
	}
	after, err := r.write(ctx, out)
	if err != nil {
		return receipt.Receipt{}, fmt.Errorf("writing the redacted bundle: %w", err)
	}
	wanted := r.wanted()
	r.again = nil // the second method's tables take their room
	searched, err := residue.Search(ctx, out, after.Size, wanted)
	if err != nil {
		return receipt.Receipt{}, err
	}
	if err := r.writeMap(after); err != nil {
		return receipt.Receipt{}, fmt.Errorf("writing the map: %w", err)
	}
	return r.receipt(before, after, searched), nil
}
