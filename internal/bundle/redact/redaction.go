package redact

import (
	"context"
	"io"
	"sync"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/redact/pseudonym"
	"waybill/internal/bundle/redact/receipt"
	"waybill/internal/bundle/sensitive"
)

// redaction is one bundle on its way.
type redaction struct {
	Options
	workers  int
	archive  *archive.Archive
	detector Detector
	maker    *pseudonym.Maker
	spool    *spool

	values *values
	first  map[fileKey][]*notes // of the first reading

	again   *again
	origins *origins

	files []*copied // of the second reading, in the order of the directory, what is nested behind what it is nested in
	account
}

// detector is made once: it is tables, and immutable.
var detector = sync.OnceValues(sensitive.New)

func begin(ctx context.Context, source io.ReaderAt, size int64, o Options) (r *redaction, err error) {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	r = &redaction{Options: o, workers: max(1, o.Workers), maker: pseudonym.New(o.Key), spool: &spool{scratch: o.Scratch},
		values: newValues(o.Limits), first: map[fileKey][]*notes{}, detector: o.Detector, origins: newOrigins(o),
		account: account{passed: []receipt.File{}, dropped: []receipt.Left{}, withheld: []receipt.Left{}, notes: []string{}}}
	if r.detector == nil {
		if r.detector, err = detector(); err != nil {
			return nil, err
		}
	}
	r.archive, err = archive.Open(ctx, source, size, o.Limits.Archive)
	return r, err
}

// prepare makes the search of the second reading out of what the first has found.
func (r *redaction) prepare() error {
	terms, err := r.terms()
	r.again = newAgain(r.values, terms)
	return err
}

// stopped is the problem that ends a reading: out of time, or the source failed.
func stopped(problems []archive.Problem) error {
	for _, p := range problems {
		if p.Rule == archive.Stopped || p.Rule == archive.Unreadable {
			return p
		}
	}
	return nil
}

func (r *redaction) newDesk() *desk { return &desk{redaction: r, cache: map[string]replacement{}} }
