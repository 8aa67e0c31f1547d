package dynamo_test

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/audit"
	"waybill/internal/dynamo"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/upload"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m := plan(o, noon)
	m.Archived, m.CopiedFrom, m.StartedAt, m.SettledAt = true, "mig_1", noon.Add(time.Second), noon.Add(1500*time.Millisecond)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m))
	u := offer(o, m.ID, noon)
	u.VersionID, u.UploadID, u.SHA256 = "v1", "u1", "digest"
	u.SealedAt, u.ExpiredAt, u.PurgedAt = noon.Add(1), noon.Add(2*time.Millisecond), noon.Add(3*time.Millisecond)
	u.SealedAt = audit.At(u.SealedAt)
	ok(t, r.Offer(t.Context(), at(noon), u, o, o))

	gotO, err := r.Organisation(t.Context(), o.ID)
	same(t, gotO, o, err)
	gotM, err := r.Migration(t.Context(), o.ID, m.ID)
	same(t, gotM, m, err)
	gotU, err := r.Upload(t.Context(), o.ID, u.ID)
	same(t, gotU, u, err)
}

func TestAnotherOrganisationsThingsAreAbsent(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	other := organisation()
	ok(t, r.CreateOrganisation(t.Context(), at(noon), other))
	m, u := plan(o, noon), offer(o, "", noon)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m))
	ok(t, r.Offer(t.Context(), at(noon), u, o, o))

	_, err := r.Migration(t.Context(), other.ID, m.ID)
	is(t, err, fault.NotFound)
	_, err = r.Upload(t.Context(), other.ID, u.ID)
	is(t, err, fault.NotFound)
	_, err = r.Upload(t.Context(), "", u.ID)
	is(t, err, fault.NotFound)
	is(t, r.Offer(t.Context(), at(noon), offer(other, m.ID, noon), other, other), fault.NotFound)
	list, _, err := r.Migrations(t.Context(), other.ID, migration.Filter{}, "", 10)
	ok(t, err)
	if len(list) != 0 {
		t.Errorf("another organisation's list shows %d", len(list))
	}
}

func TestAWriteNeedsWhatWasRead(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m, u := plan(o, noon), offer(o, "", noon)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m))
	ok(t, r.Offer(t.Context(), at(noon), u, o, o))
	m2, u2, o2 := m, u, o
	m2.Revision, u2.Revision, o2.Revision = 2, 2, 2
	o2.Key.ARN += "2"
	ok(t, r.ReplaceMigration(t.Context(), at(noon), audit.MigrationEdited, m, m2))
	ok(t, r.ReplaceUpload(t.Context(), at(noon), audit.UploadSealed, u, u2, ""))
	ok(t, r.BindKey(t.Context(), at(noon), o, o2))

	is(t, r.ReplaceMigration(t.Context(), at(noon), audit.MigrationEdited, m, m2), fault.Stale)
	is(t, r.DeleteMigration(t.Context(), at(noon), m, hold.Guard{}), fault.Stale)
	is(t, r.ReplaceUpload(t.Context(), at(noon), audit.UploadSealed, u, u2, ""), fault.Stale)
	is(t, r.BindKey(t.Context(), at(noon), o, o2), fault.Stale)
	is(t, r.Offer(t.Context(), at(noon), offer(o, "", noon), o, o), fault.Stale) // the key is another now
	is(t, r.Admit(t.Context(), at(noon), audit.UploadDropped, u, ""), fault.Conflict)
	is(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, plan(organisation(), noon)), fault.NotFound)
}

