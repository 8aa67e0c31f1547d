package policy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// The table, as a security officer would want to read it: rule, what it covers, what starts its clock, how long it
// keeps, what the source allows at least and at most, how many, and which document says so.
var table = []struct {
	rule, covers, clock   string
	keeps, floor, ceiling time.Duration
	newest                int
	source, says          string
	governs               Subject
}{
	{"transit.migration", "staged migration data", "sealed", 14 * Day, 0, 14 * Day, 0, "S0", "up to 14 days", "export"},
	{"transit.other", "product logs", "written", 30 * Day, 0, 30 * Day, 0, "S0", "up to 30 days", "other"},
	{"debug", "raw support bundles", "sealed", 14 * Day, 0, 14 * Day, 0, "S0", "purged after 14 days", "support-zip"},
	{"org.evaluation", "everything of an organisation on the plan evaluation", "termination or request", 15 * Day, 15 * Day, 0, 0, "S0", "15 days for evaluation sites", "evaluation organisation"},
	{"org.paid", "everything of an organisation on the plan paid", "termination or request", 60 * Day, 60 * Day, 0, 0, "S0", "60 days for paid sites", "paid organisation"},
	{"backup", "encrypted backups", "deletion of the original", 90 * Day, 0, 90 * Day, 0, "S0", "up to 90 days", "backup"},
	{"link-key", "security keys", "issue", 30 * Day, 0, 30 * Day, 0, "S2", "valid for 30 days", "security key"},
	{"app.log", "transfer", "event", 30 * Day, 0, 30 * Day, 4000, "S3", "latest 4000 events", "transfer event"},
	{"app.rerun", "run again", "first start", 12 * Day, 0, 12 * Day, 0, "S3", "within 12 days", "re-run window"},
	{"app.timeout", "not settled", "first notification", 14 * Day, 0, 0, 0, "D", "14 days", "unsettled transfer"},
	{"assessment", "readiness assessments", "collection", 2 * 365 * Day, 0, 2 * 365 * Day, 0, "S2", "up to 2 years", "assessment"},
	{"metrics", "health metrics", "collection", 2 * 365 * Day, 0, 2 * 365 * Day, 0, "S2", "for 2 years", "health metric"},
	{"offer", "never completed", "offered", 24 * time.Hour, 0, 0, 0, "ours", "a day", "offer"},
	{"idempotency", "replay protection", "write", 24 * time.Hour, 0, 0, 0, "ours", "24 hours", "idempotency"},
	{"check-cache", "passed checks", "write", 12 * time.Hour, 0, 0, 0, "D", "12 hours", "passed check"},
}

func TestEveryRule(t *testing.T) {
	t.Parallel()
	if len(Rules()) != len(table) {
		t.Errorf("there are %d rules, and %d are expected", len(Rules()), len(table))
	}
	for _, want := range table {
		t.Run(want.rule, func(t *testing.T) {
			got, found := Named(want.rule)
			switch {
			case !found:
				t.Fatal("there is no such rule")
			case got.Clock != want.clock || !strings.Contains(got.Covers, want.covers):
				t.Errorf("it covers %s since %s", got.Covers, got.Clock)
			case got.Keeps != want.keeps || got.Floor != want.floor || got.Ceiling != want.ceiling || got.Newest != want.newest:
				t.Errorf("it keeps %s (%s to %s), the newest %d", got.Keeps, got.Floor, got.Ceiling, got.Newest)
			case got.Keeps < got.Floor || got.Ceiling > 0 && got.Keeps > got.Ceiling:
				t.Errorf("it keeps %s, and its source allows %s to %s", got.Keeps, got.Floor, got.Ceiling)
			case !strings.HasPrefix(got.Source, want.source+": ") || !strings.Contains(got.Source, want.says):
				t.Errorf("its source is %s", got.Source)
			}
			if governs := Governing(want.governs); governs != got {
				t.Errorf("%s is governed by %s", want.governs, governs.Name)
			}
		})
	}
	if _, found := Named("forever"); found {
		t.Error("there is a rule forever")
	}
}

