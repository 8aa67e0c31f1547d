package memory

import (
	"context"
	"fmt"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/inspection"
	"waybill/internal/upload"
)

// Inspected keeps the promise of inspection.Records.
func (c *Cell) Inspected(_ context.Context, act audit.Act, before, after upload.Upload, i inspection.Inspection) error {
	return c.call("Inspected", after.ID, func() error {
		return c.write(act, after.Org, audit.UploadInspected, after.ID, "", func() error {
			at := id{after.Org, after.ID}
			if c.uploads[at].Revision != before.Revision {
				return fault.Stale
			}
			c.uploads[at], c.inspections[at] = after, i
			return nil
		})
	})
}

// Inspection keeps the promise of web.Inspections.
func (c *Cell) Inspection(_ context.Context, organisation, name string) (i inspection.Inspection, err error) {
	err = c.call("Inspection", name, func() error {
		var found bool
		if i, found = c.inspections[id{organisation, name}]; !found {
			return fault.NotFound
		}
		return nil
	})
	return i, err
}

// inspected: what was read of an upload is kept as long as the upload is there, and is said of it.
func (c *Cell) inspected(at id, i inspection.Inspection) error {
	u, found := c.uploads[at]
	if !found || u.State != upload.Sealed || !u.InspectedAt.Equal(i.At) {
		return fmt.Errorf("%s was read at %s, and its record says %s, %s", at.name, i.At, u.State, u.InspectedAt)
	}
	return nil
}
