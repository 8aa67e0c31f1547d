package certificate

import (
	"errors"
	"fmt"

	"waybill/internal/ledger"
)

// payloadType is that of in-toto statements, in DSSE's terms.
const payloadType = "application/vnd.in-toto+json"

// Limit is the longest message, in bytes, that KMS signs as it is (MessageType RAW): it hashes none for Ed25519.
const Limit = 4096

// ErrTooLarge is met by a statement that is longer than the signer can sign: fewer lines would fit.
var ErrTooLarge = errors.New("the statement is longer than what the cell's key can sign")

// envelope is a DSSE envelope, with the proof of its inclusion once that is known.
type envelope struct {
	Payload     []byte            `json:"payload"`
	PayloadType string            `json:"payloadType"`
	Signatures  []signature       `json:"signatures"`
	Inclusion   *ledger.Inclusion `json:"inclusion,omitempty"`
}

type signature struct {
	KeyID string `json:"keyid"`
	Sig   []byte `json:"sig"`
}

// encoding is DSSE's pre-authentication encoding of a payload: what is signed.
func encoding(payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}
