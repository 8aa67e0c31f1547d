package org

import (
	"context"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/policy"
	"waybill/internal/text"
)

// Termination is the end of an organisation, as long as it is to come. The zero Termination is none.
type Termination struct {
	RequestedAt time.Time
	RequestedBy string
	Reason      string
	Leaving     policy.Subject // what it was by its plan when that was requested: a later plan moves no deadline
	DeleteBy    time.Time      // when everything must be gone; computed by package policy, never edited
}

// Runs tells whether there is one.
func (t Termination) Runs() bool { return !t.RequestedAt.IsZero() }

// Subject is what the retention rules call an organisation on that plan. A plan that is not known has the shorter time
// to be withdrawn in, as the one that nobody paid for.
func (p Plan) Subject() policy.Subject {
	if p == Paid {
		return policy.OrgPaid
	}
	return policy.OrgEvaluation
}

// Admits refuses what may not begin while a termination runs.
func (t Termination) Admits() error {
	if t.Runs() {
		return Refused()
	}
	return nil
}

// Refused is that refusal.
func Refused() error {
	return fault.Conflict.Because("The organisation's termination was requested; until it is withdrawn, nothing new may be staged, planned or started.")
}

// Ask is why an organisation is terminated.
type Ask struct {
	Reason string `json:"reason"`
}

func (a Ask) check() error {
	var broken fault.Fields
	text.Line(&broken, "/reason", a.Reason, 1, 1000)
	return broken.Err()
}

// Terminator starts and withdraws terminations.
type Terminator struct {
	Records Terminations
}

// Terminations is what a Terminator needs of the store.
type Terminations interface {
	// Organisation answers fault.NotFound when there is none.
	Organisation(ctx context.Context, id string) (Organisation, error)
	// Terminate writes the termination of an organisation, or takes it out, if it is still at before's revision;
	// fault.Stale otherwise.
	Terminate(ctx context.Context, act audit.Act, action audit.Action, before, after Organisation) error
	// Replayed answers *audit.Replayed when the act's idempotency key was used for the same request, nil when it is new.
	Replayed(ctx context.Context, organisation string, act audit.Act) error
}

// Request starts the clock: 15 days on the plan evaluation, 60 on the plan paid (S0). A second start is fault.Conflict
// and moves nothing.
func (t Terminator) Request(ctx context.Context, act audit.Act, id string, match audit.Match, a Ask) (Organisation, error) {
	if err := a.check(); err != nil {
		return Organisation{}, err
	}
	o, err := t.change(ctx, act, audit.TerminationAsked, id, match, func(o *Organisation) error {
		if o.Termination.Runs() {
			return fault.Conflict.Because("The organisation's termination was requested before; everything is deleted by %s.", o.Termination.DeleteBy.Format(time.RFC3339))
		}
		leaving := o.Plan.Subject()
		o.Termination = Termination{act.Time, string(act.Actor), a.Reason, leaving, policy.Deadline(leaving, act.Time)}
		return nil
	})
	if err == nil && !o.Termination.Runs() {
		err = fault.Conflict.Because("The termination that this request started was withdrawn since.")
	}
	return o, err
}

// Withdraw stops the clock, as long as it has not run out: from then on the sweep may have begun.
func (t Terminator) Withdraw(ctx context.Context, act audit.Act, id string, match audit.Match) error {
	_, err := t.change(ctx, act, audit.TerminationOff, id, match, func(o *Organisation) error {
		switch {
		case !o.Termination.Runs():
			return none()
		case !act.Time.Before(o.Termination.DeleteBy):
			return fault.Conflict.Because("The time to withdraw the termination ended at %s.", o.Termination.DeleteBy.Format(time.RFC3339))
		}
		o.Termination = Termination{}
		return nil
	})
	return err
}

// change writes what the record admits, on condition that nothing came between. A refusal that only means that the same
// request was carried out before is answered with the organisation as it is.
func (t Terminator) change(ctx context.Context, act audit.Act, action audit.Action, id string, match audit.Match, apply func(*Organisation) error) (Organisation, error) {
	before, err := t.Records.Organisation(ctx, id)
	if err != nil {
		return Organisation{}, err
	}
	after := before
	after.Revision++
	if err = match.Holds(before.Revision); err == nil {
		err = apply(&after)
	}
	if err != nil {
		_, err = audit.Unless(t.Records.Replayed(ctx, id, act), err)
		return before, err
	}
	err = t.Records.Terminate(ctx, act, action, before, after)
	if _, repeated := audit.Repetition(err); repeated {
		return t.Records.Organisation(ctx, id)
	}
	return after, err
}

// Get shows a termination; fault.NotFound while none runs.
func (t Terminator) Get(ctx context.Context, id string) (Organisation, error) {
	o, err := t.Records.Organisation(ctx, id)
	if err == nil && !o.Termination.Runs() {
		err = none()
	}
	return o, err
}

func none() error { return fault.NotFound.Because("No termination of the organisation was requested.") }
