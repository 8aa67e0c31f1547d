package memory

import (
	"cmp"
	"context"
	"slices"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/migration"
)

// CreateMigration keeps the promise of migration.Records.
func (c *Cell) CreateMigration(_ context.Context, act audit.Act, action audit.Action, m migration.Migration) error {
	return c.call("CreateMigration", "", func() error {
		return c.write(act, m.Org, action, m.ID, "", func() error {
			if err := c.stays(m.Org); err != nil {
				return err
			}
			c.migrations[id{m.Org, m.ID}] = m
			return nil
		})
	})
}

// Migration keeps the promise of migration.Records.
func (c *Cell) Migration(_ context.Context, organisation, name string) (m migration.Migration, err error) {
	err = c.call("Migration", name, func() error {
		var found bool
		if m, found = c.migrations[id{organisation, name}]; !found {
			return fault.NotFound
		}
		return nil
	})
	return m, err
}

// Migrations keeps the promise of migration.Records.
func (c *Cell) Migrations(_ context.Context, organisation string, f migration.Filter, after string, limit int) (list []migration.Migration, more bool, err error) {
	err = c.call("Migrations", organisation, func() error {
		for at, m := range c.migrations {
			if at.organisation == organisation && (f.Status == "" || f.Status == m.Status) && (f.Archived == nil || *f.Archived == m.Archived) {
				list = append(list, m)
			}
		}
		list, more = page(list, func(m migration.Migration) string { return m.ID }, after, limit)
		return nil
	})
	return list, more, err
}

// ReplaceMigration keeps the promise of migration.Records.
func (c *Cell) ReplaceMigration(_ context.Context, act audit.Act, action audit.Action, before, after migration.Migration) error {
	return c.call("ReplaceMigration", before.ID, func() error {
		return c.write(act, before.Org, action, before.ID, "", func() error {
			if c.migrations[id{before.Org, before.ID}].Revision != before.Revision {
				return fault.Stale
			}
			if action == audit.MigrationStarted {
				if err := c.stays(before.Org); err != nil {
					return err
				}
			}
			c.migrations[id{before.Org, before.ID}] = after
			return nil
		})
	})
}

// stays: the organisation is there, and no termination of it runs.
func (c *Cell) stays(organisation string) error {
	o, found := c.organisations[organisation]
	if !found {
		return fault.NotFound
	}
	return o.Termination.Admits()
}

// DeleteMigration keeps the promise of migration.Records.
func (c *Cell) DeleteMigration(_ context.Context, act audit.Act, m migration.Migration, g hold.Guard) error {
	return c.call("DeleteMigration", m.ID, func() error {
		return c.write(act, m.Org, audit.MigrationDeleted, m.ID, "", func() error {
			if c.migrations[id{m.Org, m.ID}].Revision != m.Revision {
				return fault.Stale
			}
			if c.guards[m.Org] != g.Revision {
				return fault.Unavailable
			}
			delete(c.migrations, id{m.Org, m.ID})
			return nil
		})
	})
}

// page is the part of a list, newest first, that follows an id.
func page[T any](list []T, name func(T) string, after string, limit int) (part []T, more bool) {
	list = slices.DeleteFunc(list, func(t T) bool { return after != "" && name(t) >= after })
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(name(b), name(a)) })
	if len(list) > limit {
		return list[:limit], true
	}
	return list, false
}
