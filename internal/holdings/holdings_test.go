package holdings_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/holdings"
	"waybill/internal/ident"
	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

var cell = holdings.Cell{Region: "eu-central-1", KeyARN: "arn:cell", Records: "records", Audit: "audit", Ledger: "ledger"}

// The places of what is told as a whole.
var (
	records = holdings.Place{Table: "records", Region: "eu-central-1", KeyARN: "arn:cell"}
	trail   = holdings.Place{Table: "audit", Region: "eu-central-1", KeyARN: "arn:cell"}
)

// kit is an organisation on the plan evaluation, with one migration.
type kit struct {
	*memory.Cell
	holdings.Mapper
	t        *testing.T
	org, mig string
}

func start(t *testing.T) *kit {
	t.Helper()
	c := memory.New(noon)
	k := &kit{Cell: c, Mapper: holdings.Mapper{Cell: cell, Records: c}, t: t,
		org: ident.Derive(ident.Org, noon, "a"), mig: ident.Derive(ident.Migration, noon, "a")}
	k.must(k.CreateOrganisation(t.Context(), k.Act("olive"), org.Organisation{ID: k.org, Plan: org.Evaluation, Revision: 1}))
	k.must(k.CreateMigration(t.Context(), k.Act("ada"), audit.MigrationCreated, migration.Migration{ID: k.mig, Org: k.org, Revision: 1}))
	return k
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// admit writes an upload as it is described, and answers its id.
func (k *kit) admit(u upload.Upload) string {
	k.t.Helper()
	k.Advance(time.Millisecond)
	u.ID, u.Org, u.Revision = ident.Derive(ident.Upload, k.Now(), "u"), k.org, 1
	u.Bucket, u.Region, u.KMSKeyARN, u.Size = memory.Bucket, "eu-central-1", "arn:ours", 7
	k.must(k.Admit(k.t.Context(), k.Act("ada"), audit.UploadDropped, u, ""))
	return u.ID
}

func sealed(kind upload.Kind, migration string) upload.Upload {
	return upload.Upload{Kind: kind, Migration: migration, State: upload.Sealed, SealedAt: noon, Due: noon.Add(14 * policy.Day)}
}

func (k *kit) place(scope string) string {
	k.t.Helper()
	h, err := hold.Keeper{Records: k.Cell}.Place(k.t.Context(), k.Act("sam"), k.org, hold.Draft{Scope: scope, Reason: "Matter 7", ReviewBy: "2027-01-01T00:00:00Z"})
	k.must(err)
	return h.ID
}

func (k *kit) leave() {
	k.t.Helper()
	_, err := org.Terminator{Records: k.Cell}.Request(k.t.Context(), k.Act("ada"), k.org, "", org.Ask{Reason: "Moved"})
	k.must(err)
}

func (k *kit) all(migration string) []holdings.Holding {
	k.t.Helper()
	list, more, err := k.List(k.t.Context(), k.Act("ada"), k.org, migration, "", 100)
	if err != nil || more {
		k.t.Fatal(more, err)
	}
	return list
}

// An organisation of which nothing is staged: what lies in tables, and what will be left of it.
func TestTheMapOfAnOrganisation(t *testing.T) {
	t.Parallel()
	k := start(t)
	leaves := []string{"org.evaluation"}
	want := []holdings.Holding{
		{ID: k.org, Kind: holdings.Records, Where: records, Rule: "org.evaluation", Rules: leaves, Holds: []string{}},
		{ID: k.org, Kind: holdings.Idempotency, Where: records, Rule: "idempotency", Rules: []string{"idempotency", "org.evaluation"}, Holds: []string{}},
		{ID: k.org, Kind: holdings.AuditTrail, Where: trail, Rule: "org.evaluation", Rules: leaves, Holds: []string{}},
		{ID: k.org, Kind: holdings.Certificates, Where: trail, Rules: []string{}, Holds: []string{}, Remains: true},
		{ID: k.org, Kind: holdings.Ledger, Where: holdings.Place{Bucket: "ledger", Region: "eu-central-1"}, Rules: []string{}, Holds: []string{}, Remains: true},
		{ID: k.org, Kind: holdings.Backups, Where: records, Rule: "backup", Rules: []string{"backup"}, Holds: []string{}},
	}
	if got := k.all(""); !reflect.DeepEqual(got, want) {
		t.Errorf("held are\n%+v, want\n%+v", got, want)
	}
	k.leave()
	ends := noon.Add(15 * policy.Day)
	for i := range 3 {
		want[i].DeleteBy, want[i].Basis, want[i].PurgeBy = ends, policy.Termination, ends.Add(policy.Sweep)
	}
	want[5].DeleteBy, want[5].Basis, want[5].PurgeBy = ends.Add(90*policy.Day), policy.Schedule, ends.Add(90*policy.Day)
	if got := k.all(""); !reflect.DeepEqual(got, want) {
		t.Errorf("when it leaves, held are\n%+v, want\n%+v", got, want)
	}
	held := k.place(k.org)
	for i := range 3 {
		want[i].Holds, want[i].PurgeBy = []string{held}, time.Time{}
	}
	if got := k.all(""); !reflect.DeepEqual(got, want) {
		t.Errorf("under a hold, held are\n%+v, want\n%+v", got, want)
	}
}

// Each upload: by which rule, until when and why, and by when a sweep will have met it.
func TestTheMapOfUploads(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return noon.Add(time.Duration(n) * policy.Day) }
	offered := upload.Upload{Kind: upload.SupportZip, State: upload.Pending, CreatedAt: noon, DeleteBy: day(1), Due: day(1)}
	asked := sealed(upload.Export, "")
	asked.DeleteRequestedAt, asked.Due = day(2), day(2)
	for name, row := range map[string]struct {
		u       upload.Upload
		leaves  bool
		now     time.Time
		state   upload.State
		rule    string
		rules   []string
		by      time.Time
		basis   policy.Basis
		purgeBy time.Time
	}{
		"a bundle":                         {sealed(upload.SupportZip, ""), false, noon, upload.Sealed, "debug", []string{"debug"}, day(14), policy.Schedule, day(14).Add(15 * time.Minute)},
		"what matched nothing, in a drop":  {sealed(upload.Unmatched, ""), false, noon, upload.Sealed, "transit.migration", []string{"transit.migration", "debug"}, day(14), policy.Schedule, day(14).Add(15 * time.Minute)},
		"an assessment":                    {sealed(upload.Assessment, ""), false, noon, upload.Sealed, "assessment", []string{"assessment"}, day(730), policy.Schedule, day(730).Add(15 * time.Minute)},
		"one of an organisation that goes": {sealed(upload.Assessment, ""), true, noon, upload.Sealed, "org.evaluation", []string{"assessment", "org.evaluation"}, day(15), policy.Termination, day(15).Add(15 * time.Minute)},
		"a bundle of such":                 {sealed(upload.SupportZip, ""), true, noon, upload.Sealed, "debug", []string{"debug", "org.evaluation"}, day(14), policy.Schedule, day(14).Add(15 * time.Minute)},
		"asked to be purged":               {asked, false, day(2), upload.Sealed, "transit.migration", []string{"transit.migration"}, day(2), policy.Request, day(2).Add(15 * time.Minute)},
		"overdue":                          {sealed(upload.SupportZip, ""), false, day(20), upload.Sealed, "debug", []string{"debug"}, day(14), policy.Schedule, day(20).Add(15 * time.Minute)},
		"an offer":                         {offered, false, noon, upload.Pending, "offer", []string{"offer"}, day(1), policy.Schedule, day(1).Add(30 * time.Minute)},
		"an offer that is over":            {offered, false, day(1), upload.Expired, "offer", []string{"offer"}, day(1), policy.Schedule, day(1).Add(30 * time.Minute)},
	} {
		k := start(t)
		if row.leaves {
			k.leave()
		}
		id := k.admit(row.u)
		act := k.Act("ada")
		act.Time = row.now
		list, _, err := k.List(t.Context(), act, k.org, "", "", 100)
		k.must(err)
		want := holdings.Holding{ID: id, Kind: holdings.Staged, State: string(row.state), Size: 7, Rule: row.rule, Rules: row.rules,
			Where: holdings.Place{Bucket: memory.Bucket, Region: "eu-central-1", KeyARN: "arn:ours"}, DeleteBy: row.by, Basis: row.basis, Holds: []string{}, PurgeBy: row.purgeBy}
		if got := list[len(list)-1]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s is\n%+v, want\n%+v", name, got, want)
		}
	}
}

