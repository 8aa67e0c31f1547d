package certificate

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"waybill/internal/ledger"
)

// MaxFile is the longest file that is read, in bytes. A certificate has less than a hundredth of it.
const MaxFile = 1 << 20

// ErrNotInLedger is met by a certificate that holds in itself, but brings no proof that it stands in the ledger.
var ErrNotInLedger = errors.New("it brings no proof that it stands in the ledger")

// Verify checks a certificate as a file has it, with nothing but the public key of the cell. An error is the reason why
// it does not hold; with ErrNotInLedger, and with that alone, the report is of a statement that the cell did sign.
//
// A line end after the certificate is admitted; nothing else that the cell did not write is.
func Verify(file []byte, key ed25519.PublicKey) (Report, error) {
	e, err := open(file)
	if err != nil {
		return Report{}, err
	}
	if err := e.signedWith(key); err != nil {
		return Report{}, err
	}
	r, err := read(e.Payload)
	if err != nil {
		return Report{}, fmt.Errorf("reading what was signed: %w", err)
	}
	r.Key, r.Statement = e.Signatures[0].KeyID, json.RawMessage(e.Payload)
	if e.Inclusion == nil {
		return r.unproven(), ErrNotInLedger
	}
	origin, err := stands(*e.Inclusion, e.Payload, key)
	if err != nil {
		return Report{}, err
	}
	return r.proven(*e.Inclusion, origin), nil
}

// open reads an envelope without believing it.
func open(file []byte) (e envelope, err error) {
	if len(file) > MaxFile {
		return e, fmt.Errorf("it has more than %d bytes; no certificate has", MaxFile)
	}
	if len(bytes.TrimSpace(file)) == 0 {
		return e, errors.New("it is empty")
	}
	if err := strictly(bytes.TrimSuffix(file, []byte("\n")), &e); err != nil {
		return e, err
	}
	if e.Inclusion != nil && e.Inclusion.Hashes == nil {
		return e, errSpelling // WithInclusion writes an empty path as []
	}
	if e.PayloadType != payloadType {
		return e, fmt.Errorf("its payload is of the type %.100q, not %s", e.PayloadType, payloadType)
	}
	return e, nil
}

func (e envelope) signedWith(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize {
		return ErrNoKey
	}
	if n := len(e.Signatures); n != 1 {
		return fmt.Errorf("it has %d signatures, where a cell makes one", n)
	}
	if s := e.Signatures[0]; s.KeyID != KeyID(key) {
		return fmt.Errorf("it says that it was signed with the key %.100q; the one given is %s", s.KeyID, KeyID(key))
	}
	if !ed25519.Verify(key, encoding(e.Payload), e.Signatures[0].Sig) {
		return errors.New("the signature is not that of the key over this payload: one of the two was altered")
	}
	return nil
}

// read reads a statement of any of our kinds.
func read(payload []byte) (Report, error) {
	var head struct {
		Type          string `json:"_type"`
		PredicateType string `json:"predicateType"`
	}
	if json.Unmarshal(payload, &head) != nil {
		return Report{}, strictly(payload, &head) // which says why
	}
	if head.Type != statementType {
		return Report{}, fmt.Errorf("it is of the type %.100q, not %s", head.Type, statementType)
	}
	switch head.PredicateType {
	case DeletionPredicate:
		return report[deletion](payload)
	case AddendumPredicate:
		return report[addendum](payload)
	case TerminationPredicate:
		return report[termination](payload)
	}
	return Report{}, fmt.Errorf("it states %.100q, which is no certificate of ours", head.PredicateType)
}

// parse reads a statement of one kind, and judges it as when it was made.
func parse[P predicate](payload []byte) (s statement[P], err error) {
	if err := strictly(payload, &s); err != nil {
		return s, err
	}
	var d doubts
	d.unless(s.Type == statementType && s.PredicateType == s.Predicate.kind(), "it is a statement of another kind")
	checkSubjects(s.Subject, &d)
	s.Predicate.check(s.Subject, &d)
	return s, d.err()
}

// WithInclusion puts the proof of its inclusion into an envelope, as it is served.
func WithInclusion(envelope []byte, i ledger.Inclusion) ([]byte, error) {
	e, err := open(envelope)
	if err != nil {
		return nil, fmt.Errorf("reading the envelope: %w", err)
	}
	if i.Hashes == nil {
		i.Hashes = [][]byte{} // the tree of one leaf has no path, which is not the same as none being known
	}
	e.Inclusion = &i
	return spell(e)
}
