package purge

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

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
	// together is how many things one intent names. Its manifest must fit into an item of DynamoDB's (400 KB).
	together = 1000
	// lease is how long a sweep has for an intent: longer than its function may run, shorter than until the next one.
	lease = 11 * time.Minute
)

// meet purges what is due of one organisation, batch by batch.
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
	for _, b := range batches(free) {
		guard = p.purge(ctx, s, guard, b)
	}
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

// shelve puts away what is held, where neither the next sweeps, nor TTL, nor S3's lifecycle find it.
func (p Purger) shelve(ctx context.Context, s *sweep, g hold.Guard, held []upload.Upload) {
	for _, u := range held {
		if u.Shelved {
			continue
		}
		if err := p.shelveOne(ctx, s.act, g, u); err != nil && !errors.Is(err, fault.Stale) {
			s.fail(fmt.Errorf("shelving %s: %w", u.ID, err))
		}
	}
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

// together are the things of one batch: they lie under one prefix, and are due by one rule and for one reason.
type kinship struct {
	prefix, rule string
	basis        certificate.Basis
}

func batches(due []upload.Upload) [][]upload.Upload {
	kin := map[kinship][]upload.Upload{}
	for _, u := range due {
		k := kinship{prefix(u), u.Rule, basis(u)}
		kin[k] = append(kin[k], u)
	}
	var all [][]upload.Upload
	for _, uploads := range kin {
		slices.SortFunc(uploads, func(a, b upload.Upload) int { return cmp.Compare(a.ObjectKey, b.ObjectKey) })
		all = slices.AppendSeq(all, slices.Chunk(uploads, together))
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

// purge takes one batch from its intent to its certificates, and answers the guard as it is then.
func (p Purger) purge(ctx context.Context, s *sweep, g hold.Guard, due []upload.Upload) hold.Guard {
	i, g, due, err := p.intend(ctx, s, g, due)
	if err != nil {
		s.fail(err)
		s.missed(due...)
		return g
	}
	if len(due) == 0 {
		return g
	}
	p.carryOut(ctx, s, i, due)
	s.fail(p.Records.Close(ctx, i))
	return g
}

// intend writes the intent. When a hold or another sweep came between, what they took is left out.
func (p Purger) intend(ctx context.Context, s *sweep, g hold.Guard, due []upload.Upload) (Intent, hold.Guard, []upload.Upload, error) {
	for range tries {
		i, err := p.draw(s.act, due)
		if err == nil {
			err = p.Records.Intend(ctx, s.act, g, i)
		}
		if err == nil {
			g.Revision++
			return i, g, due, nil
		}
		if !errors.Is(err, fault.Stale) {
			return i, g, due, fmt.Errorf("writing an intent: %w", err)
		}
		if g, err = p.Records.Guard(ctx, due[0].Org); err != nil {
			return i, g, due, err
		}
		free, held := apart(g, due, s.act.Time)
		s.met(len(free)-len(due), len(held))
		if due = free; len(due) == 0 {
			return i, g, nil, nil
		}
	}
	return Intent{}, g, due, fault.Unavailable.Because("The holds of an organisation keep changing.")
}

func (p Purger) draw(act audit.Act, due []upload.Upload) (Intent, error) {
	id, err := ident.New(ident.Intent, act.Time, rand.Reader)
	now := audit.At(p.Now())
	i := Intent{ID: id, Org: due[0].Org, Rule: due[0].Rule, Basis: basis(due[0]), WrittenAt: now, LeasedUntil: now.Add(lease)}
	for _, u := range due {
		i.Lines = append(i.Lines, line(u))
	}
	return i, err
}

func line(u upload.Upload) certificate.Line {
	return certificate.Line{Upload: u.ID, Key: u.ObjectKey, VersionID: u.VersionID, Size: u.Size, SHA256: u.SHA256, KeyARN: u.KMSKeyARN,
		Sealed: u.SealedAt, Due: u.Due}
}
