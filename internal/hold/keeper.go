package hold

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/ident"
)

// Keeper places and releases holds, and shows them.
type Keeper struct {
	Records Records
}

// Records is what a Keeper needs of the store.
type Records interface {
	// Guard reads an organisation's holds and open purges, at one moment. One that has none has the zero Guard.
	Guard(ctx context.Context, organisation string) (Guard, error)
	// Thing finds what a hold may cover, as it is at that time; fault.NotFound when the organisation is or has no such
	// thing.
	Thing(ctx context.Context, organisation, scope string, now time.Time) (Thing, error)
	// Hold answers fault.NotFound when the organisation has none of that id.
	Hold(ctx context.Context, organisation, id string) (Hold, error)
	// Holds lists newest first, after the id given; more tells whether there are further ones.
	Holds(ctx context.Context, organisation, after string, limit int) (list []Hold, more bool, err error)
	// PlaceHold writes a new one and moves the guard, with the audit entry; fault.Stale when the guard is no longer as
	// it was read, fault.NotFound when the scope is gone.
	PlaceHold(ctx context.Context, act audit.Act, g Guard, h Hold) error
	// ReleaseHold writes a released one and moves the guard, with the audit entry; fault.Stale when either is no longer
	// as it was read.
	ReleaseHold(ctx context.Context, act audit.Act, g Guard, before, after Hold) error
	// Replayed answers *audit.Replayed when the act's idempotency key was used for the same request, nil when it is new.
	Replayed(ctx context.Context, organisation string, act audit.Act) error
}

// Thing is what a hold may cover, as far as a hold cares.
type Thing struct {
	Ended string // the state in which nothing is left to be held, such as PURGED; empty while there is
}

// tries is how often a guard that moved under our hands is read again.
const tries = 4

// Place puts a hold on something of the organisation. What is not there, or another organisation's, is fault.NotFound,
// what has ended or is being purged fault.Conflict. A second hold on the same thing is another hold.
func (k Keeper) Place(ctx context.Context, act audit.Act, organisation string, d Draft) (Hold, error) {
	reviewBy, err := d.check(act.Time)
	if err != nil {
		return Hold{}, err
	}
	id, err := ident.New(ident.Hold, act.Time, rand.Reader)
	if err != nil {
		return Hold{}, fmt.Errorf("naming a hold: %w", err)
	}
	h := Hold{ID: id, Org: organisation, Scope: d.Scope, Reason: d.Reason, PlacedBy: string(act.Actor), PlacedAt: act.Time,
		ReviewBy: reviewBy, Revision: 1}
	return k.guarded(ctx, act, organisation, func(g Guard) (Hold, error, error) {
		if err := k.admits(ctx, act, g, h); err != nil {
			return h, err, nil
		}
		return h, nil, k.Records.PlaceHold(ctx, act, g, h)
	})
}

// admits refuses to hold what nothing is left of, or is being erased at this moment. The guard was read before the
// thing: a purge that began in between moves it.
func (k Keeper) admits(ctx context.Context, act audit.Act, g Guard, h Hold) error {
	thing, err := k.Records.Thing(ctx, h.Org, h.Scope, act.Time)
	switch {
	case errors.Is(err, fault.NotFound):
		return unknown()
	case err != nil:
		return err
	case thing.Ended != "":
		return fault.Conflict.Because("The upload is %s; there is nothing left to hold.", thing.Ended)
	case g.purging(h.Scope, act.Time):
		return fault.Conflict.Because("It is being purged at this moment; try again.")
	}
	return nil
}

func unknown() error {
	const detail = "There is no such organisation, migration or upload here."
	return &fault.Refusal{Kind: fault.NotFound, Detail: detail, Fields: fault.Fields{{Pointer: "/scope", Rule: "known", Detail: detail}}}
}

// Release ends a hold. What fell due under it goes with the next sweep, unless another hold covers it.
func (k Keeper) Release(ctx context.Context, act audit.Act, organisation, id string, match audit.Match, r Release) (Hold, error) {
	if err := r.check(); err != nil {
		return Hold{}, err
	}
	return k.guarded(ctx, act, organisation, func(g Guard) (Hold, error, error) {
		before, err := k.Records.Hold(ctx, organisation, id)
		if err == nil {
			err = before.admitsRelease(match)
		}
		if err != nil {
			return before, err, nil
		}
		after := before
		after.ReleasedAt, after.ReleasedBy, after.ReleaseReason = act.Time, string(act.Actor), r.Reason
		after.Revision++
		return after, nil, k.Records.ReleaseHold(ctx, act, g, before, after)
	})
}

func (h Hold) admitsRelease(match audit.Match) error {
	if err := match.Holds(h.Revision); err != nil {
		return err
	}
	if !h.Holds() {
		return fault.Conflict.Because("The hold was released before.")
	}
	return nil
}

// guarded reads the guard and writes under it, again when it moved meanwhile. try answers why nothing may be written,
// or how the writing went. When the same request was carried out before, that is what is answered.
func (k Keeper) guarded(ctx context.Context, act audit.Act, organisation string, try func(Guard) (h Hold, refusal, failure error)) (Hold, error) {
	for range tries {
		g, err := k.Records.Guard(ctx, organisation)
		if err != nil {
			return Hold{}, err
		}
		h, refusal, failure := try(g)
		switch {
		case refusal != nil:
			return k.unlessReplayed(ctx, act, organisation, refusal)
		case !errors.Is(failure, fault.Stale):
			return k.orFirst(ctx, organisation, h, failure)
		}
	}
	return Hold{}, fault.Unavailable.Because("The organisation's holds and purges keep changing; try again.")
}

func (k Keeper) unlessReplayed(ctx context.Context, act audit.Act, organisation string, refusal error) (Hold, error) {
	first, err := audit.Unless(k.Records.Replayed(ctx, organisation, act), refusal)
	if err != nil {
		return Hold{}, err
	}
	return k.Records.Hold(ctx, organisation, first)
}

// orFirst answers a hold that was written, or the one that the same request wrote before.
func (k Keeper) orFirst(ctx context.Context, organisation string, h Hold, err error) (Hold, error) {
	if first, repeated := audit.Repetition(err); repeated {
		return k.Records.Hold(ctx, organisation, first)
	}
	return h, err
}

// Get shows one.
func (k Keeper) Get(ctx context.Context, organisation, id string) (Hold, error) {
	return k.Records.Hold(ctx, organisation, id)
}

// List shows an organisation's, newest first, those that were released too.
func (k Keeper) List(ctx context.Context, organisation, after string, limit int) ([]Hold, bool, error) {
	return k.Records.Holds(ctx, organisation, after, limit)
}
