package policy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// The table, as a security officer would want to read it: rule, what starts its clock, how many days, from which
// document.
func TestRetentionTable(t *testing.T) {
	t.Parallel()
	table := []struct {
		rule, clock string
		days        int
		source      string
	}{
		{"transit.migration", "sealed", 14, "S0"},
		{"transit.other", "written", 30, "S0"},
		{"debug", "sealed", 14, "S0"},
		{"assessment", "collection", 2 * 365, "S2"},
		{"offer", "offered", 1, "ours"},
		{"idempotency", "write", 1, "ours"},
	}
	rules := Rules()
	if len(rules) != len(table) {
		t.Fatalf("there are %d rules, and %d are expected", len(rules), len(table))
	}
	for i, want := range table {
		got := rules[i]
		if got.Name != want.rule || got.Clock != want.clock || got.Keeps != time.Duration(want.days)*24*time.Hour || !strings.HasPrefix(got.Source, want.source+":") || got.Covers == "" {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// Which rule ends first for each kind of thing.
func TestGoverning(t *testing.T) {
	t.Parallel()
	for subject, rule := range map[Subject]Rule{
		RawBundle:        Debug,
		MigrationExport:  TransitMigration,
		AssessmentFile:   Assessment,
		OtherTransit:     TransitOther,
		UnmatchedArrival: TransitMigration,
		OpenOffer:        Offer,
		ReplayProtection: Idempotency,
		"never heard of": TransitOther,
	} {
		if got := Governing(subject); got != rule {
			t.Errorf("%s is governed by %s, want %s", subject, got.Name, rule.Name)
		}
	}
}

// Of several rules over one thing, the one that ends first governs, wherever it stands.
func TestEarliest(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		rules []Rule
		want  Rule
	}{
		{[]Rule{Assessment}, Assessment},
		{[]Rule{Assessment, TransitOther, Debug}, Debug},
		{[]Rule{Debug, TransitOther, Assessment}, Debug},
		{[]Rule{TransitOther, Debug, Assessment}, Debug},
		{[]Rule{TransitOther, Debug, TransitMigration}, Debug}, // as long as the other, and before it
	} {
		if got := earliest(row.rules); got != row.want {
			t.Errorf("of %v governs %s, want %s", row.rules, got.Name, row.want.Name)
		}
	}
}

// subjects are all that rules cover.
var subjects = []Subject{RawBundle, MigrationExport, AssessmentFile, OtherTransit, UnmatchedArrival, OpenOffer, ReplayProtection}

// Every rule covers something, and the one that governs is the earliest of those that cover.
func TestEarliestWins(t *testing.T) {
	t.Parallel()
	idle := Rules()
	for _, s := range subjects {
		for _, r := range covering(s) {
			if Governing(s).Keeps > r.Keeps {
				t.Errorf("%s is governed by %s, though %s ends earlier", s, Governing(s).Name, r.Name)
			}
			idle = slices.DeleteFunc(idle, func(i Rule) bool { return i == r })
		}
	}
	if len(idle) > 0 {
		t.Errorf("these rules cover nothing: %v", idle)
	}
}

// Never early and never late, at whatever instant and in whatever place the clock starts: the documents promise
// durations, so neither a leap day nor a change to summer time moves a deadline.
func TestDeadlineAtAnyInstant(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(14, 30))
	east := time.FixedZone("east", 14*3600)
	for range 5000 {
		started := time.Unix(random.Int64N(4e9), random.Int64N(1e9)).In(east)
		s := subjects[random.IntN(len(subjects))]
		if kept := Deadline(s, started).Sub(started); kept != Governing(s).Keeps || kept <= 0 {
			t.Fatalf("%s from %s is kept for %s", s, started, kept)
		}
	}
}

// Records and S3 keys carry a rule's name: it is one segment of a key, and nobody else's.
func TestNames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range Rules() {
		if seen[r.Name] || r.Name == "" || strings.Trim(r.Name, "abcdefghijklmnopqrstuvwxyz.-") != "" {
			t.Errorf("%q cannot be the name of a rule", r.Name)
		}
		seen[r.Name] = true
	}
}
