package memory

import (
	"cmp"
	"context"
	"iter"
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
			if _, ended := c.ended[u.Org]; ended || !c.organisations[u.Org].EndingAt.IsZero() {
				return fault.NotFound
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

// Overdue keeps the promise of purge.Records, in parts of a few.
func (c *Cell) Overdue(_ context.Context, now time.Time) iter.Seq2[[]upload.Upload, error] {
	return c.parts("Overdue", func() []upload.Upload { return c.overdue(now) })
}

// Shelved keeps the promise of purge.Records, in parts of a few.
func (c *Cell) Shelved(context.Context) iter.Seq2[[]upload.Upload, error] {
	return c.parts("Shelved", c.shelf)
}

// parts asks once for each part; what was asked for before may have changed since.
func (c *Cell) parts(method string, list func() []upload.Upload) iter.Seq2[[]upload.Upload, error] {
	return func(yield func([]upload.Upload, error) bool) {
		seen := map[id]bool{}
		for more := true; more; {
			var part []upload.Upload
			err := c.call(method, "", func() error {
				all := slices.DeleteFunc(list(), func(u upload.Upload) bool { return seen[id{u.Org, u.ID}] })
				part, more = all[:min(len(all), few)], len(all) > few
				return nil
			})
			for _, u := range part {
				seen[id{u.Org, u.ID}] = true
			}
			if err != nil {
				part, more = nil, false
			}
			if !yield(part, err) {
				return
			}
		}
	}
}

// few is how many records a part has.
const few = 60

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
	return c.whichever(func(u upload.Upload) bool { return !u.Due.IsZero() && !u.Due.After(now) && !u.Shelved })
}

func (c *Cell) shelf() []upload.Upload {
	return c.whichever(func(u upload.Upload) bool { return u.Shelved })
}

func (c *Cell) whichever(so func(upload.Upload) bool) []upload.Upload {
	var list []upload.Upload
	for _, u := range c.uploads {
		if so(u) {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b upload.Upload) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID)) })
	return list
}