func TestNobodyChangesNothing(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	for _, a := range []audit.Act{{Time: noon, RequestID: "r"}, {Actor: "ada", RequestID: "r"}, {Actor: "ada", Time: noon}} {
		is(t, r.CreateMigration(t.Context(), a, audit.MigrationCreated, plan(o, noon)), audit.ErrNobody)
	}
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	first := plan(o, noon)
	ok(t, r.CreateMigration(t.Context(), once(at(noon), "k", "d"), audit.MigrationCreated, first))
	create := func(a audit.Act) error {
		return r.CreateMigration(t.Context(), a, audit.MigrationCreated, plan(o, a.Time))
	}
	ofAnother := once(at(noon), "k", "d")
	ofAnother.Actor = "bao"
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"the same request again":               {create(once(at(noon.Add(time.Hour)), "k", "d")), first.ID},
		"just before a day has passed":         {create(once(at(noon.Add(24*time.Hour-time.Second)), "k", "d")), first.ID},
		"asked for, not tried":                 {r.Replayed(t.Context(), o.ID, once(at(noon), "k", "d")), first.ID},
		"another request, same key":            {create(once(at(noon), "k", "e")), "reused"},
		"another request, asked for":           {r.Replayed(t.Context(), o.ID, once(at(noon), "k", "e")), "reused"},
		"another key":                          {create(once(at(noon), "l", "d")), ""},
		"another actor's key":                  {create(ofAnother), ""},
		"no key":                               {create(at(noon)), ""},
		"asked for, a day later":               {r.Replayed(t.Context(), o.ID, once(at(noon.Add(24*time.Hour)), "k", "d")), ""},
		"asked for, never used":                {r.Replayed(t.Context(), o.ID, once(at(noon), "x", "d")), ""},
		"asked for, in another organisation's": {r.Replayed(t.Context(), organisation().ID, once(at(noon), "k", "d")), ""},
	} {
		t.Run(name, func(t *testing.T) {
			resource, _ := audit.Repetition(tc.err)
			switch {
			case tc.want == "":
				ok(t, tc.err)
			case tc.want == "reused":
				is(t, tc.err, fault.KeyReused)
			case resource != tc.want:
				t.Errorf("got %v, want a repetition on %s", tc.err, tc.want)
			}
		})
	}
	ok(t, create(once(at(noon.Add(24*time.Hour)), "k", "e"))) // a day later the key is free
}

func TestARepetitionIsSeenBeforeWhatItChanged(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m := plan(o, noon)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m))
	m2 := m
	m2.Revision = 2
	a := once(at(noon), "edit", "d")
	ok(t, r.ReplaceMigration(t.Context(), a, audit.MigrationEdited, m, m2))
	err := r.ReplaceMigration(t.Context(), a, audit.MigrationEdited, m, m2)
	if resource, repeated := audit.Repetition(err); !repeated || resource != m.ID {
		t.Errorf("got %v", err)
	}
}

func TestEveryChangeHasItsEntry(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m, u := plan(o, noon), offer(o, "", noon)
	ok(t, r.CreateMigration(t.Context(), at(noon.Add(time.Second)), audit.MigrationCreated, m))
	ok(t, r.Offer(t.Context(), at(noon.Add(2*time.Second)), u, o, o))
	sealed := u
	sealed.Revision = 2
	ok(t, r.ReplaceUpload(t.Context(), at(noon.Add(3*time.Second)), audit.UploadSealed, u, sealed, "debug"))
	is(t, r.ReplaceUpload(t.Context(), at(noon.Add(4*time.Second)), audit.UploadSealed, u, sealed, "debug"), fault.Stale)
	ok(t, r.DeleteMigration(t.Context(), at(noon.Add(5*time.Second)), m, hold.Guard{}))

	all := events(t, r, o.ID, audit.Filter{})
	want := []string{"migration.deleted", "upload.sealed", "upload.offered", "migration.created", "org.created"}
	if got := actions(all); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	e := all[1]
	if e.Actor != "ada" || e.Resource != u.ID || e.Outcome != audit.Done || e.RequestID != "req-1" || e.Detail != "debug" || !e.Time.Equal(noon.Add(3*time.Second)) {
		t.Errorf("the entry of the sealing is %+v", e)
	}
}

func TestEventFilters(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	for i := range 3 {
		a := at(noon.Add(time.Duration(i+1) * time.Hour))
		a.Actor = audit.Actor([]string{"ada", "bao", "ada"}[i])
		ok(t, r.Note(t.Context(), o.ID, a.Entry(audit.KeyRefused, o.ID, audit.Refused, "")))
	}
	hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	for name, tc := range map[string]struct {
		f    audit.Filter
		want int
	}{
		"all":                   {audit.Filter{}, 4},
		"from, inclusive":       {audit.Filter{From: hour(1)}, 3},
		"to, exclusive":         {audit.Filter{To: hour(3)}, 3},
		"between":               {audit.Filter{From: hour(1), To: hour(2)}, 1},
		"by action":             {audit.Filter{Action: audit.KeyRefused}, 3},
		"by actor":              {audit.Filter{Actor: "bao"}, 1},
		"by action and actor":   {audit.Filter{Action: audit.OrgCreated, Actor: "bao"}, 0},
		"to before the first":   {audit.Filter{To: noon}, 0},
		"from after everything": {audit.Filter{From: hour(9)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := events(t, r, o.ID, tc.f); len(got) != tc.want {
				t.Errorf("got %v, want %d", actions(got), tc.want)
			}
		})
	}
}

