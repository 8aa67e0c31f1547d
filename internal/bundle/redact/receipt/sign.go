package receipt

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// PredicateType is what a signed receipt is to in-toto.
const PredicateType = "https://waybill.dev/receipts/redaction/v1"

const (
	payloadType   = "application/vnd.in-toto+json"
	statementType = "https://in-toto.io/Statement/v1"
)

// statement is an in-toto Statement v1 about one thing: the redacted bundle.
type statement struct {
	Type          string    `json:"_type"`
	Subject       []subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Receipt   `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// envelope is a DSSE envelope.
type envelope struct {
	Payload     []byte      `json:"payload"`
	PayloadType string      `json:"payloadType"`
	Signatures  []signature `json:"signatures"`
}

type signature struct {
	KeyID string `json:"keyid"`
	Sig   []byte `json:"sig"`
}

// Sign states a receipt about the redacted bundle of that name, signed with the customer's own key.
func Sign(r Receipt, name string, key ed25519.PrivateKey) ([]byte, error) {
	payload, err := spell(statement{statementType, []subject{{name, map[string]string{"sha256": r.After.SHA256}}}, PredicateType, r})
	if err != nil {
		return nil, err
	}
	id, err := KeyID(key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	return spell(envelope{payload, payloadType, []signature{{id, ed25519.Sign(key, encoding(payload))}}})
}

// Why a signed receipt is refused.
var (
	ErrForm      = errors.New("this is no signed receipt of a redaction, or one of a later version")
	ErrSignature = errors.New("the receipt was not signed with this key, or was altered")
	ErrBundle    = errors.New("the receipt is about another bundle")
)

// MaxSize is the longest receipt that is read, in bytes: some 65,535 files with their digests.
const MaxSize = 64 << 20

// Verify checks a signed receipt with the key it should be signed with, and returns what it states. Whether a bundle is
// the one that it is about, Is tells.
func Verify(file []byte, key ed25519.PublicKey) (Receipt, error) {
	var e envelope
	if len(file) > MaxSize || strict(file, &e) != nil || e.PayloadType != payloadType || len(key) != ed25519.PublicKeySize {
		return Receipt{}, ErrForm
	}
	if !signed(e, key) {
		return Receipt{}, ErrSignature
	}
	var s statement
	switch {
	case strict(e.Payload, &s) != nil, s.Type != statementType, s.PredicateType != PredicateType, s.Predicate.Version != Version, len(s.Subject) != 1:
		return Receipt{}, ErrForm
	case s.Subject[0].Digest["sha256"] != s.Predicate.After.SHA256:
		return Receipt{}, ErrBundle
	case s.Predicate.Residual.Found != 0:
		return Receipt{}, ErrForm
	}
	return s.Predicate, nil
}

// signed tells whether one of the signatures is the key's.
func signed(e envelope, key ed25519.PublicKey) bool {
	message := encoding(e.Payload)
	for _, s := range e.Signatures {
		if ed25519.Verify(key, message, s.Sig) {
			return true
		}
	}
	return false
}

// Is tells whether a bundle of this digest is the redacted one that the receipt is about.
func (r Receipt) Is(digest Digest) bool { return r.After == digest }

// KeyID names a signing key as the certificates do: a digest of its public half, as PKIX has it in DER.
func KeyID(key ed25519.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return "", fmt.Errorf("naming the key: %w", err)
	}
	sum := sha256.Sum256(der)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// encoding is DSSE's pre-authentication encoding of a payload: what is signed.
func encoding(payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}

// spell writes JSON without escapes that are not needed.
func spell(document any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(document)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// strict reads one JSON value that holds nothing unknown.
func strict(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return err
	}
	if d.More() {
		return ErrForm
	}
	return nil
}
