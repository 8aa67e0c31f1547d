package certificate

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"testing"

	intoto "github.com/in-toto/attestation/go/v1"
	"github.com/secure-systems-lab/go-securesystemslib/dsse"
	"google.golang.org/protobuf/encoding/protojson"
)

// stranger verifies as anybody's own program would, for the DSSE implementation of those who specified it.
type stranger struct{ ed25519.PublicKey }

func (s stranger) Verify(_ context.Context, message, sig []byte) error {
	if !ed25519.Verify(s.PublicKey, message, sig) {
		return errors.New("the signature does not hold")
	}
	return nil
}

func (s stranger) KeyID() (string, error) { return KeyID(s.PublicKey), nil }

func (s stranger) Public() crypto.PublicKey { return s.PublicKey }

// Independent implementations read what we write: DSSE finds our signature, in-toto a statement it calls valid.
func TestOthersVerify(t *testing.T) {
	t.Parallel()
	verifier, err := dsse.NewEnvelopeVerifier(stranger{publicKey()})
	if err != nil {
		t.Fatal(err)
	}
	for name := range everyKind(t) {
		var e dsse.Envelope
		if err := json.Unmarshal(golden(t, name), &e); err != nil {
			t.Fatal(err)
		}
		accepted, err := verifier.Verify(t.Context(), &e)
		if err != nil || len(accepted) != 1 || accepted[0].KeyID != KeyID(publicKey()) {
			t.Errorf("%s: accepted %+v, %v", name, accepted, err)
		}
		payload, err := e.DecodeB64Payload()
		if err != nil {
			t.Fatal(err)
		}
		var s intoto.Statement
		if err := protojson.Unmarshal(payload, &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What they sign over a payload of ours is what we verify.
func TestOthersEncode(t *testing.T) {
	t.Parallel()
	payload := issue(t, facts(2)).Payload
	if !bytes.Equal(dsse.PAE(payloadType, payload), encoding(payload)) {
		t.Error("the pre-authentication encodings differ")
	}
}
