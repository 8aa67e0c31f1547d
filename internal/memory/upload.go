package memory

import (
	"context"
	"slices"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// Offer keeps the promise of upload.Records.
func (c *Cell) Offer(_ context.Context, act audit.Act, u upload.Upload, before, after org.Organisation) error {
	return c.call("Offer", "", func() error {
		return c.write(act, u.Org, audit.UploadOffered, u.ID, "", func() error {
			if _, found := c.migrations[id{u.Org, u.Migration}]; u.Migration != "" && !found {
				return fault.NotFound
			}
			if err := c.setKeyState(before, after); err != nil {
				return err
			}
			c.uploads[id{u.Org, u.ID}] = u
			return nil
		})
	})
}

// Upload keeps the promise of upload.Records.
func (c *Cell) Upload(_ context.Context, organisation, name string) (u upload.Upload, err error) {
	err = c.call("Upload", name, func() error {
		var found bool
		if u, found = c.uploads[id{organisation, name}]; !found {
			return fault.NotFound
		}
		return nil
	})
	return u, err
}

// Uploads keeps the promise of upload.Records.
func (c *Cell) Uploads(_ context.Context, organisation, migration, after string, limit int) (list []upload.Upload, more bool, err error) {
	err = c.call("Uploads", organisation, func() error {
		list, more = c.uploadsOf(organisation, migration, after, limit, func(upload.Upload) bool { return true })
		return nil
	})
	return list, more, err
}

// Remaining keeps the promise of holdings.Store.
func (c *Cell) Remaining(_ context.Context, organisation, migration, after string, limit int) (list []upload.Upload, more bool, err error) {
	err = c.call("Remaining", organisation, func() error {
		list, more = c.uploadsOf(organisation, migration, after, limit, func(u upload.Upload) bool { return !u.Due.IsZero() })
		return nil
	})
	return list, more, err
}

func (c *Cell) uploadsOf(organisation, migration, after string, limit int, which func(upload.Upload) bool) (list []upload.Upload, more bool) {
	for at, u := range c.uploads {
		if at.organisation == organisation && (migration == "" || migration == u.Migration) && which(u) {
			list = append(list, u)
		}
	}
	return page(list, func(u upload.Upload) string { return u.ID }, after, limit)
}

// ReplaceUpload keeps the promise of upload.Replacer.
func (c *Cell) ReplaceUpload(_ context.Context, act audit.Act, action audit.Action, before, after upload.Upload, detail string) error {
	return c.call("ReplaceUpload", before.ID, func() error {
		return c.write(act, before.Org, action, before.ID, detail, func() error {
			if c.uploads[id{before.Org, before.ID}].Revision != before.Revision {
				return fault.Stale
			}
			c.uploads[id{before.Org, before.ID}] = after
			return nil
		})
	})
}

// Admit keeps the promise of upload.Arrivals and purge.Restorer.
func (c *Cell) Admit(_ context.Context, act audit.Act, action audit.Action, u upload.Upload, detail string) error {
	return c.call("Admit", u.ID, func() error {
		return c.write(act, u.Org, action, u.ID, detail, func() error {
			if _, found := c.uploads[id{u.Org, u.ID}]; found {
				return fault.Conflict
			}
			c.uploads[id{u.Org, u.ID}] = u
			return nil
		})
	})
}

// Due keeps the promise of upload.Waiting.
func (c *Cell) Due(_ context.Context, now time.Time, limit int) (due []upload.Upload, err error) {
	err = c.call("Due", "", func() error {
		due = c.overdue(now)
		return nil
	})
	return due[:min(len(due), limit)], err
}

// Remove is DynamoDB's TTL: it takes away the records that no purge has met in time, and answers them.
func (c *Cell) Remove() []upload.Upload {
	c.mu.Lock()
	defer c.mu.Unlock()
	removed := c.overdue(c.now.Add(-policy.Grace))
	for _, u := range removed {
		delete(c.uploads, id{u.Org, u.ID})
	}
	return removed
}

func (c *Cell) overdue(now time.Time) []upload.Upload {
	var due []upload.Upload
	for _, u := range c.uploads {
		if !u.Due.IsZero() && !u.Due.After(now) {
			due = append(due, u)
		}
	}
	slices.SortFunc(due, func(a, b upload.Upload) int { return a.Due.Compare(b.Due) })
	return due
}
