package restore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/ident"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// together is how many certificates, or versions that no record speaks of, are dealt with at a time.
const together = 8

// comeback is what came back of one certificate.
type comeback struct {
	of      *certified
	finding Finding
	keys    map[string]bool // under which to look
	records []upload.Upload // that say something else than PURGED
	living  int             // how many records there are of an organisation that had ended
}

// of takes a certificate up, where an earlier call left it.
func (p *replay) of(c *certified) *comeback {
	if p.back[c.ID] == nil {
		f := p.noted[c.ID].clone()
		f.Certificate, f.Leaf = c.ID, c.leaf
		delete(p.noted, c.ID)
		p.back[c.ID] = &comeback{of: c, finding: f, keys: map[string]bool{}}
		for key := range f.Keys {
			p.back[c.ID].meet(key)
		}
	}
	return p.back[c.ID]
}

// meet has everything looked at that the certificate covers, by one key that it was met under: the things of one
// certificate lie together, unless others chose their keys.
func (b *comeback) meet(key string) {
	if b.keys[key] {
		return
	}
	b.keys[key] = true
	if name := owner(key); b.finding.Org == "" && name != "" && certificate.Pseudonym(name) == b.of.Organisation {
		b.finding.Org = name
	}
	if slices.Contains(b.of.Uploads, named(key)) {
		for _, u := range b.of.Uploads {
			b.keys[path.Dir(key)+"/"+u] = true
		}
	}
}

// takeUp reads what earlier calls had noted.
func (p *replay) takeUp(ctx context.Context) error {
	notes, err := p.Records.OpenFindings(ctx)
	if err != nil {
		return fmt.Errorf("reading what was found before: %w", err)
	}
	for _, f := range notes {
		p.noted[f.Certificate] = f
	}
	return nil
}

// finish deals with notes of which the walk met nothing more: all was erased, and the addendum is missing.
func (p *replay) finish(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(p.noted)) {
		if c, found := p.covered.all[name]; found && !c.ended() {
			p.of(c)
		}
	}
	p.erase(ctx)
}

// erase deals with all that was gathered.
func (p *replay) erase(ctx context.Context) {
	p.leaveOutFailed()
	var g errgroup.Group
	g.SetLimit(together)
	for _, name := range slices.Sorted(maps.Keys(p.back)) {
		b := p.back[name]
		g.Go(func() error {
			written, err := p.end(ctx, b)
			p.ended(b, written, err)
			return nil
		})
	}
	g.Wait()
	p.dealt += len(p.back)
	clear(p.back)
}

// leaveOutFailed leaves to the next replay what this call did not get erased: it would fail again. So it does with an
// organisation of which that is true: or its records would be erased before the certificate of one had its addendum.
func (p *replay) leaveOutFailed() {
	maps.DeleteFunc(p.back, func(name string, b *comeback) bool {
		return p.failed[name] || b.of.ended() && p.failed[b.finding.Org]
	})
}

func (p *replay) ended(b *comeback, written bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.report.Found++
		p.failed[b.of.ID], p.failed[b.finding.Org] = true, true
		p.left(fmt.Errorf("erasing again what %s covers: %w", b.of.ID, err))
	} else if written {
		p.report.Found++
		p.report.Addenda++
	}
}

// end notes what is there, erases it, looks again, and writes the addendum. When there is nothing it writes nothing. Of an
// organisation that had ended it only erases: the addendum comes with the end of its records.
func (p *replay) end(ctx context.Context, b *comeback) (written bool, err error) {
	there, err := p.look(ctx, b)
	if err != nil {
		return false, err
	}
	news := b.finding.add(there, b.records)
	if b.finding.Restored() == (certificate.Restored{}) {
		return false, nil
	}
	if news {
		if err := p.Records.Found(ctx, p.act, b.finding); err != nil {
			return false, err
		}
	}
	a, err := p.eraseAgain(ctx, b, there)
	if err != nil {
		return false, err
	}
	if b.of.ended() {
		p.note(b.finding)
		return false, nil
	}
	signed, err := p.sign(ctx, b.finding, a)
	if err != nil {
		return false, err
	}
	return true, p.Records.Amend(ctx, p.act, b.finding, b.gone(a.VerifiedAbsent), signed)
}

