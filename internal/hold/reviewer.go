package hold

import (
	"context"
	"time"
)

// Reviewer finds the holds whose review is late, in the whole cell, for tick to alarm.
type Reviewer struct {
	Records Reviews
}

// Reviews is what a Reviewer needs of the store.
type Reviews interface {
	// HoldsDue lists the holds in force whose review was due by then, the longest overdue first, limit of them at most.
	HoldsDue(ctx context.Context, now time.Time, limit int) ([]Hold, error)
}

// counted is how many overdue reviews are told apart; more are as many.
const counted = 1000

// Overdue counts the holds whose review is late. It changes nothing: a hold holds until somebody releases it.
func (r Reviewer) Overdue(ctx context.Context, now time.Time) (int, error) {
	late := 0
	due, err := r.Records.HoldsDue(ctx, now, counted)
	for _, h := range due {
		if h.Overdue(now) {
			late++
		}
	}
	return late, err
}
