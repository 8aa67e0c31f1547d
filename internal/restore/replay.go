package restore

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"waybill/internal/audit"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// replay is one call.
type replay struct {
	Replayer
	act     audit.Act
	covered *covered
	known   known
	noted   map[string]Finding   // by certificate: what an earlier call had found and not ended
	back    map[string]*comeback // by certificate: what this one found and did not deal with yet

	mu     sync.Mutex
	report Report
	failed map[string]bool // certificates of which something is left, and whose they are
	dealt  int             // certificates
}

// run takes the steps. Reading the ledger and the records is done by every call: whatever is known of the bucket, it is
// known from them.
func (p *replay) run(ctx context.Context, from Cursor) (at Cursor, done bool, err error) {
	if p.covered, err = cover(ctx, p.Archive, p.Place.Bucket); err != nil {
		return from, false, fmt.Errorf("reading what was certified: %w", err)
	}
	p.report.Certificates = len(p.covered.all)
	if err := p.takeUp(ctx); err != nil {
		return from, false, err
	}
	if err := p.Records.EachUpload(ctx, func(u upload.Upload) error { return p.record(ctx, u) }); err != nil {
		return from, false, fmt.Errorf("reading the records: %w", err)
	}
	p.erase(ctx)
	at, done, err = p.walk(ctx, from)
	if err != nil || !done {
		return at, false, err
	}
	p.finish(ctx)
	if err := p.organisations(ctx); err != nil {
		return at, false, fmt.Errorf("looking for organisations that had ended: %w", err)
	}
	return at, true, nil
}

// batch is how many certificates are gathered from the records before they are dealt with.
const batch = 500

// record takes note of a record, and takes up what says anything but that it is gone.
func (p *replay) record(ctx context.Context, u upload.Upload) error {
	p.report.Records++
	p.known.add(u)
	c, certified := p.covered.uploads[u.ID]
	if !certified || !u.PurgedAt.IsZero() {
		return nil
	}
	b := p.of(c)
	b.finding.Org = u.Org
	b.records = append(b.records, u)
	b.meet(u.ObjectKey)
	if len(p.back) >= batch {
		p.erase(ctx)
	}
	return nil
}

// walk goes through the bucket from the cursor on, until its end or until the call has done enough.
func (p *replay) walk(ctx context.Context, at Cursor) (next Cursor, done bool, err error) {
	for n := 0; n < pages && p.dealt < p.Most; n++ {
		var more bool
		if !at.Walked {
			more, err = p.versions(ctx, &at.Mark)
		} else {
			more, err = p.unfinished(ctx, &at.Mark)
		}
		switch {
		case err != nil:
			return at, false, fmt.Errorf("walking the bucket: %w", err)
		case !more && at.Walked:
			return at, true, nil
		case !more:
			at = Cursor{Walked: true}
		}
	}
	return at, false, nil
}

func (p *replay) versions(ctx context.Context, at *Mark) (more bool, err error) {
	page, next, more, err := p.Bucket.Versions(ctx, *at)
	if err != nil {
		return false, err
	}
	var g errgroup.Group
	g.SetLimit(together)
	for _, v := range page {
		p.report.Versions++
		if c, certified := p.covered.version(v.Version); certified {
			p.of(c).meet(v.Key)
		} else if !v.Marker && p.known.awaits(v.Version) {
			g.Go(func() error { return p.orphan(ctx, v) })
		}
	}
	_ = g.Wait() // each failure is in the report
	p.erase(ctx)
	*at = next
	return more, nil
}

// orphan has package upload take in a version that no record speaks of.
func (p *replay) orphan(ctx context.Context, v Version) error {
	err := p.Receiver.Arrived(ctx, p.act, upload.Arrival{Bucket: p.Place.Bucket, Key: v.Key, VersionID: v.ID, Size: v.Size,
		Time: v.Put, Landed: p.Landed(v.Put)})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.report.Orphans++
	if err != nil {
		p.left(fmt.Errorf("taking in a version that no record speaks of: %w", err))
	}
	return nil
}

func (p *replay) unfinished(ctx context.Context, at *Mark) (more bool, err error) {
	page, next, more, err := p.Bucket.Unfinished(ctx, *at)
	if err != nil {
		return false, err
	}
	for _, m := range page {
		p.report.Versions++
		if c, certified := p.covered.version(purge.Version{Key: m.Key}); certified {
			p.of(c).meet(m.Key)
		}
	}
	p.erase(ctx)
	*at = next
	return more, nil
}

// left counts what is still there, or may be. p.mu is held.
func (p *replay) left(why error) {
	p.report.Left++
	if len(p.report.Why) < reasons {
		p.report.Why = append(p.report.Why, why.Error())
	}
}
