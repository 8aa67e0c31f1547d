package clockwork

import (
	"context"
	"fmt"
	"time"

	"waybill/internal/clock"
)

// play is one move of the clock.
type play struct {
	*Player
	from    time.Time
	to      time.Time
	turns   []*turn
	picture *Picture // as of the last run
	ran     []Run
}

// turn is where one schedule stands.
type turn struct {
	Schedule
	previous, next time.Time
	again          bool      // something changed since it ran
	ran            time.Time // the last time that it did
}

func newPlay(p *Player, from, to time.Time) *play {
	turns := make([]*turn, len(p.Schedules))
	for i, s := range p.Schedules {
		turns[i] = &turn{Schedule: s, next: s.Rule.Next(from)}
	}
	return &play{Player: p, from: from, to: to, turns: turns}
}

func (p *play) run(ctx context.Context) error {
	if err := p.look(ctx); err != nil {
		return err
	}
	ran := false // anything, at the instant reached
	for t := p.earliest(); t != nil; t = p.earliest() {
		at, idle := t.next, p.idle(t)
		t.previous, t.next = at, t.Rule.Next(at)
		if !idle {
			if err := p.fire(ctx, t, at); err != nil {
				return err
			}
			ran = true
		}
		if next := p.earliest(); ran && (next == nil || next.next.After(at)) {
			if err := p.expire(ctx, at); err != nil {
				return err
			}
			ran = false
		}
	}
	return p.end(ctx)
}

// earliest is the turn that falls due next, the first in the order of the schedules when several do.
func (p *play) earliest() (first *turn) {
	for _, t := range p.turns {
		if !t.next.After(p.to) && (first == nil || t.next.Before(first.next)) {
			first = t
		}
	}
	return first
}

// idle tells whether a run would find nothing; the package says why.
func (p *play) idle(t *turn) bool {
	return !t.again && !p.picture.anyBetween(t.previous, t.next)
}

func (p *play) fire(ctx context.Context, t *turn, at time.Time) error {
	t.again, t.ran = false, at
	return p.call(ctx, t.Name, t.Function, t.event(at), at)
}

func (p *play) call(ctx context.Context, name, function string, event []byte, at time.Time) error {
	if err := clock.Move(p.File, at); err != nil {
		return err
	}
	failure, err := p.Functions.Invoke(ctx, function, event)
	if err != nil {
		return fmt.Errorf("running %s: %w", name, err)
	}
	p.ran = append(p.ran, Run{Function: name, At: at, Error: failure})
	before := p.picture.digest
	if err := p.look(ctx); err != nil {
		return err
	}
	if p.picture.digest != before {
		for _, t := range p.turns {
			t.again = true
		}
	}
	return nil
}

func (p *play) look(ctx context.Context) (err error) {
	if p.picture, err = p.Records.Look(ctx); err != nil {
		return fmt.Errorf("looking at the records: %w", err)
	}
	return nil
}

// end brings the clock to where it was to be moved, and runs there every schedule that did not just run.
func (p *play) end(ctx context.Context) error {
	if err := clock.Move(p.File, p.to); err != nil {
		return err
	}
	fired := false // what one changed, those after it are to meet
	for _, t := range p.turns {
		if fired = fired || p.moved() && p.outdated(t); !fired {
			continue
		}
		if err := p.fire(ctx, t, p.to); err != nil {
			return err
		}
	}
	return p.expire(ctx, p.to)
}

// outdated tells whether a schedule's last run does not stand for one at the end.
func (p *play) outdated(t *turn) bool {
	return p.to.Sub(t.ran) >= just || p.picture.anyBetween(t.ran, p.to)
}

// just is how long ago a run may have been to stand for the one at the end, if nothing fell due or changed since.
const just = time.Second

// moved tells whether any time passes at all.
func (p *play) moved() bool { return p.to.After(p.from) }
