// Package certificate makes and checks deletion certificates: signed statements of what was erased, where, under which
// key, by which rule, when, and that a second look found nothing.
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
	SHA256    string // of the content, base64 as S3 gives it; empty when nobody stated it
	KeyARN    string // the KMS key that it lay under
	Sealed    time.Time
	Due       time.Time
}

// Facts is what a certificate states.
type Facts struct {
	ID             string // crt_…
	Org            string // its pseudonym is stated, not the id
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
	Envelope []byte // the DSSE envelope around it, JSON
}
