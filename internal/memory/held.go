package memory

import (
	"fmt"
	"time"

	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// notHeld: what was erased was under no hold at that moment.
func (c *Cell) notHeld(e erasure) error {
	for _, u := range c.uploads {
		if h, held := c.heldAt(e.at, u.Org, u.Migration, u.ID); held && owns(u, e.Key, e.ID) {
			return fmt.Errorf("%s was erased at %s, under the hold %s", e.Key, e.at, h.ID)
		}
	}
	return nil
}

// notDeleted: no migration was deleted under a hold.
func (c *Cell) notDeleted(l Line) error {
	if l.Action != audit.MigrationDeleted || l.Outcome != audit.Done {
		return nil
	}
	if h, held := c.heldAt(l.Time, l.Organisation, l.Resource, ""); held {
		return fmt.Errorf("%s was deleted at %s, under the hold %s", l.Resource, l.Time, h.ID)
	}
	return nil
}

// heldAt tells which hold was in force at a time. Of a hold and an erasure in one instant, either may have come first.
func (c *Cell) heldAt(t time.Time, organisation, migration, upload string) (hold.Hold, bool) {
	var then []hold.Hold
	for _, h := range c.holds {
		if !h.Holds() && h.ReleasedAt.After(t) {
			h.ReleasedAt = time.Time{}
		}
		if h.PlacedAt.Before(t) {
			then = append(then, h)
		}
	}
	return hold.Over(then, organisation, migration, upload)
}

// held tells whether an upload is under a hold now.
func (c *Cell) held(u upload.Upload) bool {
	_, held := hold.Over(c.holdsOf(u.Org), u.Org, u.Migration, u.ID)
	return held
}

// ending: a termination's deadline is the rule's, from the moment at which it was requested.
func ending(o org.Organisation) error {
	end := o.Termination
	if end.Runs() && !end.DeleteBy.Equal(policy.Deadline(end.Leaving, end.RequestedAt)) {
		return fmt.Errorf("%s is to end by %s; its rule says %s", o.ID, end.DeleteBy, policy.Deadline(end.Leaving, end.RequestedAt))
	}
	return nil
}