func TestListsPageThroughEverythingOnceNewestFirst(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	noise, _ := settled(t)
	noise.Table, noise.Audit = r.Table, r.Audit
	other := organisation()
	ok(t, r.CreateOrganisation(t.Context(), at(noon), other))
	var want, ofFirst []string
	first := plan(o, noon)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, first))
	for i := range 7 {
		when := noon.Add(time.Duration(i) * time.Minute)
		u := offer(o, []string{first.ID, ""}[i%2], when)
		ok(t, r.Offer(t.Context(), at(when), u, o, o))
		ok(t, r.Offer(t.Context(), at(when), offer(other, "", when), other, other))
		want = append([]string{u.ID}, want...)
		if i%2 == 0 {
			ofFirst = append([]string{u.ID}, ofFirst...)
		}
	}
	for _, limit := range []int{1, 2, 3, 7, 100} {
		if got := pages(t, r, o.ID, "", limit); !slices.Equal(got, want) {
			t.Errorf("by %d: got %v, want %v", limit, got, want)
		}
		if got := pages(t, r, o.ID, first.ID, limit); !slices.Equal(got, ofFirst) {
			t.Errorf("of one migration by %d: got %v, want %v", limit, got, ofFirst)
		}
	}
}

// A partition of more than a megabyte is read in several pages, each of them by query and each of one organisation.
func TestAFilteredListReadsBeyondAMegabyte(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	other := organisation()
	ok(t, r.CreateOrganisation(t.Context(), at(noon), other))
	var want []string
	for i := range 12 {
		when := noon.Add(time.Duration(i) * time.Minute)
		m := plan([]org.Organisation{o, other}[i%2], when)
		m.Draft.Scope.Projects = noisy(4000)
		if i%6 == 0 {
			m.Status = migration.Failed
			want = append([]string{m.ID}, want...)
		}
		ok(t, r.CreateMigration(t.Context(), at(when), audit.MigrationCreated, m))
	}
	var got []string
	for after, more := "", true; more; {
		var list []migration.Migration
		var err error
		list, more, err = r.Migrations(t.Context(), o.ID, migration.Filter{Status: migration.Failed, Archived: new(bool)}, after, 1)
		ok(t, err)
		for _, m := range list {
			got, after = append(got, m.ID), m.ID
			if len(m.Draft.Scope.Projects) != 4000 {
				t.Errorf("%s came back with %d projects", m.ID, len(m.Draft.Scope.Projects))
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAScopeThatCannotFitIsRefused(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m := plan(o, noon)
	m.Draft.Scope.Projects = noisy(9000)
	is(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m), fault.TooLarge)
}

func TestWhatIsDue(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	var late, later []string
	for i := range 40 {
		u := offer(o, "", noon.Add(time.Duration(i)*time.Millisecond))
		u.Due = noon.Add(time.Duration(i%4) * time.Hour)
		switch i % 4 {
		case 0, 1:
			late = append(late, u.ID)
		case 2:
			later = append(later, u.ID)
		case 3:
			u.Due = time.Time{}
		}
		ok(t, r.Offer(t.Context(), at(noon), u, o, o))
	}
	if got := due(t, r, noon.Add(time.Hour)); !slices.Equal(got, sorted(late)) {
		t.Errorf("an hour later %d are due, want %d", len(got), len(late))
	}
	if got := due(t, r, noon.Add(-time.Millisecond)); len(got) != 0 {
		t.Errorf("early: %d are due", len(got))
	}
	if got := due(t, r, noon.Add(1000*time.Hour)); !slices.Equal(got, sorted(append(late, later...))) {
		t.Errorf("much later %d are due, want %d", len(got), len(late)+len(later))
	}
}

func TestADueRecordThatCannotBeReadStopsNoOther(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	u := offer(o, "", noon)
	ok(t, r.Offer(t.Context(), at(noon), u, o, o))
	for shard := range 16 {
		_, err := r.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &r.Table, Item: map[string]types.AttributeValue{
			"pk": s(o.ID), "sk": s(fmt.Sprintf("upl#poison%d", shard)), "dueShard": s(fmt.Sprintf("%x", shard)), "dueAt": s("2000-01-01T00:00:00.000Z"),
			"size": s("not a number")}})
		ok(t, err)
	}
	list, err := r.Due(t.Context(), noon.Add(48*time.Hour), 100)
	if err == nil {
		t.Error("the poison was not reported")
	}
	if len(list) != 1 || list[0].ID != u.ID {
		t.Errorf("got %d, want the one that can be read", len(list))
	}
}

// The data map asks for what is left in S3, and not for what is gone.
func TestWhatRemains(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m := plan(o, noon)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m))
	var all, ofMigration []string
	for i := range 9 {
		u := offer(o, []string{"", m.ID}[i%2], noon.Add(time.Duration(i)*time.Second))
		ok(t, r.Offer(t.Context(), at(noon), u, o, o))
		if i%3 == 0 {
			ok(t, r.ReplaceUpload(t.Context(), at(noon), audit.UploadPurged, u, u.Gone(noon), ""))
			continue
		}
		if all = append([]string{u.ID}, all...); u.Migration != "" {
			ofMigration = append([]string{u.ID}, ofMigration...)
		}
	}
	for of, want := range map[string][]string{"": all, m.ID: ofMigration} {
		var got []string
		for after, more := "", true; more; {
			list, further, err := r.Remaining(t.Context(), o.ID, of, after, 2)
			ok(t, err)
			for _, u := range list {
				got, after = append(got, u.ID), u.ID
			}
			more = further
		}
		if !slices.Equal(got, want) {
			t.Errorf("of %q remain %v, want %v", of, got, want)
		}
	}
}

