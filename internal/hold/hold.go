// Package hold is about legal holds: what must not be deleted, who said so and why, and when that is looked at again.
//
// A hold covers an organisation, a migration or one upload. It suspends every retention rule of what it covers; it
// shortens and lengthens none. Several holds on one thing are independent: releasing one ends none of the others. What
// fell due under a hold is purged by the first sweep after the last hold on it was released.
//
// It deletes nothing and stops nothing by itself: package purge asks it before each intent, and packages upload and
// migration before they delete on request. A hold and a purge cannot pass each other by: both are written on condition
// of one guard (see [Guard]), so that of two at once the second sees the first.
package hold

import (
	"slices"
	"strings"
	"time"

	"waybill/internal/fault"
	"waybill/internal/ident"
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

// covers tells whether it is in force over an upload of a migration (empty when it has none) of an organisation.
func (h Hold) covers(organisation, migration, upload string) bool {
	return h.Holds() && h.Org == organisation &&
		(h.Scope == organisation || h.Scope == upload || migration != "" && h.Scope == migration)
}

// Over tells which of the holds is in force over an upload of a migration (empty when it has none) of an organisation.
// An empty upload asks for the migration itself, both empty for the organisation.
func Over(holds []Hold, organisation, migration, upload string) (first Hold, held bool) {
	i := slices.IndexFunc(holds, func(h Hold) bool { return h.covers(organisation, migration, upload) })
	if i < 0 {
		return Hold{}, false
	}
	return holds[i], true
}

// All are the holds in force over it, as Over has it.
func All(holds []Hold, organisation, migration, upload string) []Hold {
	return slices.DeleteFunc(slices.Clone(holds), func(h Hold) bool { return !h.covers(organisation, migration, upload) })
}

// Refused is the refusal of a deletion under a hold.
func Refused(h Hold) error {
	return fault.Conflict.Because("It is under the legal hold %s; nothing that a hold covers is deleted until it is released.", h.ID)
}

// Guard is what stands between an organisation's things and their purge, read at one moment.
type Guard struct {
	Revision int // counts holds placed and released and purges begun; what depends on the rest is written on condition of it
	Holds    []Hold
	Purging  []Purging
}

// Any tells whether any hold is in force.
func (g Guard) Any() bool { return slices.ContainsFunc(g.Holds, Hold.Holds) }

// Purging is an open intent: the purge of these uploads has begun. Past its lease whoever began it has given up, and
// whoever takes it up again looks at the holds first.
type Purging struct {
	Uploads     []string
	LeasedUntil time.Time // zero is never
}

// purging tells whether something in the scope may be being erased at this moment. Which migration an upload belongs to
// does not stand in an intent, so that any purge counts for a migration; it is over within its lease.
func (g Guard) purging(scope string, now time.Time) bool {
	return slices.ContainsFunc(g.Purging, func(p Purging) bool {
		leased := p.LeasedUntil.IsZero() || now.Before(p.LeasedUntil)
		return leased && (!strings.HasPrefix(scope, ident.Upload+"_") || slices.Contains(p.Uploads, scope))
	})
}
