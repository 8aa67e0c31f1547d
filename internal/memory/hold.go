package memory

import (
	"context"
	"slices"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
)

// Guard keeps the promise of hold.Records, and of the Records of upload and migration.
func (c *Cell) Guard(_ context.Context, organisation string) (g hold.Guard, err error) {
	err = c.call("Guard", organisation, func() error {
		g = hold.Guard{Revision: c.guards[organisation], Holds: c.holdsOf(organisation), Purging: slices.Clone(c.purging[organisation])}
		return nil
	})
	return g, err
}

func (c *Cell) holdsOf(organisation string) (list []hold.Hold) {
	for at, h := range c.holds {
		if at.organisation == organisation {
			list = append(list, h)
		}
	}
	list, _ = page(list, func(h hold.Hold) string { return h.ID }, "", len(list))
	return list
}

// Thing keeps the promise of hold.Records.
func (c *Cell) Thing(_ context.Context, organisation, scope string, now time.Time) (thing hold.Thing, err error) {
	err = c.call("Thing", scope, func() error {
		u, staged := c.uploads[id{organisation, scope}]
		_, planned := c.migrations[id{organisation, scope}]
		_, known := c.organisations[organisation]
		if !staged && !planned && (!known || scope != organisation) {
			return fault.NotFound
		}
		if u = u.At(now); staged && !u.Holdable() {
			thing.Ended = string(u.State)
		}
		return nil
	})
	return thing, err
}

// Hold keeps the promise of hold.Records.
func (c *Cell) Hold(_ context.Context, organisation, name string) (h hold.Hold, err error) {
	err = c.call("Hold", name, func() error {
		var found bool
		if h, found = c.holds[id{organisation, name}]; !found {
			return fault.NotFound
		}
		return nil
	})
	return h, err
}

// Holds keeps the promise of hold.Records.
func (c *Cell) Holds(_ context.Context, organisation, after string, limit int) (list []hold.Hold, more bool, err error) {
	err = c.call("Holds", organisation, func() error {
		list, more = page(c.holdsOf(organisation), func(h hold.Hold) string { return h.ID }, after, limit)
		return nil
	})
	return list, more, err
}

// PlaceHold keeps the promise of hold.Records.
func (c *Cell) PlaceHold(_ context.Context, act audit.Act, g hold.Guard, h hold.Hold) error {
	return c.call("PlaceHold", h.Scope, func() error {
		return c.write(act, h.Org, audit.HoldPlaced, h.ID, h.Scope, func() error {
			if !c.organisations[h.Org].EndingAt.IsZero() {
				return fault.NotFound
			}
			if _, found := c.migrations[id{h.Org, h.Scope}]; ident.Valid(ident.Migration, h.Scope) && !found {
				return fault.NotFound
			}
			return c.moveGuard(g, h)
		})
	})
}

// ReleaseHold keeps the promise of hold.Records.
func (c *Cell) ReleaseHold(_ context.Context, act audit.Act, g hold.Guard, before, after hold.Hold) error {
	return c.call("ReleaseHold", before.ID, func() error {
		return c.write(act, before.Org, audit.HoldReleased, before.ID, before.Scope, func() error {
			if c.holds[id{before.Org, before.ID}].Revision != before.Revision {
				return fault.Stale
			}
			return c.moveGuard(g, after)
		})
	})
}

func (c *Cell) moveGuard(g hold.Guard, h hold.Hold) error {
	if c.guards[h.Org] != g.Revision {
		return fault.Stale
	}
	c.guards[h.Org]++
	c.holds[id{h.Org, h.ID}] = h
	return nil
}

// HoldsDue keeps the promise of hold.Reviews.
func (c *Cell) HoldsDue(_ context.Context, now time.Time, limit int) (due []hold.Hold, err error) {
	err = c.call("HoldsDue", "", func() error {
		for _, h := range c.holds {
			if h.Holds() && !h.ReviewBy.After(now) {
				due = append(due, h)
			}
		}
		slices.SortFunc(due, func(a, b hold.Hold) int { return a.ReviewBy.Compare(b.ReviewBy) })
		return nil
	})
	return due[:min(len(due), limit)], err
}

// Purge opens the purge of some uploads, under a lease, as package purge does before it erases; done ends it.
func (c *Cell) Purge(organisation string, until time.Time, uploads ...string) (done func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.guards[organisation]++
	c.purging[organisation] = append(c.purging[organisation], hold.Purging{Uploads: uploads, LeasedUntil: until})
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.purging, organisation)
	}
}
