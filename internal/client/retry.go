package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Retry is how often and how soon something is tried again. The pauses double from First up to Most; each is then drawn
// between its half and itself, so that clients who failed together do not come back together.
type Retry struct {
	Attempts int           // in all, the first included
	First    time.Duration // the pause after the first attempt
	Most     time.Duration // no pause is longer, unless the server asks for a longer one
	Sleep    func(context.Context, time.Duration) error
	Jitter   func() float64 // from 0 up to 1
}

// Patient tries five times within some three seconds.
func Patient() Retry {
	return Retry{Attempts: 5, First: 200 * time.Millisecond, Most: 10 * time.Second, Sleep: Sleep, Jitter: rand.Float64}
}

// Sleep waits, or answers why the context ended first.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Passing marks an error that may be gone the next time; pause is the least to wait, zero when nobody said.
func Passing(err error, pause time.Duration) error { return &passing{err, pause} }

type passing struct {
	error
	pause time.Duration
}

func (p *passing) Unwrap() error { return p.error }

// Do calls f until it succeeds, fails with an error that is not Passing, or was called often enough. It answers the last
// error as it was before it was marked.
func (r Retry) Do(ctx context.Context, f func() error) error {
	for attempt := 1; ; attempt++ {
		err := f()
		p, found := errors.AsType[*passing](err)
		if !found {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if attempt >= r.Attempts {
			return p.error
		}
		if err := r.Sleep(ctx, max(p.pause, r.Pause(attempt))); err != nil {
			return err
		}
	}
}

// Pause is how long to wait after the numbered attempt, counted from 1.
func (r Retry) Pause(attempt int) time.Duration {
	pause := r.First
	for range attempt - 1 {
		pause = min(2*pause, r.Most)
	}
	return pause/2 + time.Duration(r.Jitter()*float64(pause/2))
}
