// Package bundle reads a support bundle: what is in it, what of that matters for running and moving the product, and what
// in it must not leave the company. It is the whole of `waybill bundle scan`, and needs neither network nor account.
//
// One pass does it all. Package archive inflates and hands over blocks of whole lines; one search (package needle) finds
// in each block whatever any consumer asked for; package sensitive, package inventory and package finding then look at
// their own hits. What they saw is folded block by block within a file, and file by file in the order of names, so the
// report depends on what is in the bundle, and on nothing else: not on who was faster, not on what other files there are.
//
// Hostile bundles end like any other: in bounded time and memory, with what is wrong as findings. See package archive.
//
// No value found is in the report, not even in the name of a file. What a bundle says of its product is; see package
// inventory for what that leaves out. Nothing is changed: that is redaction's part.
package bundle

import (
	"context"
	"fmt"
	"io"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
	"waybill/internal/bundle/needle"
	"waybill/internal/bundle/sensitive"
)

// Scanner is all rules, ready for any number of bundles. It is safe for concurrent use.
type Scanner struct {
	detector *sensitive.Detector
	book     *finding.Book
	set      *needle.Set
	facts    int32 // where in the set the inventory's needles begin
	rules    int32 // where the findings' begin
}

// NewScanner makes a scanner of the rules that Waybill comes with. It takes some milliseconds.
func NewScanner() (*Scanner, error) {
	detector, err := sensitive.New()
	if err != nil {
		return nil, err
	}
	rules, err := finding.Rules()
	if err != nil {
		return nil, err
	}
	s := &Scanner{detector: detector, book: finding.NewBook(rules)}
	needles := detector.Needles()
	s.facts = int32(len(needles))
	needles = append(needles, literals(inventory.Needles())...)
	s.rules = int32(len(needles))
	needles = append(needles, literals(s.book.Needles())...)
	if s.set, err = needle.New(needles); err != nil {
		return nil, fmt.Errorf("making the needles: %w", err)
	}
	return s, nil
}

func literals(texts []string) (all []needle.Needle) {
	for _, text := range texts {
		all = append(all, needle.Literal(text))
	}
	return all
}

// Options say how much a scan may cost.
type Options struct {
	Workers int // how many look at once; one per core
	Limits  archive.Limits
}

// Scan reads a bundle of size bytes once. The error is of type archive.Problem when it is no zip at all or cannot be
// fetched; whatever else is wrong with it is a finding. When the context ends first, the report is of what was read until
// then, and says so.
func (s *Scanner) Scan(ctx context.Context, source io.ReaderAt, size int64, o Options) (*Report, error) {
	a, err := archive.Open(ctx, source, size, o.Limits)
	if err != nil {
		return nil, err
	}
	p := newPass(s)
	read := archive.Read(ctx, a, archive.Pass[*seen]{Workers: o.Workers, Look: p.look, Take: p.take, End: p.end})
	return p.report(a, read), nil
}
