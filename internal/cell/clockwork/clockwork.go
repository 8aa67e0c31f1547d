// Package clockwork moves a development cell's clock and plays what the time that passes would have brought: every
// schedule that falls due, in order, and the removals of DynamoDB's time to live. A function that runs sees the time at
// which its schedule fell due (package clock), and the event that EventBridge Scheduler or the table's stream would
// have sent.
//
// Fourteen days hold 1,344 quarters of an hour, and pass in about a second: a run that can find nothing is passed over.
// What runs is, for each schedule,
//
//   - the first run after any instant at which a record falls due (`dueAt`) or expires (`expiresAt`);
//   - the next run after any run that changed such a record, so that work done in portions is done to its end;
//   - a run at the instant that the clock is moved to, as if the schedule fell due there: so what is asked next is
//     answered as the cell would answer at most one period later, and a move of fourteen days ends what keeps fourteen.
//
// A function that acts on anything else than those two attributes would notice the difference. So the records are
// looked at as a whole, with root's credentials: for development only, where they are few.
//
// Time to live is played against this clock, because the local AWS goes by the wall clock and sends no record of it:
// after each run, and at the end, what has expired is removed, and goes to the function behind the stream if the filter
// of its mapping admits it. The record is the one AWS sends: a removal by the principal dynamodb.amazonaws.com.
// A move ends when all that it brought stands in the ledger.
//
// While nobody moves the clock, the schedules are run by the local AWS itself, and Sweep plays time to live.
package clockwork

import (
	"context"
	"fmt"
	"sync"
	"time"

	"waybill/internal/clock"
)

// Farthest is the most that the clock can be moved at once: longer than any rule keeps anything.
const Farthest = 3660 * 24 * time.Hour

// Player moves one clock. Its methods may be called at once; they wait for each other.
type Player struct {
	File      string // the clock's offset, as package clock reads it
	Schedules []Schedule
	Functions Functions
	Records   Records
	Stream    Stream // of the records
	Arrivals  Arrivals
	Ledger    Arrivals // what is on its way into the ledger; nil when there is none

	mu sync.Mutex
}

// Functions runs a function and returns when it has finished. A failure is what the function reports of itself, or empty;
// an error means that it could not be run.
type Functions interface {
	Invoke(ctx context.Context, function string, event []byte) (failure string, err error)
}

// Records is the table whose items fall due and expire.
type Records interface {
	Look(ctx context.Context) (*Picture, error)
	// Remove deletes an item that has expired by an instant, and tells whether it was still there, and expired, to
	// delete.
	Remove(ctx context.Context, item Item, by time.Time) (bool, error)
}

// Arrivals is what is on its way into the cell.
type Arrivals interface {
	// Settle returns when nothing is on its way, or when waiting longer would not help.
	Settle(ctx context.Context) error
}

// Run is one call of a function.
type Run struct {
	Function string    `json:"function"`
	At       time.Time `json:"at"`              // by the cell's clock
	Error    string    `json:"error,omitempty"` // what the function reported; time goes on, as it does on AWS
}

// Now is the time by the cell's clock.
func (p *Player) Now() time.Time { return clock.By(p.File) }

// Advance moves the clock by a duration that is neither negative nor above Farthest, and returns what has run. What is
// on its way into the cell arrives first. After an error, which means that a function could not be run, the clock
// stands where it was noticed.
func (p *Player) Advance(ctx context.Context, by time.Duration) ([]Run, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.Arrivals.Settle(ctx); err != nil {
		return nil, fmt.Errorf("waiting for arrivals: %w", err)
	}
	from := p.Now().Truncate(time.Millisecond)
	play := newPlay(p, from, from.Add(by))
	err := play.run(ctx)
	if err == nil && p.Ledger != nil {
		err = p.Ledger.Settle(ctx)
	}
	return play.ran, err
}

// Sweep plays time to live as of now.
func (p *Player) Sweep(ctx context.Context) ([]Run, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	play := &play{Player: p}
	if err := play.look(ctx); err != nil {
		return nil, err
	}
	err := play.expire(ctx, p.Now())
	return play.ran, err
}
