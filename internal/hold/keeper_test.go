package hold_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/upload"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

const nextYear = "2027-06-01T00:00:00Z"

// kit is two organisations, a migration and an upload in each, and the keeper of their holds.
type kit struct {
	*memory.Cell
	hold.Keeper
	t            *testing.T
	ours, theirs things
}

type things struct{ org, mig, upl string }

func start(t *testing.T) *kit {
	t.Helper()
	c := memory.New(noon)
	k := &kit{Cell: c, Keeper: hold.Keeper{Records: c}, t: t}
	k.ours, k.theirs = k.settle("a"), k.settle("b")
	return k
}

func (k *kit) settle(seed string) things {
	k.t.Helper()
	name := func(prefix string) string { return ident.Derive(prefix, noon, seed) }
	own := things{name(ident.Org), name(ident.Migration), name(ident.Upload)}
	o := org.Organisation{ID: own.org, Plan: org.Paid, Revision: 1}
	k.must(k.CreateOrganisation(k.t.Context(), k.Act("olive"), o))
	k.must(k.CreateMigration(k.t.Context(), k.Act("ada"), audit.MigrationCreated, migration.Migration{ID: own.mig, Org: own.org, Status: migration.Saved, Revision: 1}))
	day := noon.Add(24 * time.Hour)
	u := upload.Upload{ID: own.upl, Org: own.org, Migration: own.mig, State: upload.Pending, CreatedAt: noon, DeleteBy: day, Due: day, Revision: 1}
	k.must(k.Offer(k.t.Context(), k.Act("ada"), u, o, o))
	return own
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) once(key string) audit.Act {
	act := k.Act("sam")
	act.Once = &audit.Once{Key: key, Digest: "digest of the request"}
	return act
}

func draft(scope string) hold.Draft {
	return hold.Draft{Scope: scope, Reason: "Matter 7 of 2026", ReviewBy: nextYear}
}

func (k *kit) place(scope string) hold.Hold {
	k.t.Helper()
	h, err := k.Place(k.t.Context(), k.Act("sam"), k.ours.org, draft(scope))
	k.must(err)
	return h
}

func TestPlaceAndRelease(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, scope := range []string{k.ours.org, k.ours.mig, k.ours.upl} {
		h := k.place(scope)
		want := hold.Hold{ID: h.ID, Org: k.ours.org, Scope: scope, Reason: "Matter 7 of 2026", PlacedBy: "sam", PlacedAt: k.Now(),
			ReviewBy: time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC), Revision: 1}
		if h != want || !ident.Valid(ident.Hold, h.ID) || !h.Holds() {
			t.Fatalf("on %s: %+v", scope, h)
		}
		k.Advance(time.Hour)
		released, err := k.Release(t.Context(), k.Act("sue"), k.ours.org, h.ID, `"1"`, hold.Release{Reason: "Settled"})
		if err != nil || released.Holds() || released.ReleasedBy != "sue" || released.ReleasedAt != k.Now() || released.ReleaseReason != "Settled" || released.Revision != 2 {
			t.Errorf("released: %+v, %v", released, err)
		}
		if got, err := k.Get(t.Context(), k.ours.org, h.ID); err != nil || got != released {
			t.Errorf("it is %+v, %v", got, err)
		}
		if told := k.Told(h.ID); !slices.Equal(told, []audit.Action{audit.HoldPlaced, audit.HoldReleased}) {
			t.Errorf("on record: %v", told)
		}
	}
}

