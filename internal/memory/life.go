package memory

import (
	"fmt"
	"slices"

	"waybill/internal/audit"
	"waybill/internal/upload"
)

// follows is the life of an upload as the audit record may tell it: what can come next.
var follows = map[audit.Action][]audit.Action{
	"":                      {audit.UploadOffered, audit.UploadDropped, audit.UploadQuarantined},
	audit.UploadOffered:     {audit.UploadOpened, audit.UploadSealed, audit.UploadExpired, audit.UploadDeleted, audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadOpened:      {audit.UploadSealed, audit.UploadStated, audit.UploadExpired, audit.UploadDeleted, audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadSealed:      {audit.UploadInspected, audit.UploadStated, audit.UploadDeleted, audit.UploadReturned, audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadStated:      {audit.UploadInspected, audit.UploadSealed, audit.UploadExpired, audit.UploadDeleted, audit.UploadReturned, audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadDropped:     {audit.UploadInspected, audit.UploadDeleted, audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadInspected:   {audit.UploadStated, audit.UploadDeleted, audit.UploadReturned, audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadQuarantined: {audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadExpired:     {audit.UploadReturned, audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadDeleted:     {audit.UploadReturned, audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadReturned:    {audit.UploadReturned, audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted},
	audit.UploadPurged:      {audit.UploadReturned},
	audit.UploadShelved:     {audit.UploadPurged, audit.UploadReturned, audit.UploadReadmitted},
	audit.UploadReadmitted:  {audit.UploadPurged, audit.UploadShelved, audit.UploadReadmitted, audit.UploadReturned},
}

// told: the record was changed as often as the audit record says, in an order that a life can have, by somebody.
func (c *Cell) told(u upload.Upload) error {
	lines := c.lines(u.ID)
	if err := c.counted(u.ID, u.Revision); err != nil {
		return err
	}
	last := audit.Action("")
	for _, l := range lines {
		if !slices.Contains(follows[last], l.Action) || l.Actor == "" || l.Organisation != u.Org {
			return fmt.Errorf("%s: %s by %q after %q cannot be", u.ID, l.Action, l.Actor, last)
		}
		last = l.Action
	}
	return nil
}

// lines are what was done to a resource; what was refused changed nothing.
func (c *Cell) lines(resource string) []Line {
	var lines []Line
	for _, l := range c.trail {
		if l.Resource == resource && l.Outcome == audit.Done {
			lines = append(lines, l)
		}
	}
	return lines
}
