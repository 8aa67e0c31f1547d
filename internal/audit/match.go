package audit

import (
	"errors"
	"strconv"
	"strings"

	"waybill/internal/fault"
)

// Match is the revision that a caller last saw of a record, as its If-Match header says. Empty means that none was
// said, "*" any; several may stand there, separated by commas (RFC 9110, section 13.1.1).
type Match string

// Tag is the entity tag of a revision, as ETag shows it (RFC 9110, section 8.8.3).
func Tag(revision int) string { return strconv.Quote(strconv.Itoa(revision)) }

// Holds answers fault.Stale when the caller saw another revision.
func (m Match) Holds(revision int) error {
	if m == "" {
		return nil
	}
	for tag := range strings.SplitSeq(string(m), ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == Tag(revision) {
			return nil
		}
	}
	return fault.Stale.Because("The record has changed since: it is now at %s.", Tag(revision))
}

// Demanded answers fault.Unconditional when no revision was said.
func (m Match) Demanded() error {
	if m == "" {
		return fault.Unconditional.Because("Send If-Match with the ETag of the record that you mean to change.")
	}
	return nil
}

// Repetition tells whether an error says that the request was carried out before, and on what.
func Repetition(err error) (resource string, repeated bool) {
	var r *Replayed
	if errors.As(err, &r) {
		return r.Resource, true
	}
	return "", false
}

// Unless answers what to do about a refusal that may only mean that the same request already succeeded: the resource it
// was carried out on, or the refusal. replayed is what the store says of the act's idempotency key.
func Unless(replayed, refusal error) (resource string, err error) {
	if resource, repeated := Repetition(replayed); repeated {
		return resource, nil
	}
	if replayed != nil {
		return "", replayed
	}
	return "", refusal
}