// A second hold is another hold, and releasing one ends none of the others.
func TestHoldsAreIndependent(t *testing.T) {
	t.Parallel()
	k := start(t)
	first, second, wide := k.place(k.ours.upl), k.place(k.ours.upl), k.place(k.ours.mig)
	for i, h := range []hold.Hold{first, wide, second} {
		g, err := k.Guard(t.Context(), k.ours.org)
		k.must(err)
		if left := len(hold.All(g.Holds, k.ours.org, k.ours.mig, k.ours.upl)); left != 3-i || !g.Any() {
			t.Errorf("after %d releases %d hold it", i, left)
		}
		_, err = k.Release(t.Context(), k.Act("sam"), k.ours.org, h.ID, "", hold.Release{Reason: "Settled"})
		k.must(err)
	}
	g, _ := k.Guard(t.Context(), k.ours.org)
	if h, held := hold.Over(g.Holds, k.ours.org, k.ours.mig, k.ours.upl); held || g.Any() {
		t.Errorf("it is still held by %+v", h)
	}
	list, more, err := k.List(t.Context(), k.ours.org, "", 10)
	if err != nil || more || len(list) != 3 {
		t.Errorf("the list shows %v, %t, %v", list, more, err)
	}
}

// What is said badly is refused by name, and nothing is written.
func TestPlaceIsRefused(t *testing.T) {
	t.Parallel()
	k := start(t)
	for name, row := range map[string]struct {
		change func(*hold.Draft)
		kind   fault.Kind
		broken string
	}{
		"without a reason":                 {func(d *hold.Draft) { d.Reason = "" }, fault.BadInput, "/reason required"},
		"with a reason of 1001 characters": {func(d *hold.Draft) { d.Reason = strings.Repeat("ä", 1001) }, fault.BadInput, "/reason max-length"},
		"with a reason of two lines":       {func(d *hold.Draft) { d.Reason = "a\nb" }, fault.BadInput, "/reason printable"},
		"with a reason of blanks":          {func(d *hold.Draft) { d.Reason = " " }, fault.BadInput, "/reason trimmed"},
		"without a review":                 {func(d *hold.Draft) { d.ReviewBy = "" }, fault.BadInput, "/reviewBy required"},
		"reviewed some day":                {func(d *hold.Draft) { d.ReviewBy = "some day" }, fault.BadInput, "/reviewBy time"},
		"reviewed on a day without a time": {func(d *hold.Draft) { d.ReviewBy = "2027-06-01" }, fault.BadInput, "/reviewBy time"},
		"reviewed in the past":             {func(d *hold.Draft) { d.ReviewBy = "2026-11-02T11:59:59Z" }, fault.BadInput, "/reviewBy future"},
		"reviewed now":                     {func(d *hold.Draft) { d.ReviewBy = "2026-11-02T12:00:00.0009Z" }, fault.BadInput, "/reviewBy future"},
		"reviewed in more than a year":     {func(d *hold.Draft) { d.ReviewBy = "2027-11-03T12:00:00.001Z" }, fault.BadInput, "/reviewBy max"},
		"on nothing":                       {func(d *hold.Draft) { d.Scope = "" }, fault.BadInput, "/scope scope"},
		"on an event":                      {func(d *hold.Draft) { d.Scope = ident.Derive(ident.Event, noon, "a") }, fault.BadInput, "/scope scope"},
		"on a key of the table":            {func(d *hold.Draft) { d.Scope = "mig#" + k.ours.mig }, fault.BadInput, "/scope scope"},
		"with nothing right":               {func(d *hold.Draft) { *d = hold.Draft{} }, fault.BadInput, "/scope scope, /reason required, /reviewBy required"},
		"on another organisation":          {func(d *hold.Draft) { d.Scope = k.theirs.org }, fault.NotFound, "/scope known"},
		"on another's migration":           {func(d *hold.Draft) { d.Scope = k.theirs.mig }, fault.NotFound, "/scope known"},
		"on another's upload":              {func(d *hold.Draft) { d.Scope = k.theirs.upl }, fault.NotFound, "/scope known"},
		"on what never was":                {func(d *hold.Draft) { d.Scope = ident.Derive(ident.Upload, noon, "c") }, fault.NotFound, "/scope known"},
	} {
		d := draft(k.ours.upl)
		row.change(&d)
		before := len(k.Trail())
		_, err := k.Place(t.Context(), k.Act("sam"), k.ours.org, d)
		if !errors.Is(err, row.kind) || broken(err) != row.broken {
			t.Errorf("%s: %v, broken %q; want %s", name, err, broken(err), row.broken)
		}
		if len(k.Trail()) != before {
			t.Errorf("%s: something was written", name)
		}
	}
	edge := draft(k.ours.upl)
	edge.Reason, edge.ReviewBy = strings.Repeat("ä", 1000), "2027-11-03T12:00:00Z"
	if _, err := k.Place(t.Context(), k.Act("sam"), k.ours.org, edge); err != nil {
		t.Errorf("within its limits: %v", err)
	}
}

