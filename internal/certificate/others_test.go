package certificate

import (
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/ident"
)

func addendumTo(original []byte) Addendum {
	return Addendum{ID: named(ident.Certificate, 90), Original: original, Cell: "eu", Region: "eu-central-1",
		Bucket: "waybill-staging-123456789012-eu-central-1", Restored: Restored{Counts{1, 2, 0}, 1},
		Erased: noon.Add(240 * time.Hour), VerifiedAbsent: noon.Add(240*time.Hour + time.Second), Function: "waybill-restore:3"}
}

func issueAddendum(t testing.TB, a Addendum) (Certificate, error) {
	t.Helper()
	return IssueAddendum(t.Context(), &pen{PrivateKey: cellKey()}, KeyID(publicKey()), a)
}

func ending() Ending {
	return Ending{ID: named(ident.Certificate, 91), Org: named(ident.Org, 0), Cell: "eu", Region: "eu-central-1", Table: "waybill-records",
		Rule: "org.paid", Items: map[string]int{"upload": 3, "migration": 1, "event-payload": 40}, SealingKey: []byte("wrapped"), KeyARN: keyARN("2"),
		Requested: noon.Add(-60 * 24 * time.Hour), Due: noon, Erased: noon.Add(time.Minute), VerifiedAbsent: noon.Add(2 * time.Minute),
		Function: "waybill-purge:7"}
}

func issueTermination(t testing.TB, e Ending) (Certificate, error) {
	t.Helper()
	return IssueTermination(t.Context(), &pen{PrivateKey: cellKey()}, KeyID(publicKey()), e)
}

func TestAddendum(t *testing.T) {
	t.Parallel()
	first := issue(t, facts(2))
	c, err := issueAddendum(t, addendumTo(first.Payload))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Verify(served(t, c), publicKey())
	if err != nil || r.ID != c.ID || !r.About(named(ident.Org, 0)) || !says(r, "of the certificate", first.ID) {
		t.Errorf("%+v, %v", r, err)
	}
}

func says(r Report, name, text string) bool {
	for _, s := range r.Says {
		if s.Name == name && strings.Contains(s.Value, text) {
			return true
		}
	}
	return false
}

func TestAddendumRefuses(t *testing.T) {
	t.Parallel()
	first := issue(t, facts(2))
	second, err := issueAddendum(t, addendumTo(first.Payload))
	if err != nil {
		t.Fatal(err)
	}
	for reason, spoil := range map[string]func(*Addendum){
		"nothing had come back":  func(a *Addendum) { a.Restored = Restored{} },
		"less than nothing":      func(a *Addendum) { a.Restored.Records = -1 },
		"before it was erased":   func(a *Addendum) { a.Erased, a.VerifiedAbsent = noon, noon },
		"absent before":          func(a *Addendum) { a.VerifiedAbsent = a.Erased.Add(-time.Second) },
		"addendum to itself":     func(a *Addendum) { a.ID = first.ID },
		"the addendum has no id": func(a *Addendum) { a.ID = "" },
		"the bucket has no name": func(a *Addendum) { a.Bucket = "" },
		"key is of another":      func(a *Addendum) { a.Region = "eu-west-1" },
		"reading what addendum":  func(a *Addendum) { a.Original = first.Envelope },
		"of another kind":        func(a *Addendum) { a.Original = replaced(t, first.Payload, DeletionPredicate, TerminationPredicate) },
		"unknown field":          func(a *Addendum) { a.Original = second.Payload },
	} {
		a := addendumTo(first.Payload)
		spoil(&a)
		if _, err := issueAddendum(t, a); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

func TestTermination(t *testing.T) {
	t.Parallel()
	c, err := issueTermination(t, ending())
	if err != nil {
		t.Fatal(err)
	}
	r, err := Verify(served(t, c), publicKey())
	if err != nil || c.Org != named(ident.Org, 0) || !r.About(c.Org) || !says(r, "erased records", "40 of the kind event-payload") {
		t.Errorf("%+v, %v", r, err)
	}
	if strings.Contains(string(c.Payload), c.Org) {
		t.Errorf("%s stands in %s", c.Org, c.Payload)
	}
}

func TestTerminationRefuses(t *testing.T) {
	t.Parallel()
	for reason, spoil := range map[string]func(*Ending){
		"does not say what was erased": func(e *Ending) { e.Items = nil },
		"no kind of thing":             func(e *Ending) { e.Items = map[string]int{"Example AG": 1} },
		"or less than nothing":         func(e *Ending) { e.Items["upload"] = -1 },
		"erased before it was due":     func(e *Ending) { e.Due = e.Erased.Add(time.Second) },
		"due before it was requested":  func(e *Ending) { e.Requested = e.Due.Add(time.Second) },
		"absent before it was erased":  func(e *Ending) { e.VerifiedAbsent = e.Erased.Add(-time.Second) },
		"rule's source":                func(e *Ending) { e.Rule = "" },
		"the certificate has no id":    func(e *Ending) { e.ID = named(ident.Event, 1) },
		"the table has no name":        func(e *Ending) { e.Table = "" },
		"about no organisation":        func(e *Ending) { e.Org = "" },
	} {
		e := ending()
		spoil(&e)
		if _, err := issueTermination(t, e); !errors.Is(err, ErrContradiction) || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", reason, err)
		}
	}
}
