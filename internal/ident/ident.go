// Package ident makes the names of things: a prefix that says what it is, and a ULID in lower case that sorts by time.
//
// ULIDs come from github.com/oklog/ulid, the reference implementation in Go (Apache-2.0, no dependencies): their order
// is what lets lists, the audit trail and the purge walk S3 and DynamoDB in order of creation without another index.
package ident

import (
	"bytes"
	"crypto/sha256"
	"io"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
)

// The prefixes in use.
const (
	Org         = "org"
	Migration   = "mig"
	Upload      = "upl"
	Event       = "evt"
	Hold        = "hld"
	Intent      = "int"
	Certificate = "crt"
)

// New names a new thing made at that time. It fails only when entropy does.
func New(prefix string, at time.Time, entropy io.Reader) (string, error) {
	id, err := ulid.New(ulid.Timestamp(at), entropy)
	if err != nil {
		return "", err
	}
	return join(prefix, id), nil
}

// Derive names a thing by what it is, so that the same event delivered twice makes the same thing. The seed needs no
// secrecy; two seeds meet with the probability of an 80-bit collision. A time that no ULID can hold, as in a report that
// has none, counts as the last one that can: what others send must not be able to stop us.
func Derive(prefix string, at time.Time, seed string) string {
	sum := sha256.Sum256([]byte(seed))
	id := ulid.MustNew(min(ulid.Timestamp(at), ulid.MaxTime()), bytes.NewReader(sum[:]))
	return join(prefix, id)
}

// Floor sorts before every name of that kind made at that time or later, and after every earlier one.
func Floor(prefix string, at time.Time) string {
	var id ulid.ULID
	_ = id.SetTime(ulid.Timestamp(at)) // a time before 1970, or after 10889, leaves it zero
	return join(prefix, id)
}

// Valid tells whether id is a name of that kind, in the one spelling that this package writes.
func Valid(prefix, id string) bool {
	rest, found := strings.CutPrefix(id, prefix+"_")
	if !found || rest != strings.ToLower(rest) {
		return false
	}
	_, err := ulid.ParseStrict(rest)
	return err == nil
}

func join(prefix string, id ulid.ULID) string {
	return prefix + "_" + strings.ToLower(id.String())
}
