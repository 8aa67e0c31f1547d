package certificate

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"waybill/internal/fault"
	"waybill/internal/ledger"
)

// stands proves that a leaf stands in the ledger, and answers that one's name.
func stands(i ledger.Inclusion, leaf []byte, key ed25519.PublicKey) (origin string, err error) {
	checkpoint, err := i.Verify(leaf, key)
	if refusal, found := errors.AsType[*fault.Refusal](err); found {
		err = errors.New(refusal.Detail)
	}
	if err == nil && !spelled(i.Checkpoint) {
		err = errSpelling
	}
	if err != nil {
		return "", fmt.Errorf("proving that it stands in the ledger: %w", err)
	}
	return checkpoint.Origin, nil
}

// spelled tells whether a checkpoint has one signature, in base64's one spelling: signed notes pass over loose bits, and
// over signatures by keys that nobody asked for.
func spelled(checkpoint string) bool {
	_, signatures, _ := strings.Cut(checkpoint, "\n\n")
	line, ended := strings.CutSuffix(signatures, "\n")
	sig := line[strings.LastIndexByte(line, ' ')+1:]
	b, err := base64.StdEncoding.DecodeString(sig)
	return ended && !strings.Contains(line, "\n") && err == nil && base64.StdEncoding.EncodeToString(b) == sig
}
