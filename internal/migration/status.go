package migration

import (
	"strings"

	"waybill/internal/fault"
)

// Status is where a migration stands (S3, "Migration status").
type Status string

// The statuses.
const (
	Saved      Status = "SAVED"
	Running    Status = "RUNNING"
	Finished   Status = "FINISHED"
	Incomplete Status = "INCOMPLETE" // finished, but some things could not be migrated
	Failed     Status = "FAILED"
)

// Statuses lists them in the order of a migration's life.
func Statuses() []Status { return []Status{Saved, Running, Finished, Incomplete, Failed} }

// verb is something that can be done to a migration.
type verb string

const (
	edit      verb = "edited"
	run       verb = "run"
	settle    verb = "settled"
	archive   verb = "archived"
	unarchive verb = "unarchived"
	remove    verb = "deleted"
)

// admitted is the state machine: the statuses in which each verb is allowed. What is archived admits only unarchive
// and remove, whatever its status.
func admitted(v verb) []Status {
	switch v {
	case edit, run:
		return []Status{Saved}
	case settle:
		return []Status{Running}
	case archive, unarchive, remove:
		return []Status{Saved, Finished, Incomplete, Failed}
	}
	return nil
}

// admits answers fault.Conflict, naming the state, when a verb is not allowed now.
func (m Migration) admits(v verb) error {
	for _, s := range admitted(v) {
		if s == m.Status {
			return m.admitsArchived(v)
		}
	}
	return fault.Conflict.Because("The migration is %s; only one that is %s can be %s.", m.Status, names(admitted(v)), v)
}

func (m Migration) admitsArchived(v verb) error {
	switch {
	case v == unarchive && !m.Archived:
		return fault.Conflict.Because("The migration is not archived.")
	case m.Archived && v != unarchive && v != remove:
		return fault.Conflict.Because("The migration is archived; an archived one cannot be %s.", v)
	}
	return nil
}

func names(statuses []Status) string {
	var words []string
	for _, s := range statuses {
		words = append(words, string(s))
	}
	return strings.Join(words, " or ")
}
