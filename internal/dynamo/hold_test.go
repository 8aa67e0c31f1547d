package dynamo_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/audit"
	"waybill/internal/dynamo"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/org"
	"waybill/internal/upload"
)

func holdOn(o org.Organisation, scope string, at time.Time) hold.Hold {
	return hold.Hold{ID: named(ident.Hold, at), Org: o.ID, Scope: scope, Reason: "Matter 7", PlacedBy: "sam", PlacedAt: at, ReviewBy: at.Add(time.Hour), Revision: 1}
}

func released(h hold.Hold) hold.Hold {
	h.ReleasedAt, h.ReleasedBy, h.ReleaseReason, h.Revision = h.PlacedAt.Add(time.Minute), "sue", "Settled", 2
	return h
}

func guard(t *testing.T, r dynamo.Records, o org.Organisation) hold.Guard {
	t.Helper()
	g, err := r.Guard(t.Context(), o.ID)
	ok(t, err)
	return g
}

func TestHoldsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m := plan(o, noon)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m))
	if g := guard(t, r, o); g.Revision != 0 || g.Any() {
		t.Errorf("at first the guard is %+v", g)
	}
	var all []hold.Hold
	for i, scope := range []string{o.ID, m.ID, m.ID} {
		h := holdOn(o, scope, noon.Add(time.Duration(i)*time.Second))
		ok(t, r.PlaceHold(t.Context(), at(noon), guard(t, r, o), h))
		all = append([]hold.Hold{h}, all...)
	}
	last := released(all[0])
	ok(t, r.ReleaseHold(t.Context(), at(noon), guard(t, r, o), all[0], last))
	all[0] = last
	got, err := r.Hold(t.Context(), o.ID, last.ID)
	same(t, got, last, err)
	list, more, err := r.Holds(t.Context(), o.ID, "", 2)
	same(t, list, all[:2], err)
	rest, none, err := r.Holds(t.Context(), o.ID, all[1].ID, 2)
	same(t, rest, all[2:], err)
	if !more || none {
		t.Errorf("there are more: %t, then %t", more, none)
	}
	g := guard(t, r, o)
	slices.Reverse(g.Holds)
	same(t, g, hold.Guard{Revision: 4, Holds: all}, nil)
	if told := actions(events(t, r, o.ID, audit.Filter{Action: audit.HoldPlaced})); len(told) != 3 {
		t.Errorf("on record: %v", told)
	}
}

// Every write is conditional: on the guard, on the hold, on what it covers.
func TestAHoldNeedsWhatWasRead(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	other := organisation()
	ok(t, r.CreateOrganisation(t.Context(), at(noon), other))
	h, second := holdOn(o, o.ID, noon), holdOn(o, o.ID, noon)
	ok(t, r.PlaceHold(t.Context(), at(noon), hold.Guard{}, h))
	is(t, r.PlaceHold(t.Context(), at(noon), hold.Guard{}, second), fault.Stale)
	is(t, r.PlaceHold(t.Context(), at(noon), hold.Guard{Revision: 2}, second), fault.Stale)
	is(t, r.PlaceHold(t.Context(), at(noon), hold.Guard{Revision: 1}, h), fault.Conflict)
	is(t, r.PlaceHold(t.Context(), at(noon), hold.Guard{Revision: 1}, holdOn(o, named(ident.Migration, noon), noon)), fault.NotFound)
	is(t, r.PlaceHold(t.Context(), at(noon), hold.Guard{Revision: 1}, holdOn(o, named(ident.Upload, noon), noon)), fault.NotFound)
	is(t, r.ReleaseHold(t.Context(), at(noon), hold.Guard{}, h, released(h)), fault.Stale)
	changed := h
	changed.Revision = 7
	is(t, r.ReleaseHold(t.Context(), at(noon), hold.Guard{Revision: 1}, changed, released(h)), fault.Stale)
	_, err := r.Hold(t.Context(), other.ID, h.ID)
	is(t, err, fault.NotFound)
	if g := guard(t, r, other); g.Any() {
		t.Errorf("another organisation's holds are %+v", g)
	}
}