// What matched nothing may be anyone's migration data; what nobody heard of is in transit.
func TestGoverningTheUnknown(t *testing.T) {
	t.Parallel()
	for s, want := range map[Subject]Rule{UnmatchedArrival: TransitMigration, "never heard of": TransitOther, "": TransitOther} {
		if got := Governing(s); got != want {
			t.Errorf("%q is governed by %s, want %s", s, got.Name, want.Name)
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
var subjects = []Subject{RawBundle, MigrationExport, AssessmentFile, OtherTransit, UnmatchedArrival, OpenOffer, OrgEvaluation, OrgPaid,
	EncryptedBackup, SecurityKey, TransferEvent, RerunWindow, UnsettledTransfer, HealthMetric, ReplayProtection, PassedCheck}

// Every rule covers something, and the one that governs is the earliest of those that cover.
func TestEarliestWins(t *testing.T) {
	t.Parallel()
	idle := Rules()
	for _, s := range subjects {
		for _, r := range Covering(s) {
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

// Three things can end a thing's time: its own rule, a request, its organisation's end. The first of them does.
func TestJudge(t *testing.T) {
	t.Parallel()
	sealed := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return sealed.Add(time.Duration(n) * Day) }
	for name, row := range map[string]struct {
		facts Facts
		rule  Rule
		by    time.Time
		basis Basis
	}{
		"by its rule":                           {Facts{Subject: RawBundle, Started: sealed}, Debug, day(14), Schedule},
		"asked for on the second day":           {Facts{Subject: RawBundle, Started: sealed, Requested: day(2)}, Debug, day(2), Request},
		"asked for when it is due":              {Facts{Subject: RawBundle, Started: sealed, Requested: day(14)}, Debug, day(14), Schedule},
		"asked for too late to matter":          {Facts{Subject: RawBundle, Started: sealed, Requested: day(20)}, Debug, day(14), Schedule},
		"in an organisation that leaves later":  {Facts{Subject: RawBundle, Started: sealed, Leaving: OrgPaid, Left: day(1)}, Debug, day(14), Schedule},
		"in one that asked to leave before":     {Facts{Subject: AssessmentFile, Started: sealed, Leaving: OrgEvaluation, Left: day(-5)}, Evaluation, day(10), Termination},
		"in one that left long ago":             {Facts{Subject: RawBundle, Started: sealed, Leaving: OrgPaid, Left: day(-100)}, Paid, day(-40), Termination},
		"in one that ends on the same day":      {Facts{Subject: RawBundle, Started: sealed, Leaving: OrgEvaluation, Left: day(-1)}, Debug, day(14), Schedule},
		"asked for before its organisation's":   {Facts{Subject: AssessmentFile, Started: sealed, Requested: day(3), Leaving: OrgEvaluation, Left: day(0)}, Assessment, day(3), Request},
		"asked for after its organisation's":    {Facts{Subject: AssessmentFile, Started: sealed, Requested: day(30), Leaving: OrgEvaluation, Left: day(0)}, Evaluation, day(15), Termination},
		"of a paid one, kept two years, ending": {Facts{Subject: AssessmentFile, Started: sealed, Leaving: OrgPaid, Left: day(700)}, Assessment, day(730), Schedule},
	} {
		if got := Judge(row.facts); got != (Verdict{row.rule, row.by, row.basis}) {
			t.Errorf("%s: %s by %s (%s), want %s by %s (%s)", name, got.Rule.Name, got.DeleteBy, got.Basis, row.rule.Name, row.by, row.basis)
		}
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

// What is due is met a sweep later at the latest; what is overdue, by the next sweep from now.
func TestGone(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for now, want := range map[time.Time]time.Time{
		noon.Add(-Day):      noon.Add(15 * time.Minute),
		noon:                noon.Add(15 * time.Minute),
		noon.Add(time.Hour): noon.Add(75 * time.Minute),
	} {
		if got := Gone(noon, now); got != want {
			t.Errorf("at %s it is gone by %s, want %s", now, got, want)
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
