package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/purge"
	"waybill/internal/restore"
	"waybill/internal/upload"
)

// RestoreRecords brings records and audit trail back to where they were in that cell; what is certified stays, as the
// ledger does.
func (c *Cell) RestoreRecords(backup *Cell) {
	b := backup.Clone()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.organisations, c.migrations, c.uploads, c.inspections, c.holds = b.organisations, b.migrations, b.uploads, b.inspections, b.holds
	c.undone = append(c.undone, c.trail[len(b.trail):]...)
	c.guards, c.purging, c.spent, c.trail, c.ended = b.guards, b.purging, b.spent, b.trail, b.ended
}

// RestoreObjects puts back what lay in that cell's bucket and does not in this one, under the same versions.
func (c *Cell) RestoreObjects(backup *Cell) {
	b := backup.Clone()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range b.objects {
		if !slices.Contains(c.objects, o) {
			c.objects = append(c.objects, o)
			c.returned[o.Version] = true
		}
	}
	maps.Copy(c.unfinished, b.unfinished)
}

// Page is how many entries a page of the bucket's listing has.
const Page = 3

// Versions keeps the promise of restore.Bucket.
func (c *Cell) Versions(_ context.Context, after restore.Mark) (list []restore.Version, next restore.Mark, more bool, err error) {
	err = c.call("Versions", after.Key+" "+after.ID, func() error {
		for _, o := range c.objects {
			list = append(list, restore.Version{Version: o.Version, Marker: o.marker, Size: o.size, Put: o.put})
		}
		list, next, more = listed(list, after, func(v restore.Version) restore.Mark { return restore.Mark{Key: v.Key, ID: v.ID} })
		return nil
	})
	return list, next, more, err
}

// Unfinished keeps the promise of restore.Bucket.
func (c *Cell) Unfinished(_ context.Context, after restore.Mark) (list []purge.Unfinished, next restore.Mark, more bool, err error) {
	err = c.call("Unfinished", after.Key+" "+after.ID, func() error {
		for uploadID, m := range c.unfinished {
			list = append(list, purge.Unfinished{Key: m.key, UploadID: uploadID})
		}
		list, next, more = listed(list, after, func(m purge.Unfinished) restore.Mark { return restore.Mark{Key: m.Key, ID: m.UploadID} })
		return nil
	})
	return list, next, more, err
}

// listed is one page in the order of keys.
func listed[T any](all []T, after restore.Mark, mark func(T) restore.Mark) (list []T, next restore.Mark, more bool) {
	order := func(a, b restore.Mark) int { return cmp.Or(strings.Compare(a.Key, b.Key), strings.Compare(a.ID, b.ID)) }
	slices.SortFunc(all, func(a, b T) int { return order(mark(a), mark(b)) })
	all = slices.DeleteFunc(all, func(one T) bool { return order(mark(one), after) <= 0 })
	if len(all) <= Page {
		return all, restore.Mark{}, false
	}
	return all[:Page], mark(all[Page-1]), true
}

// EachUpload keeps the promise of restore.Records.
func (c *Cell) EachUpload(_ context.Context, do func(upload.Upload) error) error {
	var all []upload.Upload
	err := c.call("EachUpload", "", func() error {
		all = slices.SortedFunc(maps.Values(c.uploads), func(a, b upload.Upload) int { return strings.Compare(a.ID, b.ID) })
		return nil
	})
	for _, u := range all {
		if err == nil {
			err = do(u)
		}
	}
	return err
}

// Found keeps the promise of restore.Records.
func (c *Cell) Found(_ context.Context, act audit.Act, f restore.Finding) error {
	return c.call("Found", f.Certificate, func() error {
		return c.write(act, f.Org, audit.RestoreFound, f.Certificate, "", func() error {
			c.notes[f.Certificate] = f
			return nil
		})
	})
}

// OpenFindings keeps the promise of restore.Records.
func (c *Cell) OpenFindings(context.Context) (all []restore.Finding, err error) {
	err = c.call("OpenFindings", "", func() error {
		all = slices.Collect(maps.Values(c.notes))
		return nil
	})
	return all, err
}

// Amend keeps the promise of restore.Records.
func (c *Cell) Amend(_ context.Context, act audit.Act, f restore.Finding, gone []purge.Gone, addendum certificate.Certificate) error {
	return c.call("Amend", f.Certificate, func() error {
		for _, g := range gone {
			if c.uploads[id{g.Before.Org, g.Before.ID}].Revision != g.Before.Revision {
				return fault.Stale
			}
		}
		for _, g := range gone {
			err := c.write(act, g.After.Org, audit.UploadPurged, g.After.ID, g.After.Rule, func() error {
				c.uploads[id{g.After.Org, g.After.ID}] = g.After
				delete(c.inspections, id{g.After.Org, g.After.ID})
				return nil
			})
			if err != nil {
				return err
			}
		}
		return c.amend(act, f, addendum)
	})
}

func (c *Cell) amend(act audit.Act, f restore.Finding, addendum certificate.Certificate) error {
	return c.write(act, f.Org, audit.RestoreAmended, f.Certificate, addendum.ID, func() error {
		if _, noted := c.notes[f.Certificate]; !noted {
			return fault.Stale
		}
		delete(c.notes, f.Certificate)
		c.certificates = append(c.certificates, Certified{Certificate: addendum})
		return nil
	})
}

// EachOrganisation keeps the promise of restore.Endings.
func (c *Cell) EachOrganisation(_ context.Context, do func(id string, records int) error) error {
	living := map[string]int{}
	err := c.call("EachOrganisation", "", func() error {
		for name := range c.organisations {
			living[name] = 1 + c.recordsOf(name)
		}
		return nil
	})
	for _, name := range slices.Sorted(maps.Keys(living)) {
		if err == nil {
			err = do(name, living[name])
		}
	}
	return err
}

// EndAgain keeps the promise of restore.Endings.
func (c *Cell) EndAgain(_ context.Context, act audit.Act, f restore.Finding, addendum certificate.Certificate) error {
	return c.call("EndAgain", f.Org, func() error {
		if err := c.amend(act, f, addendum); err != nil {
			return err
		}
		delete(c.organisations, f.Org)
		c.ended[f.Org] = f.Certificate
		return nil
	})
}

// Each keeps the promise of restore.Archive.
func (c *Cell) Each(_ context.Context, do func(index int64, data []byte) error) error {
	var all []Certified
	err := c.call("Each", "", func() error {
		all = slices.Clone(c.certificates)
		return nil
	})
	for i, s := range all {
		if err == nil {
			err = do(int64(i), s.Payload)
		}
	}
	return err
}

// At keeps the promise of restore.Archive.
func (c *Cell) At(_ context.Context, index int64) (data []byte, err error) {
	err = c.call("At", "", func() error {
		data = c.certificates[index].Payload
		return nil
	})
	return data, err
}

// again tells whether what was erased was an ended organisation's, or had come back from a backup and was certified to be
// gone.
func (c *Cell) again(e erasure) bool {
	for organisation := range c.ended {
		if strings.Contains(e.Key, "/"+organisation+"/") {
			return true
		}
	}
	return c.returned[e.Version] && slices.ContainsFunc(c.certificates, func(s Certified) bool {
		return slices.ContainsFunc(s.Uploads, func(name string) bool { return c.covers(name, e) })
	})
}

func (c *Cell) covers(name string, e erasure) bool {
	if strings.HasSuffix(e.Key, "/"+name) {
		return true
	}
	for at, u := range c.uploads {
		if at.name == name && owns(u, e.Key, e.ID) {
			return true
		}
	}
	return false
}
