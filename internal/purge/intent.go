package purge

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// Intent is what a sweep is about to erase, written before it does.
type Intent struct {
	ID          string
	Org         string // empty for what matched no organisation
	Rule        string
	Basis       certificate.Basis
	Lines       []certificate.Line
	WrittenAt   time.Time
	LeasedUntil time.Time // until then no other sweep takes its things up
}

// Uploads names its things.
func (i Intent) Uploads() []string {
	ids := make([]string, len(i.Lines))
	for n, l := range i.Lines {
		ids[n] = l.Upload
	}
	return ids
}

const (
	// together is how many things under keys of our choosing one intent names, loosely how many under others', whose keys
	// may have 1,024 bytes each. Its manifest must fit into an item of DynamoDB's (400 KB).
	together = 1000
	loosely  = 100
	// Lease is how long a sweep has for an intent: longer than its function may run, so that whoever began it is dead when
	// it has run out, and shorter than until the next sweep but one.
	Lease = 11 * time.Minute
)

// visit is a sweep at one organisation.
type visit struct {
	Purger
	*sweep
	begun map[string]bool // what an earlier intent named, and may have erased in part

	mu    sync.Mutex // held from reading the guard until an intent is written on condition of it
	guard hold.Guard
}

// meet purges what is due of one organisation, batch by batch, some at a time.
func (p Purger) meet(ctx context.Context, s *sweep, organisation string, due []upload.Upload) {
	guard, err := p.Records.Guard(ctx, organisation)
	if err != nil {
		s.fail(fmt.Errorf("reading the holds of %s: %w", organisation, err))
		s.met(len(due), 0)
		s.missed(due...)
		return
	}
	free, held := apart(guard, due, s.act.Time)
	p.shelve(ctx, s, guard, held)
	s.met(len(free), len(held))
	v := &visit{Purger: p, sweep: s, begun: begun(guard), guard: guard}
	var g errgroup.Group
	g.SetLimit(abreast)
	for _, b := range batches(free) {
		g.Go(func() error {
			v.purge(ctx, b)
			return nil
		})
	}
	g.Wait()
}

// apart parts what is due from what is held. What another sweep has begun is neither: it is that one's.
func apart(g hold.Guard, due []upload.Upload, now time.Time) (free, held []upload.Upload) {
	leased := map[string]bool{}
	for _, i := range g.Purging {
		for _, id := range i.Uploads {
			leased[id] = leased[id] || now.Before(i.LeasedUntil)
		}
	}
	for _, u := range due {
		if _, covered := hold.Over(g.Holds, u.Org, u.Migration, u.ID); covered {
			held = append(held, u)
		} else if !leased[u.ID] {
			free = append(free, u)
		}
	}
	return free, held
}

func begun(g hold.Guard) map[string]bool {
	all := map[string]bool{}
	for _, i := range g.Purging {
		for _, id := range i.Uploads {
			all[id] = true
		}
	}
	return all
}

// shelve puts away what is held, where neither the next sweeps, nor TTL, nor S3's lifecycle find it.
func (p Purger) shelve(ctx context.Context, s *sweep, g hold.Guard, held []upload.Upload) {
	var all errgroup.Group
	all.SetLimit(abreast)
	for _, u := range held {
		if u.Shelved {
			continue
		}
		all.Go(func() error {
			if err := p.shelveOne(ctx, s.act, g, u); err != nil && !errors.Is(err, fault.Stale) {
				s.fail(fmt.Errorf("shelving %s: %w", u.ID, err))
			}
			return nil
		})
	}
	all.Wait()
}

func (p Purger) shelveOne(ctx context.Context, act audit.Act, g hold.Guard, u upload.Upload) error {
	if u.VersionID != "" {
		if err := p.Objects.Spare(ctx, Version{u.ObjectKey, u.VersionID}); err != nil {
			return err
		}
	}
	h, _ := hold.Over(g.Holds, u.Org, u.Migration, u.ID)
	return p.Records.ReplaceUpload(ctx, act, audit.UploadShelved, u, u.Shelve(), h.ID)
}

