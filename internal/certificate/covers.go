package certificate

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
)

// Covered is what a certificate says must not be there any more.
type Covered struct {
	ID           string
	Predicate    string
	Organisation string            // its pseudonym
	Uploads      []string          // of a deletion
	Identities   map[string]string // of a deletion: upload by identity, where no digest of the content was stated; see Identity
}

// Covers reads a leaf of the ledger. Most are audit entries: they are no certificate, and neither is an addendum, which
// covers nothing that its original does not.
func Covers(leaf []byte) (c Covered, found bool) {
	if !bytes.HasPrefix(leaf, []byte(`{"_type":"`+statementType+`"`)) {
		return c, false
	}
	var s statement[struct {
		ID           string `json:"id"`
		Organisation string `json:"organisation"`
	}]
	if json.Unmarshal(leaf, &s) != nil || s.PredicateType != DeletionPredicate && s.PredicateType != TerminationPredicate {
		return c, false
	}
	c = Covered{ID: s.Predicate.ID, Predicate: s.PredicateType, Organisation: s.Predicate.Organisation, Identities: map[string]string{}}
	if s.PredicateType == TerminationPredicate {
		return c, true
	}
	for _, thing := range s.Subject {
		c.Uploads = append(c.Uploads, thing.Name)
		if thing.Annotations != nil {
			c.Identities[thing.Digest.SHA256] = thing.Name
		}
	}
	return c, true
}

// Identity is the digest that stands for a version of an object whose content nobody ever stated one of.
func Identity(bucket, key, version string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{bucket, key, version}, "\n")))
	return hex.EncodeToString(sum[:])
}
