package audit_test

import (
	"errors"
	"fmt"
	"testing"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		header audit.Match
		holds  bool // at revision 7
	}{
		{"", true},
		{"*", true},
		{`"7"`, true},
		{` "7" `, true},
		{`"6", "7"`, true},
		{`"6","7","8"`, true},
		{`"6", *`, true},
		{`"6"`, false},
		{`"77"`, false},
		{`7`, false},
		{`W/"7"`, false}, // If-Match compares strongly: a weak tag never matches
		{`"07"`, false},
		{`'7'`, false},
		{` `, false},
		{`,`, false},
		{`""`, false},
	} {
		err := row.header.Holds(7)
		if row.holds != (err == nil) || !row.holds && !errors.Is(err, fault.Stale) {
			t.Errorf("If-Match: %s answers %v", row.header, err)
		}
	}
	if got := audit.Tag(7); got != `"7"` {
		t.Errorf("the tag of revision 7 is %s", got)
	}
}

func TestMatchDemanded(t *testing.T) {
	t.Parallel()
	if err := audit.Match("").Demanded(); !errors.Is(err, fault.Unconditional) {
		t.Errorf("none was said: %v", err)
	}
	if err := audit.Match(`"6"`).Demanded(); err != nil {
		t.Errorf("one was said: %v", err)
	}
}

// A refusal may mean no more than that the same request succeeded before; a store that cannot tell comes first.
func TestUnless(t *testing.T) {
	t.Parallel()
	away := errors.New("the store is away")
	replayed := fmt.Errorf("writing: %w", &audit.Replayed{Resource: "mig_1"})
	for _, row := range []struct {
		name     string
		replayed error
		resource string
		err      error
	}{
		{"a new request", nil, "", fault.Conflict},
		{"the same request", replayed, "mig_1", nil},
		{"the same key for another request", fault.KeyReused, "", fault.KeyReused},
		{"a store that is away", away, "", away},
	} {
		resource, err := audit.Unless(row.replayed, fault.Conflict)
		if resource != row.resource || !errors.Is(err, row.err) {
			t.Errorf("%s: %q, %v; want %q, %v", row.name, resource, err, row.resource, row.err)
		}
	}
}