func broken(err error) string {
	var refusal *fault.Refusal
	if !errors.As(err, &refusal) {
		return ""
	}
	var all []string
	for _, f := range refusal.Fields {
		all = append(all, f.Pointer+" "+f.Rule)
	}
	return strings.Join(all, ", ")
}

// What has ended cannot be held; nor can what is being erased, for as long as the purge has its lease.
func TestThereMustBeSomethingToHold(t *testing.T) {
	t.Parallel()
	for _, ended := range []upload.State{upload.Expired, upload.Purged} {
		k := start(t)
		u, err := k.Upload(t.Context(), k.ours.org, k.ours.upl)
		k.must(err)
		gone := u
		gone.State, gone.Revision = ended, 2
		k.must(k.ReplaceUpload(t.Context(), k.Act("function:purge"), audit.UploadPurged, u, gone, ""))
		if _, err := k.Place(t.Context(), k.Act("sam"), k.ours.org, draft(k.ours.upl)); !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), string(ended)) {
			t.Errorf("%s: %v", ended, err)
		}
		k.place(k.ours.mig)
	}
	k := start(t)
	done := k.Purge(k.ours.org, noon.Add(time.Minute), k.ours.upl)
	for _, scope := range []string{k.ours.org, k.ours.mig, k.ours.upl} {
		if _, err := k.Place(t.Context(), k.Act("sam"), k.ours.org, draft(scope)); !errors.Is(err, fault.Conflict) {
			t.Errorf("%s while it is being purged: %v", scope, err)
		}
	}
	k.Advance(time.Minute) // whoever held the lease has given up
	k.place(k.ours.org)
	done()
	k.Purge(k.ours.org, time.Time{}, "upl_another")
	k.place(k.ours.upl)
}

// Of a hold and a purge at once, the second sees the first: a purge that begins between the keeper's reading and its
// writing is seen by reading again.
func TestAPurgeThatBeginsMeanwhile(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "PlaceHold") {
			k.Decide(nil)
			k.Purge(k.ours.org, noon.Add(time.Minute), k.ours.upl)
		}
		return memory.Heard
	})
	if h, err := k.Place(t.Context(), k.Act("sam"), k.ours.org, draft(k.ours.upl)); !errors.Is(err, fault.Conflict) {
		t.Errorf("it is held by %+v, %v", h, err)
	}
}

// A guard that never stands still is no reason to try for ever.
func TestAGuardThatKeepsMoving(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "PlaceHold") {
			k.Purge(k.ours.org, noon, k.ours.upl)
		}
		return memory.Heard
	})
	if _, err := k.Place(t.Context(), k.Act("sam"), k.ours.org, draft(k.ours.upl)); !errors.Is(err, fault.Unavailable) {
		t.Errorf("under a guard that keeps moving: %v", err)
	}
}

