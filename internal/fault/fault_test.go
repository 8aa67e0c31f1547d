package fault_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"waybill/internal/fault"
)

// However a refusal is made and wrapped, its kind is found, and no other.
func TestKindIsFound(t *testing.T) {
	t.Parallel()
	var broken fault.Fields
	broken.Check(false, "/name", "required", "It must not be empty.")
	for _, row := range []struct {
		refusal error
		kind    fault.Kind
		says    string
	}{
		{fault.NotFound, fault.NotFound, "not-found"},
		{fault.Conflict.Because("The migration is %s.", "RUNNING"), fault.Conflict, "conflict: The migration is RUNNING."},
		{&fault.Refusal{Kind: fault.WrongCell, Cell: "https://eu.example"}, fault.WrongCell, "wrong-cell"},
		{broken.Err(), fault.BadInput, "invalid: One field broke its rule."},
	} {
		wrapped := fmt.Errorf("reading the org: %w", row.refusal)
		if !errors.Is(wrapped, row.kind) {
			t.Errorf("%v is not %s", wrapped, row.kind)
		}
		if errors.Is(wrapped, fault.Stale) {
			t.Errorf("%v is %s as well", wrapped, fault.Stale)
		}
		if got := row.refusal.Error(); got != row.says {
			t.Errorf("it says %q, want %q", got, row.says)
		}
	}
}

func TestFieldsCollectEveryBrokenRule(t *testing.T) {
	t.Parallel()
	var broken fault.Fields
	if broken.Err() != nil {
		t.Errorf("nothing was checked, and yet: %v", broken.Err())
	}
	if !broken.Check(true, "/plan", "one-of", "never shown") {
		t.Error("a rule that holds is said not to")
	}
	if broken.Check(false, "/name", "max-length", "It may have at most %d characters.", 255) || broken.Check(false, "/plan", "one-of", "No.") {
		t.Error("a broken rule is said to hold")
	}
	var refusal *fault.Refusal
	if !errors.As(broken.Err(), &refusal) {
		t.Fatalf("got %v, want a refusal", broken.Err())
	}
	want := []fault.Field{
		{Pointer: "/name", Rule: "max-length", Detail: "It may have at most 255 characters."},
		{Pointer: "/plan", Rule: "one-of", Detail: "No."},
	}
	if fmt.Sprint(refusal.Fields) != fmt.Sprint(want) || refusal.Detail != "2 fields broke their rules." {
		t.Errorf("got %q and %v, want %v", refusal.Detail, refusal.Fields, want)
	}
}

// The names in JSON are those of the contract.
func TestFieldInJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(fault.Field{Pointer: "/scope/projects/0/key", Rule: "unique", Detail: "No."})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"pointer":"/scope/projects/0/key","rule":"unique","detail":"No."}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