// Every hold in force over a thing is named with it, and nothing is said of when it will be gone.
func TestTheMapUnderHolds(t *testing.T) {
	t.Parallel()
	k := start(t)
	apart, inside := k.admit(sealed(upload.Export, "")), k.admit(sealed(upload.Export, k.mig))
	first, second, wide := k.place(inside), k.place(inside), k.place(k.mig)
	for _, h := range k.all("") {
		want := map[string][]string{inside: {first, second, wide}}[h.ID]
		slices.Sort(want)
		slices.Sort(h.Holds)
		if !slices.Equal(h.Holds, want) || h.Kind == holdings.Staged && h.PurgeBy.IsZero() != (h.ID == inside) {
			t.Errorf("%s %s is held by %v, gone by %s", h.Kind, h.ID, h.Holds, h.PurgeBy)
		}
	}
	ofMigration := k.all(k.mig)
	if len(ofMigration) != 2 || ofMigration[0].ID != k.mig || !slices.Equal(ofMigration[0].Holds, []string{wide}) || ofMigration[1].ID != inside {
		t.Errorf("of the migration: %+v, and not %s", ofMigration, apart)
	}
}

// What is gone is not held.
func TestWhatIsGoneIsNotOnTheMap(t *testing.T) {
	t.Parallel()
	k := start(t)
	gone := sealed(upload.Export, k.mig)
	gone.State, gone.Due, gone.PurgedAt = upload.Purged, time.Time{}, noon
	k.admit(gone)
	for _, h := range append(k.all(""), k.all(k.mig)...) {
		if h.Kind == holdings.Staged {
			t.Errorf("%+v is on the map", h)
		}
	}
}

