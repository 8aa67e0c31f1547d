package certificate

import (
	"crypto/sha256"
	"encoding/hex"
)

// Pseudonym is how certificates call an organisation: "sha256:" and the hex digest of its id behind a domain string. Who
// knows the id finds its certificates; an id has 80 random bits, so nobody finds the id from them.
func Pseudonym(org string) string {
	sum := sha256.Sum256([]byte("waybill.dev/certificates/organisation/v1\n" + org))
	return pseudonymOf + hex.EncodeToString(sum[:])
}

const pseudonymOf = "sha256:"
