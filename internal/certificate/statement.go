package certificate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// statementType is the in-toto Statement, version 1.
const statementType = "https://in-toto.io/Statement/v1"

// The predicates, as infra/deletion-certificate.md describes them.
const (
	DeletionPredicate    = "https://waybill.dev/certificates/deletion/v1"
	AddendumPredicate    = "https://waybill.dev/certificates/restore-addendum/v1"
	TerminationPredicate = "https://waybill.dev/certificates/termination/v1"
)

// predicate is what a statement says of its subjects.
type predicate interface {
	kind() string // its predicateType
	id() string
	organisation() string     // its pseudonym; empty for none
	tell(of []subject) Report // it in words
	// check notes in doubts whatever cannot be true.
	check(of []subject, d *doubts)
}

// statement is an in-toto Statement.
type statement[P any] struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     P         `json:"predicate"`
}

// subject is one thing that a statement speaks of.
type subject struct {
	Name        string       `json:"name"`
	Digest      digest       `json:"digest"`
	Annotations *annotations `json:"annotations,omitempty"`
}

type digest struct {
	SHA256 string `json:"sha256"` // lower-case hex
}

// annotations say what the digest is of, where it is not the content's.
type annotations struct {
	Of string `json:"of"`
}

// identity is a digest of bucket, key and version: nobody ever stated one of the content.
const identity = "identity"

func state(p predicate, of []subject) ([]byte, error) {
	var d doubts
	checkSubjects(of, &d)
	p.check(of, &d)
	if err := d.err(); err != nil {
		return nil, err
	}
	return spell(statement[predicate]{statementType, of, p.kind(), p})
}

// spell writes JSON in the one spelling there is.
func spell(document any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		return nil, fmt.Errorf("writing the certificate: %w", err)
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// instant is a time as it is stated: UTC, to the millisecond.
type instant struct{ time.Time }

const layout = "2006-01-02T15:04:05.000Z"

func at(t time.Time) instant { return instant{t.UTC()} }

// MarshalJSON writes the one spelling of it.
func (i instant) MarshalJSON() ([]byte, error) { return json.Marshal(i.String()) }

// UnmarshalJSON admits no other.
func (i *instant) UnmarshalJSON(text []byte) (err error) {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	i.Time, err = time.Parse(layout, s)
	return err
}

func (i instant) String() string { return i.UTC().Format(layout) }