func TestQuarantineIsOfNoOrganisation(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	u := offer(o, "", noon)
	u.Org, u.State, u.ObjectKey = "", upload.Quarantined, "stray"
	ok(t, r.Admit(t.Context(), at(noon), audit.UploadQuarantined, u, ""))
	got, err := r.Upload(t.Context(), "", u.ID)
	same(t, got, u, err)
	list, _, err := r.Quarantined(t.Context(), "", 10)
	ok(t, err)
	if len(list) != 1 {
		t.Fatalf("the quarantine shows %d", len(list))
	}
	ok(t, r.ReplaceUpload(t.Context(), at(noon), audit.UploadPurged, u, u.Gone(noon), ""))
	if list, _, _ = r.Quarantined(t.Context(), "", 10); len(list) != 0 {
		t.Errorf("after the purge the quarantine shows %d", len(list))
	}
}

func TestALostKeyIsNotedOnceAndFoundAgain(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	lost := o
	lost.Key.State = org.Disabled
	ok(t, r.KeyLost(t.Context(), at(noon), o, lost))
	now, err := r.Organisation(t.Context(), o.ID)
	ok(t, err)
	if now.Key.State != org.Disabled || now.Revision != 2 {
		t.Errorf("the organisation is %+v", now)
	}
	ok(t, r.KeyLost(t.Context(), at(noon), now, now))
	found := now
	found.Key.State = org.Usable
	ok(t, r.Offer(t.Context(), at(noon), offer(o, "", noon), now, found))
	if now, _ = r.Organisation(t.Context(), o.ID); now.Key.State != org.Usable || now.Revision != 3 {
		t.Errorf("the organisation is %+v", now)
	}
	if n := len(events(t, r, o.ID, audit.Filter{Action: audit.KeyRefused})); n != 2 {
		t.Errorf("%d refusals are on record, want 2", n)
	}
}

// noisy is a scope that does not compress well.
func noisy(n int) []migration.Named {
	list := make([]migration.Named, n)
	for i := range list {
		b := make([]byte, 40)
		rand.Read(b)
		list[i] = migration.Named{Key: fmt.Sprintf("P%d", i), Name: hex.EncodeToString(b)}
	}
	return list
}

func pages(t *testing.T, r dynamo.Records, organisation, of string, limit int) (ids []string) {
	t.Helper()
	for after, more := "", true; more; {
		var list []upload.Upload
		var err error
		list, more, err = r.Uploads(t.Context(), organisation, of, after, limit)
		ok(t, err)
		if len(list) == 0 || len(list) > limit {
			t.Fatalf("a page of %d, limit %d", len(list), limit)
		}
		for _, u := range list {
			ids, after = append(ids, u.ID), u.ID
		}
	}
	return ids
}

func events(t *testing.T, r dynamo.Records, organisation string, f audit.Filter) (all []audit.Entry) {
	t.Helper()
	for after, more := "", true; more; {
		var list []audit.Entry
		var err error
		list, more, err = r.Events(t.Context(), organisation, f, after, 2)
		ok(t, err)
		for _, e := range list {
			all, after = append(all, e), e.ID
		}
	}
	return all
}

func actions(list []audit.Entry) (names []string) {
	for _, e := range list {
		names = append(names, string(e.Action))
	}
	return names
}

func due(t *testing.T, r dynamo.Records, now time.Time) (ids []string) {
	t.Helper()
	list, err := r.Due(t.Context(), now, 1000)
	ok(t, err)
	for _, u := range list {
		ids = append(ids, u.ID)
	}
	return sorted(ids)
}

func sorted(ids []string) []string {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func same[T any](t *testing.T, got, want T, err error) {
	t.Helper()
	ok(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
