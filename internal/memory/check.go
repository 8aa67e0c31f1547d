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
// schedules have just run: nothing was deleted early, everything due is gone, a record says so exactly when it is,
// nothing lies in the bucket that no record will remove, every deadline is the rule's, and every change has its audit
// entry. It answers every broken promise.
func (c *Cell) Check() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var broken []error
	for _, e := range c.erasures {
		broken = append(broken, c.notEarly(e))
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
	for at, m := range c.migrations {
		if n := len(c.lines(at.name)); n != m.Revision {
			broken = append(broken, fmt.Errorf("%s is at revision %d with %d audit entries", m.ID, m.Revision, n))
		}
	}
	return errors.Join(broken...)
}

// notEarly: what was erased belonged to a record that was due by then, by its rule or by request.
func (c *Cell) notEarly(e erasure) error {
	u, found := c.owner(e.Key, e.ID)
	if !found {
		return fmt.Errorf("%s was erased, and no record ever had it", e.Key)
	}
	if !e.at.Before(c.dueSince(u)) {
		return nil
	}
	return fmt.Errorf("%s was erased at %s, before it was due", u.ID, e.at)
}

// dueSince is when it first became due.
func (c *Cell) dueSince(u upload.Upload) time.Time {
	due := u.DeleteBy
	for _, l := range c.lines(u.ID) {
		ends := l.Action == audit.UploadDeleted || l.Action == audit.UploadExpired || l.Action == audit.UploadReturned
		if ends && l.Time.Before(due) {
			due = l.Time
		}
	}
	return due
}

// gone: nothing due is still there; what is recorded as gone is, waits for nothing, and shows no state of the living.
func (c *Cell) gone(u upload.Upload) error {
	lies := c.lies(u)
	switch {
	case !u.Due.IsZero() && !u.Due.After(c.now):
		return fmt.Errorf("%s (%s) has been due since %s", u.ID, u.State, u.Due)
	case u.PurgedAt.IsZero() == u.Due.IsZero():
		return fmt.Errorf("%s is due at %s and was purged at %s: it must be one of them", u.ID, u.Due, u.PurgedAt)
	case !u.PurgedAt.IsZero() && lies:
		return fmt.Errorf("%s is recorded as purged, and still lies in the bucket", u.ID)
	case !u.PurgedAt.IsZero() != (u.State == upload.Purged || u.State == upload.Expired):
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
	if u, found := c.owner(key, version); !found || u.Due.IsZero() {
		return fmt.Errorf("%s (%s) lies in the bucket, and no record will remove it", key, version)
	}
	return nil
}

// owner is the record that a version or a multipart upload belongs to: its own, or the one whose key it is.
func (c *Cell) owner(key, version string) (owner upload.Upload, found bool) {
	for _, u := range c.uploads {
		if u.ObjectKey != key {
			continue
		}
		if u.VersionID == version {
			return u, true
		}
		if wholeKey(u) {
			owner, found = u, true
		}
	}
	return owner, found
}

// wholeKey tells whether all under an upload's key is its own: where we chose the key.
func wholeKey(u upload.Upload) bool {
	return u.Kind != upload.Unmatched && strings.HasPrefix(u.ObjectKey, upload.StagedPrefix)
}

func (c *Cell) lies(u upload.Upload) bool {
	mine := func(key, version string) bool {
		return key == u.ObjectKey && (wholeKey(u) || version == u.VersionID)
	}
	for uploadID, m := range c.unfinished {
		if mine(m.key, uploadID) {
			return true
		}
	}
	return slices.ContainsFunc(c.objects, func(o object) bool { return mine(o.Key, o.ID) })
}