func (p *replay) note(f Finding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noted[f.Certificate] = f
}

// eraseAgain erases what is there, and answers when, once another look has found nothing.
func (p *replay) eraseAgain(ctx context.Context, b *comeback, there purge.Remains) (a certificate.Addendum, err error) {
	refused := p.eraseAll(ctx, there)
	a.Erased = audit.At(p.Now())
	there, err = p.look(ctx, b)
	a.VerifiedAbsent = audit.At(p.Now())
	if n := len(there.Versions) + len(there.Unfinished); err == nil && n > 0 {
		err = errors.Join(refused, fmt.Errorf("%d versions and unfinished uploads are still there", n))
	}
	return a, err
}

func (p *replay) eraseAll(ctx context.Context, r purge.Remains) error {
	var failures []error
	if len(r.Versions) > 0 {
		refused, err := p.Objects.Erase(ctx, r.Versions)
		failures = append(failures, err)
		for _, reason := range refused {
			failures = append(failures, reason)
		}
	}
	if len(r.Unfinished) > 0 {
		failures = append(failures, p.Objects.Abort(ctx, r.Unfinished))
	}
	return errors.Join(failures...)
}

// look finds what lies there of the certificate's own.
func (p *replay) look(ctx context.Context, b *comeback) (all purge.Remains, err error) {
	for prefix, keys := range b.byPrefix() {
		r, err := p.Objects.Look(ctx, prefix, keys)
		if err != nil {
			return all, fmt.Errorf("looking for it: %w", err)
		}
		for _, v := range r.Versions {
			if c, found := p.covered.version(v); found && c == b.of {
				all.Versions = append(all.Versions, v)
			}
		}
		for _, m := range r.Unfinished {
			if c, found := p.covered.version(purge.Version{Key: m.Key}); found && c == b.of {
				all.Unfinished = append(all.Unfinished, m)
			}
		}
	}
	return all, nil
}

// byPrefix gathers the keys, sorted, by what lies together: those of our choosing.
func (b *comeback) byPrefix() map[string][]string {
	groups := map[string][]string{}
	for _, key := range slices.Sorted(maps.Keys(b.keys)) {
		prefix := key
		if named(key) != "" {
			prefix = path.Dir(key) + "/"
		}
		groups[prefix] = append(groups[prefix], key)
	}
	return groups
}

func (b *comeback) gone(at time.Time) (gone []purge.Gone) {
	for _, u := range b.records {
		gone = append(gone, purge.Gone{Before: u, After: u.Gone(at, b.of.ID)})
	}
	return gone
}

func (p *replay) sign(ctx context.Context, f Finding, a certificate.Addendum) (signed certificate.Certificate, err error) {
	key, err := p.Signer.PublicKey(ctx)
	if err != nil {
		return signed, err
	}
	if a.Original, err = p.Archive.At(ctx, f.Leaf); err != nil {
		return signed, fmt.Errorf("reading the certificate: %w", err)
	}
	if a.ID, err = ident.New(ident.Certificate, a.VerifiedAbsent, rand.Reader); err != nil {
		return signed, err
	}
	a.Cell, a.Region, a.Bucket, a.Function, a.Restored = p.Place.Cell, p.Place.Region, p.Place.Bucket, p.Place.Function, f.Restored()
	if signed, err = certificate.IssueAddendum(ctx, p.Signer, certificate.KeyID(key), a); err != nil {
		return signed, fmt.Errorf("signing the addendum: %w", err)
	}
	signed.Org = f.Org
	return signed, nil
}
