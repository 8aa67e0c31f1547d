package memory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"waybill/internal/audit"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// Check holds the whole state, now, against everything that must be true of a cell whose queue is empty and whose
// schedules have just run: nothing was deleted early or under a hold, everything due and not held is gone, a record says
// so exactly when it is, nothing lies in the bucket that no record will remove, every deadline is the rule's, and every
// change has its audit entry. It answers every broken promise.
func (c *Cell) Check() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var broken []error
	for _, e := range c.erasures {
		broken = append(broken, c.notEarly(e), c.notHeld(e))
	}
	for _, u := range c.uploads {
		broken = append(broken, c.gone(u), deadline(u), c.told(u))
	}
	for _, o := range c.objects {
		broken = append(broken, c.remembered(o.Key, o.ID))
	}
	for uploadID, m := range c.unfinished {
		broken = append(broken, c.remembered(m.key, uploadID))
	}
	for at, i := range c.inspections {
		broken = append(broken, c.inspected(at, i))
	}
	for _, m := range c.migrations {
		broken = append(broken, c.counted(m.ID, m.Revision))
	}
	for _, h := range c.holds {
		broken = append(broken, c.counted(h.ID, h.Revision))
	}
	for _, o := range c.organisations {
		broken = append(broken, ending(o))
	}
	broken = append(broken, c.certified(), c.endings())
	broken = append(broken, c.wrong...)
	for _, l := range c.trail {
		broken = append(broken, c.notDeleted(l))
	}
	return errors.Join(broken...)
}

// counted: a record was changed as often as the audit record says.
func (c *Cell) counted(resource string, revision int) error {
	if n := len(c.lines(resource)); n != revision {
		return fmt.Errorf("%s is at revision %d with %d audit entries", resource, revision, n)
	}
	return nil
}

// notEarly: what was erased belonged to a record that was due by then, by its rule or by request. Where it belonged to
// two, the earlier deadline wins.
func (c *Cell) notEarly(e erasure) error {
	owned := false
	for _, u := range c.uploads {
		if !owns(u, e.Key, e.ID) {
			continue
		}
		if owned = true; !e.at.Before(c.dueSince(u)) {
			return nil
		}
	}
	if c.again(e) {
		return nil
	}
	if !owned {
		return fmt.Errorf("%s was erased, and no record ever had it", e.Key)
	}
	return fmt.Errorf("%s was erased at %s, before it was due", e.Key, e.at)
}

// dueSince is when it first became due.
func (c *Cell) dueSince(u upload.Upload) time.Time {
	due := u.DeleteBy
	if end := c.organisations[u.Org].Termination; end.Runs() && end.DeleteBy.Before(due) {
		due = end.DeleteBy
	}
	for _, l := range c.lines(u.ID) {
		ends := l.Action == audit.UploadDeleted || l.Action == audit.UploadExpired || l.Action == audit.UploadReturned
		if ends && l.Time.Before(due) {
			due = l.Time
		}
	}
	return due
}

// gone: nothing due is still there, unless it is held; what is recorded as gone is, waits for nothing, and shows no state of the living.
func (c *Cell) gone(u upload.Upload) error {
	lies := c.lies(u)
	switch {
	case !u.Due.IsZero() && !u.Due.After(c.now) && !c.held(u):
		return fmt.Errorf("%s (%s) has been due since %s", u.ID, u.State, u.Due)
	case u.PurgedAt.IsZero() == u.Due.IsZero():
		return fmt.Errorf("%s is due at %s and was purged at %s: it must be one of them", u.ID, u.Due, u.PurgedAt)
	case !u.PurgedAt.IsZero() && lies:
		return fmt.Errorf("%s is recorded as purged, and still lies in the bucket", u.ID)
	case !u.PurgedAt.IsZero() != (u.State == upload.Purged || u.State == upload.Expired) && !c.held(u):
		return fmt.Errorf("%s is %s, and was purged at %s", u.ID, u.State, u.PurgedAt)
	}
	return nil
}

// deadline: it is the rule's, from the moment at which the rule's clock started.
func deadline(u upload.Upload) error {
	want := policy.Deadline(policy.OpenOffer, u.CreatedAt)
	if !u.SealedAt.IsZero() {
		want = policy.Deadline(policy.Subject(u.Kind), u.SealedAt)
	}
	if !u.DeleteBy.Equal(want) {
		return fmt.Errorf("%s is to be deleted by %s; its rule says %s", u.ID, u.DeleteBy, want)
	}
	return nil
}

// remembered: whatever lies in the bucket has a record that waits for a deadline.
func (c *Cell) remembered(key, version string) error {
	for _, u := range c.uploads {
		if owns(u, key, version) && !u.Due.IsZero() {
			return nil
		}
	}
	return fmt.Errorf("%s (%s) lies in the bucket, and no record will remove it", key, version)
}

// lies tells whether anything of an upload's own is in the bucket.
func (c *Cell) lies(u upload.Upload) bool {
	for uploadID, m := range c.unfinished {
		if owns(u, m.key, uploadID) {
			return true
		}
	}
	return slices.ContainsFunc(c.objects, func(o object) bool { return owns(u, o.Key, o.ID) })
}

// owns tells whether a version or a multipart upload is an upload's own: where we chose the key, all that is under it;
// elsewhere the one version that the record names.
func owns(u upload.Upload, key, version string) bool {
	chosen := u.Kind != upload.Unmatched && strings.HasPrefix(u.ObjectKey, upload.StagedPrefix)
	return key == u.ObjectKey && (chosen || version == u.VersionID)
}
