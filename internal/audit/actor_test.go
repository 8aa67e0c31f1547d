package audit_test

import (
	"errors"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/ident"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// No subject signs for the cell, and no two subjects share a name.
func TestActors(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		subject string
		actor   audit.Actor
	}{
		{"ada", "ada"},
		{"Function:purge", "Function:purge"},
		{"function", "function"},
		{"function:purge", "user:function:purge"},
		{"user:function:purge", "user:user:function:purge"},
		{"user:ada", "user:user:ada"},
		{"", ""},
	} {
		if got := audit.Person(row.subject); got != row.actor {
			t.Errorf("the person %q is %q, want %q", row.subject, got, row.actor)
		}
	}
	if got := audit.Function("purge"); got != "function:purge" {
		t.Errorf("the function is %q", got)
	}
}

func FuzzActorsAreInjective(f *testing.F) {
	f.Add("ada", "user:ada")
	f.Add("function:purge", "user:function:purge")
	f.Add("purge", "function:purge")
	f.Fuzz(func(t *testing.T, a, b string) {
		if a != b && audit.Person(a) == audit.Person(b) {
			t.Errorf("%q and %q are both %q", a, b, audit.Person(a))
		}
		if audit.Person(a) == audit.Function(b) {
			t.Errorf("%q signs for the function %q", a, b)
		}
	})
}

// An act needs all three; what it came with is what is on record.
func TestActAndItsEntry(t *testing.T) {
	t.Parallel()
	act := audit.Act{Actor: "ada", Time: noon, RequestID: "req-1"}
	if err := act.Entry(audit.OrgCreated, "org_1", audit.Done, "").Check(); err != nil {
		t.Errorf("a whole act is refused: %v", err)
	}
	for name, lacking := range map[string]audit.Act{
		"an actor":   {Time: noon, RequestID: "req-1"},
		"a time":     {Actor: "ada", RequestID: "req-1"},
		"a request":  {Actor: "ada", Time: noon},
		"everything": {},
	} {
		if err := lacking.Entry(audit.OrgCreated, "org_1", audit.Done, "").Check(); !errors.Is(err, audit.ErrNobody) {
			t.Errorf("an act lacking %s: %v", name, err)
		}
	}
	first := act.Entry(audit.OrgCreated, "org_1", audit.Done, "detail")
	second := act.Entry(audit.OrgCreated, "org_1", audit.Done, "detail")
	if !ident.Valid(ident.Event, first.ID) || first.ID == second.ID {
		t.Errorf("the ids are %s and %s", first.ID, second.ID)
	}
	want := audit.Entry{ID: first.ID, Time: noon, Action: "org.created", Actor: "ada", Resource: "org_1", Outcome: "done", RequestID: "req-1", Detail: "detail"}
	if first != want {
		t.Errorf("got %+v, want %+v", first, want)
	}
	if e := (audit.Act{Actor: "ada", RequestID: "req-1"}).Entry(audit.OrgCreated, "org_1", audit.Done, ""); e.ID != "" {
		t.Errorf("an act at no time has the entry %s", e.ID)
	}
}

func TestTimeIsFrozenAsItIsStored(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	got := audit.At(time.Date(2026, 11, 2, 13, 0, 0, 1_999_999, berlin))
	if want := noon.Add(time.Millisecond); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
