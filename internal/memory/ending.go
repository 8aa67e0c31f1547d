package memory

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/org"
)

// Ending keeps the promise of purge.Endings.
func (c *Cell) Ending(_ context.Context, act audit.Act) iter.Seq2[org.Organisation, error] {
	var due []org.Organisation
	err := c.call("Ending", "", func() error {
		for _, o := range c.organisations {
			if o.Termination.Runs() && !o.Termination.DeleteBy.After(act.Time) {
				due = append(due, o)
			}
		}
		return nil
	})
	return func(yield func(org.Organisation, error) bool) {
		if err != nil {
			yield(org.Organisation{}, err)
			return
		}
		for _, o := range due {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// BeginEnd keeps the promise of purge.Endings.
func (c *Cell) BeginEnd(_ context.Context, act audit.Act, g hold.Guard, before, after org.Organisation) error {
	return c.call("BeginEnd", before.ID, func() error {
		return c.write(act, before.ID, audit.OrgEnding, before.ID, "", func() error {
			if c.organisations[before.ID].Revision != before.Revision || c.guards[before.ID] != g.Revision {
				return fault.Stale
			}
			c.guards[before.ID]++
			c.organisations[before.ID] = after
			return nil
		})
	})
}

// EraseRecords keeps the promise of purge.Endings.
func (c *Cell) EraseRecords(_ context.Context, organisation string) (erased map[string]int, err error) {
	erased = map[string]int{}
	err = c.call("EraseRecords", organisation, func() error {
		if g := (hold.Guard{Holds: c.holdsOf(organisation)}); g.Any() {
			c.wrong = append(c.wrong, fmt.Errorf("%s ends under a hold", organisation))
		}
		c.judgeErasures(organisation)
		ours := func(at id) bool { return at.organisation == organisation }
		erased["migration"] = without(c.migrations, ours)
		erased["upload"] = without(c.uploads, ours)
		erased["inspection"] = without(c.inspections, ours)
		erased["hold"] = without(c.holds, ours)
		erased["idempotencyKey"] = without(c.spent, ours)
		delete(c.purging, organisation)
		return nil
	})
	return erased, err
}

// judgeErasures looks at what was erased of an organisation as long as its records tell.
func (c *Cell) judgeErasures(organisation string) {
	c.erasures = slices.DeleteFunc(c.erasures, func(e erasure) bool {
		for at, u := range c.uploads {
			if at.organisation == organisation && owns(u, e.Key, e.ID) {
				c.wrong = append(c.wrong, c.notEarly(e), c.notHeld(e))
				return true
			}
		}
		return false
	})
}

// without deletes what is so from a map, and answers how many.
func without[K comparable, V any](from map[K]V, so func(K) bool) int {
	before := len(from)
	maps.DeleteFunc(from, func(at K, _ V) bool { return so(at) })
	return before - len(from)
}

// Left keeps the promise of purge.Endings.
func (c *Cell) Left(_ context.Context, organisation string) (n int, sealingKey []byte, err error) {
	err = c.call("Left", organisation, func() error {
		n = c.recordsOf(organisation)
		return nil
	})
	return n, []byte("wrapped"), err
}

func (c *Cell) recordsOf(organisation string) (n int) {
	ours := func(at id) {
		if at.organisation == organisation {
			n++
		}
	}
	for at := range c.migrations {
		ours(at)
	}
	for at := range c.uploads {
		ours(at)
	}
	for at := range c.inspections {
		ours(at)
	}
	for at := range c.holds {
		ours(at)
	}
	return n
}

// End keeps the promise of purge.Endings.
func (c *Cell) End(_ context.Context, act audit.Act, o org.Organisation, signed certificate.Certificate) error {
	return c.call("End", o.ID, func() error {
		return c.write(act, o.ID, audit.OrgEnded, o.ID, "", func() error {
			if c.organisations[o.ID].Revision != o.Revision {
				return fault.Stale
			}
			delete(c.organisations, o.ID)
			c.ended[o.ID] = signed.ID
			c.certificates = append(c.certificates, Certified{Certificate: signed})
			return nil
		})
	})
}

// endings: an organisation whose time is up is gone, unless something of it is held; of one that has ended no record is
// left, nothing lies in the bucket, and there is one certificate.
func (c *Cell) endings() error {
	var broken []error
	for _, o := range c.organisations {
		late := o.Termination.Runs() && !o.Termination.DeleteBy.After(c.now)
		if g := (hold.Guard{Holds: c.holdsOf(o.ID)}); late && !g.Any() {
			broken = append(broken, fmt.Errorf("%s was to end by %s", o.ID, o.Termination.DeleteBy))
		}
	}
	for organisation, name := range c.ended {
		certified := 0
		for _, s := range c.certificates {
			if s.ID == name {
				certified++
			}
		}
		if n := c.recordsOf(organisation); n > 0 || certified != 1 {
			broken = append(broken, fmt.Errorf("%s has ended with %d records and %d certificates", organisation, n, certified))
		}
	}
	return errors.Join(broken...)
}
