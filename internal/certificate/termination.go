package certificate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"waybill/internal/ident"
)

// Ending is the end of an organisation: everything recorded of it was erased, and the key destroyed that what is left of
// the audit trail was sealed under.
type Ending struct {
	ID             string // crt_…
	Org            string // its pseudonym is stated, not the id
	Cell           string
	Region         string
	Table          string         // where the records were
	Rule           string         // name of the retention rule
	Items          map[string]int // how many were erased, by their kind: "migration", "upload"; never a name of one
	SealingKey     []byte         // as it was stored, wrapped; its digest is stated. Empty when there never was one
	KeyARN         string         // the KMS key that wrapped it
	Requested      time.Time
	Due            time.Time
	Erased         time.Time
	VerifiedAbsent time.Time
	Function       string // which function, and its version
}

// termination is the predicate.
type termination struct {
	ID             string         `json:"id"`
	Organisation   string         `json:"organisation"`
	Cell           string         `json:"cell"`
	Region         string         `json:"region"`
	Table          string         `json:"table"`
	KeyIDs         []string       `json:"keyIds"`
	Rule           string         `json:"rule"`
	RuleSource     string         `json:"ruleSource"`
	Requested      instant        `json:"requested"`
	Due            instant        `json:"due"`
	Erased         instant        `json:"erased"`
	VerifiedAbsent instant        `json:"verifiedAbsent"`
	Items          map[string]int `json:"items"`
	SealingKey     string         `json:"sealingKey,omitempty"` // hex SHA-256 of the wrapped key that was destroyed
	Function       string         `json:"function"`
}

// IssueTermination states the end of an organisation and has the statement signed, as Issue does.
func IssueTermination(ctx context.Context, s Signer, keyID string, e Ending) (Certificate, error) {
	if !ident.Valid(ident.Org, e.Org) {
		return Certificate{}, fmt.Errorf("stating certificate %s: %w: it is about no organisation", e.ID, ErrContradiction)
	}
	p := termination{ID: e.ID, Organisation: Pseudonym(e.Org), Cell: e.Cell, Region: e.Region, Table: e.Table, KeyIDs: []string{},
		Rule: e.Rule, RuleSource: source(e.Rule), Requested: at(e.Requested), Due: at(e.Due), Erased: at(e.Erased),
		VerifiedAbsent: at(e.VerifiedAbsent), Items: e.Items, Function: e.Function}
	if e.KeyARN != "" {
		p.KeyIDs = append(p.KeyIDs, e.KeyARN)
	}
	if len(e.SealingKey) > 0 {
		sum := sha256.Sum256(e.SealingKey)
		p.SealingKey = hex.EncodeToString(sum[:])
	}
	of := []subject{{Name: p.Organisation, Digest: digest{strings.TrimPrefix(p.Organisation, pseudonymOf)}}}
	c, err := issueOther(ctx, s, keyID, of, p)
	c.Org = e.Org
	return c, err
}

func (termination) kind() string { return TerminationPredicate }

func (p termination) id() string { return p.ID }

func (p termination) organisation() string { return p.Organisation }

func (p termination) check(of []subject, d *doubts) {
	d.id("the certificate", ident.Certificate, p.ID)
	d.unless(len(of) == 1 && of[0].Name == p.Organisation && pseudonymOf+of[0].Digest.SHA256 == p.Organisation && of[0].Annotations == nil,
		"its subject is not the organisation that it is about")
	d.made(p.Cell, p.Region, p.Function)
	d.named("the table", p.Table)
	d.keys(p.KeyIDs, p.Region)
	d.rule(p.Rule, p.RuleSource)
	d.unless(p.SealingKey == "" || hexadecimal(p.SealingKey), "the sealing key has no digest")
	d.unless(p.Items != nil, "it does not say what was erased")
	for kind, n := range p.Items {
		d.unless(isKind(kind) && n >= 0, "it counts what is no kind of thing, or less than nothing of it")
	}
	d.follow(moment{"requested", p.Requested}, moment{"due", p.Due}, moment{"erased", p.Erased}, moment{"seen to be absent", p.VerifiedAbsent})
}

// isKind admits words that we choose, and nothing that a person could have: ASCII letters, digits and dashes, up to 32.
func isKind(s string) bool {
	odd := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-')
	}
	return s != "" && len(s) <= 32 && !strings.ContainsFunc(s, odd)
}