// Page by page, whatever their size, the map is the whole map, once.
func TestPages(t *testing.T) {
	t.Parallel()
	k := start(t)
	for range 4 {
		k.admit(sealed(upload.Export, ""))
	}
	var want []string
	for _, h := range k.all("") {
		want = append(want, h.Mark())
	}
	if len(want) != 10 || !slices.IsSortedFunc(want[6:], func(a, b string) int { return strings.Compare(b, a) }) {
		t.Fatalf("the map is %v", want)
	}
	for limit := 1; limit <= 11; limit++ {
		var got []string
		for after, more := "", true; more; {
			var page []holdings.Holding
			var err error
			page, more, err = k.List(t.Context(), k.Act("ada"), k.org, "", after, limit)
			k.must(err)
			if len(page) == 0 || len(page) > limit {
				t.Fatalf("a page of %d, limit %d", len(page), limit)
			}
			for _, h := range page {
				got, after = append(got, h.Mark()), h.Mark()
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %d: %v, want %v", limit, got, want)
		}
	}
}

// A map that ends with what is told as a whole says so.
func TestAFullPageOfAnEmptyBucket(t *testing.T) {
	t.Parallel()
	k := start(t)
	if page, more, err := k.List(t.Context(), k.Act("ada"), k.org, "", "", 6); err != nil || len(page) != 6 || more {
		t.Errorf("%d, more: %t, %v", len(page), more, err)
	}
}

func TestTheMapOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	k := start(t)
	for name, row := range map[string][2]string{"an organisation": {"org_nobody", ""}, "a migration": {k.org, "mig_nobody"}} {
		if _, _, err := k.List(t.Context(), k.Act("ada"), row[0], row[1], "", 10); !errors.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, lost := range []string{"Organisation", "Thing", "Guard", "Remaining"} {
		k.Decide(func(call string) memory.Fate {
			if strings.HasPrefix(call, lost+" ") {
				return memory.Lost
			}
			return memory.Heard
		})
		if _, _, err := k.List(t.Context(), audit.Act{Time: noon}, k.org, k.mig, "", 10); !errors.Is(err, memory.ErrSilence) {
			t.Errorf("without an answer to %s: %v", lost, err)
		}
	}
}
