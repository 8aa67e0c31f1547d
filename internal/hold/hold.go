// Package hold is about legal holds: what must not be deleted, who said so and why, and when that is looked at again.
//
// A hold covers an organisation, a migration or one upload. It suspends every retention rule of what it covers; it
// shortens and lengthens none. Several holds on one thing are independent: releasing one ends none of the others. What
// fell due under a hold is purged by the first sweep after the last hold on it was released.
//
// It deletes nothing and stops nothing by itself: package purge asks it before each intent.
package hold

import (
	"time"
)

// Hold is one legal hold.
type Hold struct {
	ID            string
	Org           string
	Scope         string // the id of the organisation, migration or upload that it covers
	Reason        string
	PlacedBy      string
	PlacedAt      time.Time
	ReviewBy      time.Time // when somebody must look at it again; being late ends nothing and is alarmed
	ReleasedAt    time.Time // zero while it holds
	ReleasedBy    string
	ReleaseReason string
	Revision      int
}

// Holds tells whether it is in force.
func (h Hold) Holds() bool { return h.ReleasedAt.IsZero() }

// Overdue tells whether its review is late.
func (h Hold) Overdue(now time.Time) bool { return h.Holds() && h.ReviewBy.Before(now) }

// Over tells which of the holds is in force over an upload of a migration (empty when it has none) of an organisation.
func Over(holds []Hold, organisation, migration, upload string) (first Hold, held bool) {
	for _, h := range holds {
		covers := h.Scope == organisation || h.Scope == upload || migration != "" && h.Scope == migration
		if h.Holds() && h.Org == organisation && covers {
			return h, true
		}
	}
	return Hold{}, false
}
