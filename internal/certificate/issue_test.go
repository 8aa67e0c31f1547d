package certificate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/ident"
)

// What contradicts itself is not stated, and nothing is signed.
func TestIssueRefuses(t *testing.T) {
	t.Parallel()
	for reason, spoil := range map[string]func(*Facts){
		"names nothing":                 func(f *Facts) { f.Lines = nil },
		"before it was due":             func(f *Facts) { f.Lines[1].Due = f.Erased.Add(time.Millisecond) },
		"absent before it was erased":   func(f *Facts) { f.VerifiedAbsent = f.Erased.Add(-time.Millisecond) },
		"erased before it was intended": func(f *Facts) { f.Intended = f.Erased.Add(time.Millisecond) },
		"sealed after it was erased":    func(f *Facts) { f.Lines[0].Sealed = f.Erased.Add(time.Millisecond) },
		"time at which it was seen":     func(f *Facts) { f.VerifiedAbsent = time.Time{} },
		"time at which it was erased":   func(f *Facts) { f.Erased = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"time at which it was intended": func(f *Facts) { f.Intended = time.Time{} },
		"line 1 was never due":          func(f *Facts) { f.Lines[1].Due = time.Time{} },
		"no basis of a deletion":        func(f *Facts) { f.Basis = "whim" },
		`"" is no basis`:                func(f *Facts) { f.Basis = "" },
		"the rule's source has no name": func(f *Facts) { f.Rule = "no.such.rule" },
		"line 1 stands there twice":     func(f *Facts) { f.Lines[1] = f.Lines[0] },
		"key of another region":         func(f *Facts) { f.Lines[0].KeyARN = "arn:aws:kms:us-east-1:123456789012:key/1" },
		"line 0 has no id":              func(f *Facts) { f.Lines[0].Upload = "report.zip" },
		"line 1's object has no name":   func(f *Facts) { f.Lines[1].Key = "" },
		"no SHA-256 in base64":          func(f *Facts) { f.Lines[0].SHA256 = "7Qd1rEDJ8Bq1JQpIoJ0d0w==-3" },
		"line 0 counts less":            func(f *Facts) { f.Lines[0].Size = -1 },
		"it counts less":                func(f *Facts) { f.Counts.Versions = -1 },
		"the organisation has no id":    func(f *Facts) { f.Org = "Example AG" },
		"the certificate has no id":     func(f *Facts) { f.ID = "" },
		"the intent has no id":          func(f *Facts) { f.Intent = "" },
		"the cell has no name":          func(f *Facts) { f.Cell = "" },
		"the region has no name":        func(f *Facts) { f.Region, f.Lines[0].KeyARN, f.Lines[1].KeyARN = "", "", "" },
		"the bucket has no name":        func(f *Facts) { f.Bucket = "" },
		"the function has no name":      func(f *Facts) { f.Function = "" },
	} {
		f := facts(2)
		spoil(&f)
		p := &pen{PrivateKey: cellKey()}
		_, err := Issue(t.Context(), p, KeyID(publicKey()), f)
		if !errors.Is(err, ErrContradiction) || !strings.Contains(err.Error(), reason) || p.signed > 0 {
			t.Errorf("%s: %v; %d were signed", reason, err, p.signed)
		}
	}
}

func TestIssueRefusesWhatCannotBeSigned(t *testing.T) {
	t.Parallel()
	p := &pen{PrivateKey: cellKey()}
	if _, err := Issue(t.Context(), p, KeyID(publicKey()), facts(40)); !errors.Is(err, ErrTooLarge) || p.signed > 0 {
		t.Errorf("%v; %d were signed", err, p.signed)
	}
}

type signerFunc func() ([]byte, error)

func (s signerFunc) Sign(context.Context, []byte) ([]byte, error) { return s() }

func TestIssueTellsOfItsSigner(t *testing.T) {
	t.Parallel()
	away := errors.New("KMS is away")
	_, err := Issue(t.Context(), signerFunc(func() ([]byte, error) { return nil, away }), "k", facts(1))
	if !errors.Is(err, away) {
		t.Error(err)
	}
	if _, err := Issue(t.Context(), signerFunc(func() ([]byte, error) { return make([]byte, 63), nil }), "k", facts(1)); err == nil {
		t.Error("63 bytes were taken for a signature")
	}
}

// What matched no organisation, was never sealed, lay under an unknown key, or was gone before this run: all of it may be.
func TestIssueAdmits(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]func(*Facts){
		"no organisation":    func(f *Facts) { f.Org = "" },
		"never sealed":       func(f *Facts) { f.Lines[0].Sealed, f.Lines[1].Sealed = time.Time{}, time.Time{} },
		"no key":             func(f *Facts) { f.Lines[0].KeyARN, f.Lines[1].KeyARN = "", "" },
		"nothing was left":   func(f *Facts) { f.Counts = Counts{} },
		"versions of a key":  func(f *Facts) { f.Lines[1] = f.Lines[0]; f.Lines[1].VersionID = "another" },
		"at the very moment": func(f *Facts) { f.Erased, f.VerifiedAbsent = f.Intended, f.Intended },
		"on request":         func(f *Facts) { f.Basis = Request },
	} {
		f := facts(2)
		alter(&f)
		if _, err := Verify(served(t, issue(t, f)), publicKey()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// It outlives the organisation: neither the organisation's id nor a key that a person chose stands in it.
func TestNoNameIsStated(t *testing.T) {
	t.Parallel()
	f := facts(2)
	f.Lines[1].Key, f.Lines[1].SHA256 = "drop/"+f.Org+"/salaries-of-ada.zip", ""
	c := issue(t, f)
	for _, name := range []string{f.Org, "salaries", "ada", f.Lines[0].Key} {
		if bytes.Contains(c.Payload, []byte(name)) {
			t.Errorf("%s stands in %s", name, c.Payload)
		}
	}
	if !bytes.Contains(c.Payload, []byte(Pseudonym(f.Org))) || !bytes.Contains(c.Manifest, []byte("salaries")) {
		t.Errorf("%s, manifest %s", c.Payload, c.Manifest)
	}
}

func TestPseudonym(t *testing.T) {
	t.Parallel()
	one, other := Pseudonym(named(ident.Org, 1)), Pseudonym(named(ident.Org, 2))
	if one == other || one != Pseudonym(named(ident.Org, 1)) || len(one) != len("sha256:")+64 {
		t.Errorf("%s, %s", one, other)
	}
}

// A region that is copied carries its deletions out by itself: the certificate names the one that executed it, whoever
// asked for the thing to be gone.
func TestCertificateNamesTheRegionThatExecuted(t *testing.T) {
	t.Parallel()
	f := facts(1)
	f.Region, f.Lines[0].KeyARN = "eu-west-1", strings.Replace(keyARN("1"), "eu-central-1", "eu-west-1", 1)
	var s statement[deletion]
	if err := json.Unmarshal(issue(t, f).Payload, &s); err != nil || s.Predicate.Region != "eu-west-1" {
		t.Errorf("%+v, %v", s, err)
	}
}

// The hash of a name that others could think of is as good as the name. A key that a person chose enters digests only
// together with the version's id, which S3 draws; an organisation's id, only behind a domain of its own.
func TestNoNameCanBeGuessed(t *testing.T) {
	t.Parallel()
	f := facts(1)
	f.Lines[0].Key, f.Lines[0].SHA256 = "drop/salaries.zip", ""
	payload := string(issue(t, f).Payload)
	for _, guess := range []string{f.Lines[0].Key, f.Bucket + "\n" + f.Lines[0].Key, f.Bucket + "\n" + f.Lines[0].Key + "\n", f.Org} {
		if sum := sha256.Sum256([]byte(guess)); strings.Contains(payload, hex.EncodeToString(sum[:])) {
			t.Errorf("%q can be found out from %s", guess, payload)
		}
	}
	f.Lines[0].VersionID = "another"
	if string(issue(t, f).Payload) == payload {
		t.Error("the version's id makes no difference")
	}
}

// An ETag is no checksum under KMS, and the composite of a multipart upload is one of checksums: neither is stated as if it
// were the content's digest.
func TestETagIsNoDigest(t *testing.T) {
	t.Parallel()
	for _, sum := range []string{"d41d8cd98f00b204e9800998ecf8427e", "7Qd1rEDJ8Bq1JQpIoJ0d0w==", line(0).SHA256 + "-3"} {
		f := facts(1)
		f.Lines[0].SHA256 = sum
		if _, err := Issue(t.Context(), &pen{PrivateKey: cellKey()}, "k", f); !errors.Is(err, ErrContradiction) {
			t.Errorf("%s: %v", sum, err)
		}
	}
}

// S3 reports as deleted what never existed. Counts are what the caller saw go; the subjects are what was intended, all of
// them, whatever S3 said.
func TestSuccessIsNoEvidence(t *testing.T) {
	t.Parallel()
	f := facts(3)
	f.Counts = Counts{}
	var s statement[deletion]
	if err := json.Unmarshal(issue(t, f).Payload, &s); err != nil || len(s.Subject) != 3 || s.Predicate.Counts != (Counts{}) {
		t.Errorf("%+v, %v", s, err)
	}
}