func TestReleaseIsRefused(t *testing.T) {
	t.Parallel()
	k := start(t)
	h := k.place(k.ours.mig)
	for name, row := range map[string]struct {
		org    string
		match  audit.Match
		reason string
		want   error
	}{
		"without a reason":          {k.ours.org, "", "", fault.BadInput},
		"by another organisation":   {k.theirs.org, "", "Settled", fault.NotFound},
		"at a revision of long ago": {k.ours.org, `"7"`, "Settled", fault.Stale},
	} {
		if _, err := k.Release(t.Context(), k.Act("sam"), row.org, h.ID, row.match, hold.Release{Reason: row.reason}); !errors.Is(err, row.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := k.Release(t.Context(), k.Act("sam"), k.ours.org, h.ID, "", hold.Release{Reason: "Settled"})
	k.must(err)
	if _, err := k.Release(t.Context(), k.Act("sam"), k.ours.org, h.ID, "", hold.Release{Reason: "Settled"}); !errors.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
}

// The same request twice is one hold and one release, whatever became of the thing meanwhile.
func TestOnce(t *testing.T) {
	t.Parallel()
	k := start(t)
	first, err := k.Place(t.Context(), k.once("k"), k.ours.org, draft(k.ours.upl))
	k.must(err)
	k.Purge(k.ours.org, time.Time{}, k.ours.upl)
	if again, err := k.Place(t.Context(), k.once("k"), k.ours.org, draft(k.ours.upl)); err != nil || again != first {
		t.Errorf("placed again: %+v, %v", again, err)
	}
	released, err := k.Release(t.Context(), k.once("l"), k.ours.org, first.ID, `"1"`, hold.Release{Reason: "Settled"})
	k.must(err)
	if again, err := k.Release(t.Context(), k.once("l"), k.ours.org, first.ID, `"1"`, hold.Release{Reason: "Settled"}); err != nil || again != released {
		t.Errorf("released again: %+v, %v", again, err)
	}
	if told := k.Told(first.ID); len(told) != 2 {
		t.Errorf("on record: %v", told)
	}
}

// A review is overdue when its day has passed, as long as the hold holds.
func TestReviews(t *testing.T) {
	t.Parallel()
	k := start(t)
	reviewer := hold.Reviewer{Records: k.Cell}
	h, other := k.place(k.ours.upl), k.place(k.ours.mig)
	for when, want := range map[time.Time]int{noon: 0, h.ReviewBy: 0, h.ReviewBy.Add(time.Millisecond): 2} {
		if n, err := reviewer.Overdue(t.Context(), when); err != nil || n != want {
			t.Errorf("at %s %d are overdue, %v", when, n, err)
		}
	}
	_, err := k.Release(t.Context(), k.Act("sam"), k.ours.org, other.ID, "", hold.Release{Reason: "Settled"})
	k.must(err)
	if n, _ := reviewer.Overdue(t.Context(), h.ReviewBy.Add(time.Hour)); n != 1 {
		t.Errorf("after a release %d are overdue", n)
	}
}

// Which hold covers what.
func TestOver(t *testing.T) {
	t.Parallel()
	wide, mid, narrow := hold.Hold{Org: "org_a", Scope: "org_a"}, hold.Hold{Org: "org_a", Scope: "mig_a"}, hold.Hold{Org: "org_a", Scope: "upl_a"}
	over := hold.Hold{Org: "org_a", Scope: "upl_a", ReleasedAt: noon}
	for _, row := range []struct {
		h             hold.Hold
		org, mig, upl string
		held          bool
	}{
		{wide, "org_a", "mig_x", "upl_x", true},
		{wide, "org_a", "", "upl_x", true},
		{wide, "org_a", "mig_x", "", true},
		{wide, "org_a", "", "", true},
		{wide, "org_b", "mig_x", "upl_x", false},
		{mid, "org_a", "mig_a", "upl_x", true},
		{mid, "org_a", "mig_a", "", true},
		{mid, "org_a", "mig_b", "upl_x", false},
		{mid, "org_a", "", "upl_x", false},
		{mid, "org_a", "", "", false},
		{mid, "org_b", "mig_a", "upl_x", false},
		{narrow, "org_a", "mig_a", "upl_a", true},
		{narrow, "org_a", "", "upl_a", true},
		{narrow, "org_a", "mig_a", "upl_b", false},
		{narrow, "org_a", "mig_a", "", false},
		{over, "org_a", "mig_a", "upl_a", false},
	} {
		if _, held := hold.Over([]hold.Hold{over, row.h}, row.org, row.mig, row.upl); held != row.held {
			t.Errorf("a hold on %s covers %s of %s of %s: %t", row.h.Scope, row.upl, row.mig, row.org, held)
		}
	}
}
