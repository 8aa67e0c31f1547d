package certificate

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"

	"waybill/internal/ident"
)

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
	return subject{l.Upload, digest{Identity(bucket, l.Key, l.VersionID)}, &annotations{identity}}
}

// longestKey is that of an object, in bytes: S3's own limit. A key stands in the manifest only.
const longestKey = 1024

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
	d.id(what, ident.Upload, l.Upload)
	d.unless(l.Key != "" && len(l.Key) <= longestKey, "%s's object has no name", what)
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