// A migration is not deleted past a hold that was not read.
func TestAMigrationIsDeletedUnderTheGuard(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m := plan(o, noon)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m))
	read := guard(t, r, o)
	ok(t, r.PlaceHold(t.Context(), at(noon), read, holdOn(o, m.ID, noon)))
	is(t, r.DeleteMigration(t.Context(), at(noon), m, read), fault.Unavailable)
	ok(t, r.DeleteMigration(t.Context(), at(noon), m, guard(t, r, o)))
}

func TestWhatMayBeHeld(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m, u := plan(o, noon), offer(o, "", noon)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m))
	ok(t, r.Offer(t.Context(), at(noon), u, o, o))
	for _, scope := range []string{o.ID, m.ID, u.ID} {
		thing, err := r.Thing(t.Context(), o.ID, scope, noon)
		same(t, thing, hold.Thing{}, err)
	}
	for _, scope := range []string{organisation().ID, named(ident.Migration, noon), named(ident.Upload, noon), "evt_x", ""} {
		_, err := r.Thing(t.Context(), o.ID, scope, noon)
		is(t, err, fault.NotFound)
	}
	thing, err := r.Thing(t.Context(), o.ID, u.ID, u.DeleteBy)
	same(t, thing, hold.Thing{Ended: "EXPIRED"}, err)
	gone := u
	gone.State, gone.Revision = upload.Purged, 2
	ok(t, r.ReplaceUpload(t.Context(), at(noon), audit.UploadPurged, u, gone, ""))
	thing, err = r.Thing(t.Context(), o.ID, u.ID, noon)
	same(t, thing, hold.Thing{Ended: "PURGED"}, err)
}

// A purge that has begun is seen with the holds.
func TestThePurgesThatHaveBegun(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	put := func(sort string, attributes map[string]types.AttributeValue) {
		attributes["pk"], attributes["sk"] = s(o.ID), s(sort)
		_, err := r.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &r.Table, Item: attributes})
		ok(t, err)
	}
	put("retention#int#int_1", map[string]types.AttributeValue{"uploads": &types.AttributeValueMemberSS{Value: []string{"upl_1"}}, "leasedUntil": s("2026-03-01T12:15:00.000Z")})
	put("retention#int#int_2", map[string]types.AttributeValue{"uploads": &types.AttributeValueMemberL{Value: []types.AttributeValue{s("upl_2")}}})
	same(t, guard(t, r, o).Purging, []hold.Purging{{Uploads: []string{"upl_1"}, LeasedUntil: noon.Add(15 * time.Minute)}, {Uploads: []string{"upl_2"}}}, nil)
}

// Overdue reviews are found without a scan, the longest overdue first, and never among what the sweeps ask for.
func TestOverdueReviews(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	var want []hold.Hold
	for i := range 5 {
		h := holdOn(o, o.ID, noon.Add(time.Duration(i)*time.Hour))
		ok(t, r.PlaceHold(t.Context(), at(noon), guard(t, r, o), h))
		want = append(want, h)
	}
	ok(t, r.ReleaseHold(t.Context(), at(noon), guard(t, r, o), want[0], released(want[0])))
	late := noon.Add(4 * time.Hour) // the reviews of the first four have come
	list, err := r.HoldsDue(t.Context(), late, 10)
	same(t, list, want[1:4], err)
	list, err = r.HoldsDue(t.Context(), late, 2)
	same(t, list, want[1:3], err)
	if ids := due(t, r, late.Add(1000*time.Hour)); len(ids) != 0 {
		t.Errorf("a sweep is given %v", ids)
	}
}

// What else waits in the due index is nothing to a sweep of uploads, and no failure of it.
func TestOtherThingsThatAreDue(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	for shard := range 16 {
		_, err := r.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &r.Table, Item: map[string]types.AttributeValue{
			"pk": s(o.ID), "sk": s(fmt.Sprintf("retention#int#%d", shard)), "dueShard": s(fmt.Sprintf("%x", shard)), "dueAt": s("2000-01-01T00:00:00.000Z")}})
		ok(t, err)
	}
	u := offer(o, "", noon)
	ok(t, r.Offer(t.Context(), at(noon), u, o, o))
	if ids := due(t, r, noon.Add(1000*time.Hour)); !slices.Equal(ids, []string{u.ID}) {
		t.Errorf("due are %v", ids)
	}
}