// kinship is what the things of one batch have in common: they are due by one rule and for one reason, and lie under one
// prefix, unless others chose where they lie.
type kinship struct {
	prefix, rule string
	basis        certificate.Basis
}

func kin(u upload.Upload) kinship {
	k := kinship{rule: u.Rule, basis: basis(u)}
	if whole(u) {
		k.prefix = prefix(u)
	}
	return k
}

func batches(due []upload.Upload) [][]upload.Upload {
	families := map[kinship][]upload.Upload{}
	for _, u := range due {
		families[kin(u)] = append(families[kin(u)], u)
	}
	var all [][]upload.Upload
	for k, uploads := range families {
		slices.SortFunc(uploads, func(a, b upload.Upload) int { return cmp.Compare(a.ObjectKey, b.ObjectKey) })
		size := together
		if k.prefix == "" {
			size = loosely
		}
		all = slices.AppendSeq(all, slices.Chunk(uploads, size))
	}
	return all
}

// basis is why an upload is due.
func basis(u upload.Upload) certificate.Basis {
	switch {
	case u.Rule == policy.Evaluation.Name || u.Rule == policy.Paid.Name:
		return certificate.Termination
	case !u.DeleteRequestedAt.IsZero():
		return certificate.Request
	}
	return certificate.Schedule
}

// purge takes one batch from its intent to its certificates.
func (v *visit) purge(ctx context.Context, due []upload.Upload) {
	i, due, err := v.intend(ctx, due)
	if err != nil {
		v.fail(err)
		v.missed(due...)
		return
	}
	if len(due) == 0 {
		return
	}
	if i.Lines = v.carryOut(ctx, i, due); len(i.Lines) == 0 {
		v.fail(v.Records.Close(ctx, i))
		return
	}
	if now := frozen(v.Now); now.Before(i.LeasedUntil) {
		i.LeasedUntil = now
	}
	v.fail(v.Records.GiveUp(ctx, v.act, i))
}

// intend writes the intent. When a hold or another sweep came between, what they took is left out.
func (v *visit) intend(ctx context.Context, due []upload.Upload) (Intent, []upload.Upload, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for range tries {
		i, err := v.draw(v.act, due)
		if err == nil {
			err = v.Records.Intend(ctx, v.act, v.guard, i)
		}
		if err == nil {
			v.guard.Revision++
			return i, due, nil
		}
		if !errors.Is(err, fault.Stale) {
			return i, due, fmt.Errorf("writing an intent: %w", err)
		}
		if v.guard, err = v.Records.Guard(ctx, due[0].Org); err != nil {
			return i, due, err
		}
		free, held := apart(v.guard, due, v.act.Time)
		v.met(len(free)-len(due), len(held))
		if due = free; len(due) == 0 {
			return i, nil, nil
		}
	}
	return Intent{}, due, fault.Unavailable.Because("The holds of an organisation keep changing.")
}

func (p Purger) draw(act audit.Act, due []upload.Upload) (Intent, error) {
	id, err := ident.New(ident.Intent, act.Time, rand.Reader)
	now := frozen(p.Now)
	i := Intent{ID: id, Org: due[0].Org, Rule: due[0].Rule, Basis: basis(due[0]), WrittenAt: now, LeasedUntil: now.Add(Lease)}
	for _, u := range due {
		i.Lines = append(i.Lines, line(u))
	}
	return i, err
}

func line(u upload.Upload) certificate.Line {
	return certificate.Line{Upload: u.ID, Key: u.ObjectKey, VersionID: u.VersionID, Size: u.Size, SHA256: u.SHA256, KeyARN: u.KMSKeyARN,
		Sealed: u.SealedAt, Due: u.Due}
}
