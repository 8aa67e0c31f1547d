package certificate

import (
	"encoding/base64"
	"encoding/json"
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
	Payload     bytes64           `json:"payload"`
	PayloadType string            `json:"payloadType"`
	Signatures  []signature64     `json:"signatures"`
	Inclusion   *ledger.Inclusion `json:"inclusion,omitempty"`
}

type signature64 struct {
	KeyID string  `json:"keyid"`
	Sig   bytes64 `json:"sig"`
}

// bytes64 is base64 with padding, and in no other spelling: encoding/json by itself passes over line ends and loose bits.
type bytes64 []byte

// UnmarshalJSON refuses what it would not have written.
func (b *bytes64) UnmarshalJSON(text []byte) (err error) {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*b, err = decode(s)
	return err
}

func decode(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || base64.StdEncoding.EncodeToString(b) != s {
		return nil, errors.New("it is not base64 in its standard spelling")
	}
	return b, nil
}

// encoding is DSSE's pre-authentication encoding of a payload: what is signed.
func encoding(payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(payloadType), payloadType, len(payload), payload)
}
