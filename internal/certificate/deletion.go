package certificate

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"waybill/internal/ident"
)

// deletion is the predicate of a deletion.
type deletion struct {
	ID             string   `json:"id"`
	Organisation   string   `json:"organisation,omitempty"` // its pseudonym
	Cell           string   `json:"cell"`
	Region         string   `json:"region"`
	Bucket         string   `json:"bucket"`
	KeyIDs         []string `json:"keyIds"` // ARNs of the KMS keys that the bytes lay under
	Rule           string   `json:"rule"`
	RuleSource     string   `json:"ruleSource"`
	Basis          Basis    `json:"basis"`
	Sealed         *span    `json:"sealed,omitempty"` // absent when nothing of it ever was
	Due            instant  `json:"due"`              // the earliest
	DueTo          instant  `json:"dueTo"`            // the latest
	Intent         intent   `json:"intent"`
	Erased         instant  `json:"erased"`
	VerifiedAbsent instant  `json:"verifiedAbsent"`
	Counts         Counts   `json:"counts"`
	Function       string   `json:"function"`
}

// span is from the earliest of several times to the latest.
type span struct {
	From instant `json:"from"`
	To   instant `json:"to"`
}

// intent is what was written before anything was erased.
type intent struct {
	ID       string  `json:"id"`
	Written  instant `json:"written"`
	Manifest string  `json:"manifest"` // hex SHA-256 of the lines: see Manifest
}

// predicate is what the facts say; their lines are there and were checked.
func (f Facts) predicate(source string, manifest []byte) deletion {
	sum := sha256.Sum256(manifest)
	p := deletion{ID: f.ID, Cell: f.Cell, Region: f.Region, Bucket: f.Bucket, KeyIDs: f.keys(), Rule: f.Rule, RuleSource: source,
		Basis: f.Basis, Intent: intent{f.Intent, at(f.Intended), hex.EncodeToString(sum[:])},
		Erased: at(f.Erased), VerifiedAbsent: at(f.VerifiedAbsent), Counts: f.Counts, Function: f.Function}
	if f.Org != "" {
		p.Organisation = Pseudonym(f.Org)
	}
	due := span{at(f.Lines[0].Due), at(f.Lines[0].Due)}
	for _, l := range f.Lines {
		due = due.with(at(l.Due))
		if !l.Sealed.IsZero() {
			p.Sealed = p.Sealed.reach(at(l.Sealed))
		}
	}
	p.Due, p.DueTo = due.From, due.To
	return p
}

func (s *span) reach(t instant) *span {
	if s == nil {
		return &span{t, t}
	}
	wider := s.with(t)
	return &wider
}

func (s span) with(t instant) span {
	if t.Before(s.From.Time) {
		s.From = t
	}
	if t.After(s.To.Time) {
		s.To = t
	}
	return s
}

// keys are those that the lines lay under, each once.
func (f Facts) keys() []string {
	keys := []string{}
	for _, l := range f.Lines {
		if l.KeyARN != "" {
			keys = append(keys, l.KeyARN)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

func (f Facts) subjects() (of []subject) {
	for _, l := range f.Lines {
		of = append(of, l.subject(f.Bucket))
	}
	return of
}

func (l Line) subject(bucket string) subject {
	if content, ok := decode(l.SHA256); ok {
		return subject{Name: l.Upload, Digest: digest{hex.EncodeToString(content)}}
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{bucket, l.Key, l.VersionID}, "\n")))
	return subject{l.Upload, digest{hex.EncodeToString(sum[:])}, &annotations{identity}}
}

// Manifest writes lines down as the digest in a certificate is taken of them: JSON, in their order.
func Manifest(lines []Line) ([]byte, error) {
	written := []manifestLine{}
	for _, l := range lines {
		written = append(written, manifestLine{l.Upload, l.Key, l.VersionID, l.Size, l.SHA256, l.KeyARN, at(l.Sealed), at(l.Due)})
	}
	return spell(written)
}

type manifestLine struct {
	Upload    string  `json:"upload"`
	Key       string  `json:"key"`
	VersionID string  `json:"versionId,omitempty"`
	Size      int64   `json:"size"`
	SHA256    string  `json:"sha256,omitempty"`
	KeyARN    string  `json:"keyArn,omitempty"`
	Sealed    instant `json:"sealed,omitzero"`
	Due       instant `json:"due"`
}

// check notes what facts say that their statement would not show.
func (f Facts) check(d *doubts) {
	seen := map[[3]string]bool{}
	for i, l := range f.Lines {
		l.check(i, f, d)
		same := [3]string{l.Upload, l.Key, l.VersionID}
		d.unless(!seen[same], "line %d stands there twice", i)
		seen[same] = true
	}
	d.unless(f.Org == "" || ident.Valid(ident.Org, f.Org), "the organisation has no id that a cell gives")
}

func (l Line) check(i int, f Facts, d *doubts) {
	what := fmt.Sprintf("line %d", i)
	d.name(what, ident.Upload, l.Upload)
	d.named(what+"'s object", l.Key)
	d.unless(l.Size >= 0 && l.Deleted.fine(), "%s counts less than nothing", what)
	d.unless(sane(l.Due), "%s was never due", what)
	d.unless(!f.Erased.Before(l.Due), "%s was erased before it was due", what)
	d.unless(!l.Sealed.After(f.Erased), "%s was sealed after it was erased", what)
	_, stated := decode(l.SHA256)
	d.unless(l.SHA256 == "" || stated, "%s has a digest that is no SHA-256 in base64", what)
	d.unless(l.KeyARN == "" || within(l.KeyARN, f.Region), "%s lay under a key of another region", what)
}

// decode reads a SHA-256 digest as S3 gives it, in no other spelling.
func decode(s string) ([]byte, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	return b, err == nil && len(b) == sha256.Size && base64.StdEncoding.EncodeToString(b) == s
}

func (deletion) kind() string { return DeletionPredicate }

func (p deletion) id() string { return p.ID }

func (p deletion) organisation() string { return p.Organisation }

func (p deletion) check(of []subject, d *doubts) {
	d.name("the certificate", ident.Certificate, p.ID)
	d.name("the intent", ident.Intent, p.Intent.ID)
	d.pseudonym(p.Organisation)
	d.made(p.Cell, p.Region, p.Function)
	d.named("the bucket", p.Bucket)
	d.keys(p.KeyIDs, p.Region)
	d.rule(p.Rule, p.RuleSource)
	d.unless(slices.Contains([]Basis{Schedule, Request, Termination}, p.Basis), "%q is no basis of a deletion", p.Basis)
	d.unless(hexadecimal(p.Intent.Manifest), "the intent's manifest has no digest")
	d.unless(p.Counts.fine(), "it counts less than nothing")
	p.checkTimes(d)
	for i, s := range of {
		d.name(fmt.Sprintf("subject %d", i), ident.Upload, s.Name)
	}
}

func (p deletion) checkTimes(d *doubts) {
	d.follow(moment{"intended", p.Intent.Written}, moment{"erased", p.Erased}, moment{"seen to be absent", p.VerifiedAbsent})
	d.follow(moment{"first due", p.Due}, moment{"last due", p.DueTo}, moment{"erased", p.Erased})
	if p.Sealed != nil {
		d.follow(moment{"first sealed", p.Sealed.From}, moment{"last sealed", p.Sealed.To}, moment{"erased", p.Erased})
	}
}

func (c Counts) fine() bool { return min(c.Objects, c.Versions, c.MultipartUploads) >= 0 }
