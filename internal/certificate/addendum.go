package certificate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"waybill/internal/ident"
)

// Addendum is what a certificate is told after a restore from backup had brought back something that it covers, and that
// was erased again.
type Addendum struct {
	ID             string // crt_…, its own
	Original       []byte // the payload of the certificate that it belongs to
	Cell           string
	Region         string
	Bucket         string
	Restored       Restored
	Erased         time.Time
	VerifiedAbsent time.Time
	Function       string // which function, and its version
}

// Restored is how much had come back.
type Restored struct {
	Counts
	Records int `json:"records"`
}

// addendum is the predicate. Organisation, keys, rule and deadline are the original's.
type addendum struct {
	ID             string   `json:"id"`
	Certificate    string   `json:"certificate"` // the original's id
	Organisation   string   `json:"organisation,omitempty"`
	Cell           string   `json:"cell"`
	Region         string   `json:"region"`
	Bucket         string   `json:"bucket"`
	KeyIDs         []string `json:"keyIds"`
	Rule           string   `json:"rule"`
	Due            instant  `json:"due"`
	Restored       Restored `json:"restored"`
	Erased         instant  `json:"erased"`
	VerifiedAbsent instant  `json:"verifiedAbsent"`
	Function       string   `json:"function"`
}

// IssueAddendum states that what a certificate covers was erased again, and has the statement signed, as Issue does. The
// original must be a deletion's or an organisation's end, and its payload as it was signed.
func IssueAddendum(ctx context.Context, s Signer, keyID string, a Addendum) (Certificate, error) {
	first, err := originalOf(a.Original)
	if err != nil {
		return Certificate{}, fmt.Errorf("reading what addendum %s belongs to: %w", a.ID, err)
	}
	var d doubts
	d.unless(!a.Erased.Before(first.VerifiedAbsent.Time), "it was erased again before it was erased")
	if err := d.err(); err != nil {
		return Certificate{}, err
	}
	sum := sha256.Sum256(a.Original)
	of := []subject{{Name: first.ID, Digest: digest{hex.EncodeToString(sum[:])}}}
	return issueOther(ctx, s, keyID, of, addendum{ID: a.ID, Certificate: first.ID, Organisation: first.Organisation, Cell: a.Cell, Region: a.Region,
		Bucket: a.Bucket, KeyIDs: first.KeyIDs, Rule: first.Rule, Due: first.Due, Restored: a.Restored,
		Erased: at(a.Erased), VerifiedAbsent: at(a.VerifiedAbsent), Function: a.Function})
}

// originalOf reads what an addendum takes from the certificate that it belongs to: a deletion's, or an organisation's end.
func originalOf(payload []byte) (deletion, error) {
	original, err := parse[deletion](payload)
	if err == nil {
		return original.Predicate, nil
	}
	end, endErr := parse[termination](payload)
	if endErr != nil {
		return deletion{}, err
	}
	p := end.Predicate
	return deletion{ID: p.ID, Organisation: p.Organisation, KeyIDs: p.KeyIDs, Rule: p.Rule, Due: p.Due, VerifiedAbsent: p.VerifiedAbsent}, nil
}

func (addendum) kind() string { return AddendumPredicate }

func (p addendum) id() string { return p.ID }

func (p addendum) organisation() string { return p.Organisation }

func (p addendum) check(of []subject, d *doubts) {
	d.id("the addendum", ident.Certificate, p.ID)
	d.id("the certificate", ident.Certificate, p.Certificate)
	d.unless(p.ID != p.Certificate, "it is an addendum to itself")
	d.unless(len(of) == 1 && of[0].Name == p.Certificate && of[0].Annotations == nil, "its subject is not the one certificate that it belongs to")
	d.pseudonym(p.Organisation)
	d.made(p.Cell, p.Region, p.Function)
	d.named("the bucket", p.Bucket)
	d.keys(p.KeyIDs, p.Region)
	d.named("the rule", p.Rule)
	d.unless(p.Restored.fine() && p.Restored.Records >= 0, "it counts less than nothing")
	d.unless(p.Restored != Restored{}, "nothing had come back")
	d.follow(moment{"due", p.Due}, moment{"erased", p.Erased}, moment{"seen to be absent", p.VerifiedAbsent})
}
