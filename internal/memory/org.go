package memory

import (
	"context"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/org"
)

// CreateOrganisation keeps the promise of org.Records. The operator's idempotency keys belong to no organisation.
func (c *Cell) CreateOrganisation(_ context.Context, act audit.Act, o org.Organisation) error {
	return c.call("CreateOrganisation", "", func() error {
		return c.write(act, "", audit.OrgCreated, o.ID, "", func() error {
			c.organisations[o.ID] = o
			return nil
		})
	})
}

// Organisation keeps the promise of the Records of org and upload.
func (c *Cell) Organisation(_ context.Context, name string) (o org.Organisation, err error) {
	err = c.call("Organisation", name, func() error {
		var found bool
		if o, found = c.organisations[name]; !found {
			return fault.NotFound
		}
		return nil
	})
	return o, err
}

// BindKey keeps the promise of org.Records.
func (c *Cell) BindKey(_ context.Context, act audit.Act, before, after org.Organisation) error {
	return c.call("BindKey", before.ID, func() error {
		return c.write(act, before.ID, audit.KeyBound, before.ID, "", func() error {
			if c.organisations[before.ID].Revision != before.Revision {
				return fault.Stale
			}
			c.organisations[before.ID] = after
			return nil
		})
	})
}

// Terminate keeps the promise of org.Terminations.
func (c *Cell) Terminate(_ context.Context, act audit.Act, action audit.Action, before, after org.Organisation) error {
	return c.call("Terminate", before.ID, func() error {
		return c.write(act, before.ID, action, before.ID, "", func() error {
			if c.organisations[before.ID].Revision != before.Revision {
				return fault.Stale
			}
			c.organisations[before.ID] = after
			return nil
		})
	})
}

// KeyLost keeps the promise of upload.Records.
func (c *Cell) KeyLost(_ context.Context, act audit.Act, before, after org.Organisation) error {
	return c.call("KeyLost", before.ID, func() error {
		return c.write(act, before.ID, audit.KeyRefused, before.ID, string(after.Key.State), func() error {
			return c.setKeyState(before, after)
		})
	})
}

// setKeyState is guarded by the key as it was read.
func (c *Cell) setKeyState(before, after org.Organisation) error {
	now, found := c.organisations[before.ID]
	if !found {
		return fault.NotFound
	}
	if now.Key != before.Key || now.Termination != before.Termination {
		return fault.Stale
	}
	now.Key = after.Key
	c.organisations[before.ID] = now
	return nil
}
