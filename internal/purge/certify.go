package purge

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/ident"
	"waybill/internal/upload"
)

// carryOut erases what an intent names, looks, and certifies what is gone. It answers what is left.
func (v *visit) carryOut(ctx context.Context, i Intent, due []upload.Upload) (left []certificate.Line) {
	if !v.Now().Before(i.LeasedUntil) {
		v.missed(due...)
		return i.Lines
	}
	c := &certifying{visit: v, intent: i, done: v.eraseAll(ctx, due), before: map[string]upload.Upload{}}
	v.fail(c.done.failure)
	var proven, bare []certificate.Line
	for n, u := range due {
		l := i.Lines[n]
		l.Deleted = c.done.counts[thing(u)]
		c.before[u.ID] = u
		switch {
		case c.done.left[thing(u)]:
			v.missed(u)
			left = append(left, l)
		case !v.begun[u.ID] && neverWas(u, l.Deleted):
			bare = append(bare, l)
		default:
			proven = append(proven, l)
		}
	}
	c.all(ctx, proven, bare)
	return append(left, c.left...)
}

// neverWas tells whether nothing of an upload ever lay in S3: it was offered, and not a part of it was sent.
func neverWas(u upload.Upload, deleted certificate.Counts) bool {
	return u.State == upload.Expired && u.VersionID == "" && u.UploadID == "" && u.Certificate == "" && deleted == certificate.Counts{}
}

// certifying is one batch whose things are gone.
type certifying struct {
	*visit
	intent Intent
	done   erasure
	before map[string]upload.Upload

	mu   sync.Mutex
	left []certificate.Line // what was not recorded
}

// bares is how many records without a certificate one transaction takes, each with its audit entry.
const bares = 40

func (c *certifying) all(ctx context.Context, proven, bare []certificate.Line) {
	var g errgroup.Group
	for _, f := range certificate.Chunk(c.facts(proven), c.name) {
		c.writing.take(&g, func() { c.certify(ctx, f) })
	}
	for lines := range slices.Chunk(bare, bares) {
		c.writing.take(&g, func() {
			gone := c.gone(lines, "")
			c.note(lines, gone, c.Records.Certify(ctx, c.act, gone, nil))
		})
	}
	g.Wait()
}

// note counts what became of some records.
func (c *certifying) note(lines []certificate.Line, gone []Gone, err error) {
	c.recorded(gone, err)
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.left = append(c.left, lines...)
	}
}

func (c *certifying) name(int) string {
	id, _ := ident.New(ident.Certificate, c.act.Time, rand.Reader) // the reader of crypto/rand never fails
	return id
}

func (c *certifying) facts(lines []certificate.Line) certificate.Facts {
	return certificate.Facts{Org: c.intent.Org, Cell: c.Place.Cell, Region: c.Place.Region, Bucket: c.Place.Bucket, Function: c.Place.Function,
		Rule: c.intent.Rule, Basis: c.intent.Basis, Intent: c.intent.ID, Intended: c.intent.WrittenAt,
		Erased: c.done.erased, VerifiedAbsent: c.done.absent, Lines: lines}
}

// certify writes one certificate with the records that it is about. When one of them changed meanwhile, or says of itself
// what cannot be, the others are certified each by itself.
func (c *certifying) certify(ctx context.Context, f certificate.Facts) {
	gone := c.gone(f.Lines, f.ID)
	err := c.write(ctx, f, gone)
	if !one(err) || len(f.Lines) == 1 {
		c.note(f.Lines, gone, err)
		return
	}
	for _, l := range f.Lines {
		alone := f
		alone.Lines, alone.ID, alone.Counts = []certificate.Line{l}, c.name(0), l.Deleted
		c.certify(ctx, alone)
	}
}

// one tells whether an error may be that of one line, so that it stops no other.
func one(err error) bool {
	return errors.Is(err, fault.Stale) || errors.Is(err, certificate.ErrContradiction) || errors.Is(err, certificate.ErrTooLarge)
}

func (c *certifying) write(ctx context.Context, f certificate.Facts, gone []Gone) error {
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

func (c *certifying) gone(lines []certificate.Line, certificate string) []Gone {
	all := make([]Gone, len(lines))
	for n, l := range lines {
		u := c.before[l.Upload]
		all[n] = Gone{u, u.Gone(c.done.absent, certificate)}
	}
	return all
}
