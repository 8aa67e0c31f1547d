// Package certificate makes and checks deletion certificates: signed statements of what was erased, where, under which
// key, by which rule, when, and that a second look found nothing.
//
// A certificate is an in-toto Statement v1 in a DSSE envelope (application/vnd.in-toto+json), signed with the cell's
// Ed25519 key over the pre-authentication encoding of its payload. The payload is the ledger's leaf; the envelope is
// served with one more member, inclusion, that proves so. There are three predicates, described in
// infra/deletion-certificate.md: a deletion, the addendum of a restore that had brought something back, and the end of
// an organisation. Every statement is checked by the same rules when it is made and when it is verified.
//
// A certificate outlives the organisation, so no name of a file, no key of an object and no person stands in it: things
// are named by their id and their digest, the organisation by a pseudonym.
//
// JSON has one spelling here: members in the order of the structs, no blanks, no escapes that are not needed, times in
// UTC to the millisecond, base64 with padding. Whatever is spelled otherwise is not what a cell wrote, and is refused
// even where the signature would still hold.
//
// It erases nothing, looks for nothing and asks nobody: what it is told it states, unless that contradicts itself.
package certificate

import (
	"context"
	"time"
)

// Line is one thing that was erased, as the purge's intent named it before.
type Line struct {
	Upload    string
	Key       string // of the object; never a name that a person chose, but for hand drops
	VersionID string
	Size      int64
	SHA256    string    // of the content, base64 as S3 gives it; empty when nobody stated it
	KeyARN    string    // the KMS key that it lay under
	Sealed    time.Time // zero when it never was
	Due       time.Time
	Deleted   Counts // what was deleted of it; nothing when an earlier run had done so already
}

// Facts is what a certificate states.
type Facts struct {
	ID             string // crt_…
	Org            string // its pseudonym is stated, not the id; empty for what matched no organisation
	Cell           string
	Region         string
	Bucket         string
	Rule           string // name of the retention rule
	Basis          Basis
	Intent         string // int_…
	Intended       time.Time
	Erased         time.Time
	VerifiedAbsent time.Time
	Function       string // which function, and its version
	Counts         Counts
	Lines          []Line
}

// Basis is why it was due.
type Basis string

// The bases.
const (
	Schedule    Basis = "schedule"    // the rule's deadline had come
	Request     Basis = "request"     // somebody asked for its deletion
	Termination Basis = "termination" // the organisation's time was up
)

// Counts is how much was deleted on the way.
type Counts struct {
	Objects          int `json:"objects"`
	Versions         int `json:"versions"`
	MultipartUploads int `json:"multipartUploads"`
}

// Signer signs with the cell's key, whose private half nobody has.
type Signer interface {
	// Sign answers the Ed25519 signature of a message of at most 4,096 bytes: more KMS does not take.
	Sign(ctx context.Context, message []byte) ([]byte, error)
}

// Certificate is a signed one, before its inclusion in the ledger is known.
type Certificate struct {
	ID       string
	Org      string
	Payload  []byte // the in-toto statement: what is signed, and the ledger's leaf
	Manifest []byte // the lines, whose digest a deletion's payload states; it is no part of what is served
	Envelope []byte // the DSSE envelope around it, JSON
}
