package purge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/ident"
	"waybill/internal/upload"
)

// carryOut erases what an intent names, looks, and certifies what is gone.
func (p Purger) carryOut(ctx context.Context, s *sweep, i Intent, due []upload.Upload) {
	done := erase(ctx, p.Objects, due, p.Now)
	s.fail(done.failure)
	c := certifying{p, s, i, done, map[string]upload.Upload{}}
	var proven, bare []certificate.Line
	for n, u := range due {
		l := i.Lines[n]
		l.Deleted = done.counts[u.ObjectKey]
		c.before[u.ID] = u
		switch {
		case done.left[u.ObjectKey]:
			s.missed(u)
		case neverWas(u, l.Deleted):
			bare = append(bare, l)
		default:
			proven = append(proven, l)
		}
	}
	c.all(ctx, proven, bare)
}

// neverWas tells whether nothing of an upload ever lay in S3: it was offered, and not a part of it was sent.
func neverWas(u upload.Upload, deleted certificate.Counts) bool {
	return u.State == upload.Expired && u.VersionID == "" && u.UploadID == "" && deleted == certificate.Counts{}
}

// certifying is one batch whose things are gone.
type certifying struct {
	Purger
	*sweep
	intent Intent
	done   erasure
	before map[string]upload.Upload
}

// bares is how many records without a certificate one transaction takes, each with its audit entry.
const bares = 40

func (c certifying) all(ctx context.Context, proven, bare []certificate.Line) {
	var g errgroup.Group
	g.SetLimit(writers)
	for _, f := range certificate.Chunk(c.facts(proven), c.name) {
		g.Go(func() error {
			c.certify(ctx, f)
			return nil
		})
	}
	for lines := range slices.Chunk(bare, bares) {
		gone := c.gone(lines, "")
		c.recorded(gone, c.Records.Certify(ctx, c.act, gone, nil))
	}
	g.Wait()
}

func (c certifying) name(int) string {
	id, _ := ident.New(ident.Certificate, c.act.Time, rand.Reader) // the reader of crypto/rand never fails
	return id
}

func (c certifying) facts(lines []certificate.Line) certificate.Facts {
	return certificate.Facts{Org: c.intent.Org, Cell: c.Place.Cell, Region: c.Place.Region, Bucket: c.Place.Bucket, Function: c.Place.Function,
		Rule: c.intent.Rule, Basis: c.intent.Basis, Intent: c.intent.ID, Intended: c.intent.WrittenAt,
		Erased: c.done.erased, VerifiedAbsent: c.done.absent, Lines: lines}
}

// certify writes one certificate with the records that it is about. When one of them changed meanwhile, the others are
// certified each by itself.
func (c certifying) certify(ctx context.Context, f certificate.Facts) {
	gone := c.gone(f.Lines, f.ID)
	err := c.write(ctx, f, gone)
	if !errors.Is(err, fault.Stale) || len(f.Lines) == 1 {
		c.recorded(gone, err)
		return
	}
	for _, l := range f.Lines {
		alone := f
		alone.Lines, alone.ID, alone.Counts = []certificate.Line{l}, c.name(0), l.Deleted
		c.certify(ctx, alone)
	}
}

func (c certifying) write(ctx context.Context, f certificate.Facts, gone []Gone) error {
	key, err := c.Signer.PublicKey(ctx)
	if err != nil {
		return err
	}
	signed, err := certificate.Issue(ctx, c.Signer, certificate.KeyID(key), f)
	if err != nil {
		return fmt.Errorf("certifying: %w", err)
	}
	return c.Records.Certify(ctx, c.act, gone, &signed)
}

func (c certifying) gone(lines []certificate.Line, certificate string) []Gone {
	all := make([]Gone, len(lines))
	for n, l := range lines {
		u := c.before[l.Upload]
		all[n] = Gone{u, u.Gone(c.done.absent, certificate)}
	}
	return all
}

// erasure is what became of a batch.
type erasure struct {
	left    map[string]bool               // keys under which something still is, or may be
	counts  map[string]certificate.Counts // what was deleted, by key
	erased  time.Time                     // when the last deletion had been answered
	absent  time.Time                     // when nothing was seen but what is left
	failure error
}

func (e *erasure) deleted(r Remains, own map[Version]bool) {
	for _, v := range r.Versions {
		n := e.counts[v.Key]
		n.Versions++
		if own[v] {
			n.Objects++
		}
		e.counts[v.Key] = n
	}
	for _, m := range r.Unfinished {
		n := e.counts[m.Key]
		n.MultipartUploads++
		e.counts[m.Key] = n
	}
}

// frozen is the cell's time as it is stated.
func frozen(now func() time.Time) time.Time { return audit.At(now()) }
