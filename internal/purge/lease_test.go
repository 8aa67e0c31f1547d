package purge_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// lapse is how long a sweep is gone that lost its lease.
const lapse = purge.Lease + time.Minute

// dies loses every call from the first of that method on.
func dies(method string) func(string) memory.Fate {
	dead := false
	return func(call string) memory.Fate {
		if dead = dead || strings.HasPrefix(call, method); dead {
			return memory.Lost
		}
		return memory.Heard
	}
}

// A sweep stands still before any of its calls until its lease has run out, and another runs as a whole meanwhile. Both
// end in the same state: each thing is certified once, and what is still to be erased is left to the other.
func TestALostLease(t *testing.T) {
	t.Parallel()
	for n, met := 1, true; met; n++ {
		k := start(t)
		k.everything()
		other := wire(t, k.cell)
		met = k.before(n, func() {
			k.cell.Advance(lapse)
			if _, err := other.sweep(); err != nil {
				t.Errorf("the other, before call %d: %v", n, err)
			}
		}, func() {
			if _, err := k.sweep(); err != nil {
				t.Errorf("before call %d: %v", n, err)
			}
		})
		if err := k.settle(); err != nil {
			t.Errorf("before call %d: %v", n, err)
		}
	}
}

// Past its lease a sweep erases nothing: a hold may have been placed since.
func TestPastItsLease(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	k.untilDue()
	slow := k.purger
	asked := 0
	slow.Now = func() time.Time {
		if asked++; asked > 1 {
			return k.cell.Now().Add(lapse)
		}
		return k.cell.Now()
	}
	r, err := slow.Sweep(t.Context(), k.cell.Act("function:purge"))
	if r.Failed != 1 || err != nil || len(k.cell.Lies(u.ObjectKey).Versions) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	k.cell.Advance(lapse)
	if r, err := k.sweep(); r.Purged != 1 || err != nil {
		t.Errorf("the next: %+v, %v", r, err)
	}
}

// While an intent is open, nothing of it can be held; when its sweep died, all of it past the lease, and what a sweep left
// of it at once. The record says what was left.
func TestWhatAnIntentLeaves(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	k.sealed()
	k.untilDue()
	k.cell.Decide(dies("Erase"))
	if r, err := k.sweep(); r.Failed != 2 || err == nil {
		t.Fatalf("it died: %+v, %v", r, err)
	}
	k.cell.Decide(nil)
	draft := hold.Draft{Scope: u.ID, Reason: "Matter 7", ReviewBy: k.cell.Now().Add(policy.Day).Format(time.RFC3339)}
	if _, err := k.keeper.Place(t.Context(), k.cell.Act("sam"), k.org, draft); err == nil {
		t.Error("it is held while it may be being erased")
	}
	k.cell.Advance(lapse)
	cured := k.cell.Poison(u.ObjectKey)
	if r, err := k.sweep(); r.Purged != 1 || r.Failed != 1 || err == nil {
		t.Errorf("the next: %+v, %v", r, err)
	}
	trail := k.cell.Trail()
	if l := trail[len(trail)-1]; l.Action != audit.PurgeGivenUp || l.Detail != "1 things are left" || l.Organisation != k.org {
		t.Errorf("on record: %+v", l)
	}
	h := k.hold(u.ID)
	cured()
	if r, err := k.sweep(); r.Held != 1 || err != nil {
		t.Errorf("held: %+v, %v", r, err)
	}
	k.release(h)
	k.must(k.settle())
}

// Bytes that nobody ever reported are found and erased by a sweep that dies before it can say so. The next finds nothing,
// and certifies it all the same: something may have been there.
func TestErasedByASweepThatDied(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.put()
	k.cell.Arrivals() // which S3 never delivers
	k.cell.Advance(policy.Day)
	k.must(k.tick())
	k.cell.Decide(dies("Sign"))
	if _, err := k.sweep(); err == nil || len(k.cell.Lies(u.ObjectKey).Versions) != 0 {
		t.Fatalf("it died, and left %+v: %v", k.cell.Lies(u.ObjectKey), err)
	}
	k.cell.Decide(nil)
	k.cell.Advance(lapse)
	if r, err := k.sweep(); r.Purged != 1 || err != nil || k.read(u.ID).Certificate == "" {
		t.Errorf("%+v, %v; %+v", r, err, k.read(u.ID))
	}
	k.must(k.cell.Check())
}

// A report that comes after all was certified makes the record due again; the next sweep finds nothing, and certifies
// that too.
func TestALateReportIsCertifiedAgain(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.put()
	late := k.cell.Arrivals()
	k.cell.Advance(policy.Day)
	k.must(k.tick())
	for range 2 {
		if r, err := k.sweep(); r.Purged != 1 || err != nil || k.read(u.ID).Certificate == "" {
			t.Errorf("%+v, %v; %+v", r, err, k.read(u.ID))
		}
		for _, a := range late {
			k.must(k.receiver.Arrived(t.Context(), k.cell.Act("function:intake"), a))
		}
	}
	k.must(k.settle())
	if n := len(k.cell.Certified()); n != 2 {
		t.Errorf("%d certificates", n)
	}
}

// Any number of things can be due or held: a sweep goes through all of them, and what stays keeps nothing else waiting.
func TestNothingStarves(t *testing.T) {
	t.Parallel()
	k := start(t)
	held := k.hold(k.org)
	free := wire(t, k.cell)
	o, err := k.organiser.Create(t.Context(), k.cell.Act("olive"), newcomer)
	k.must(err)
	free.org = o.ID
	for range 150 {
		k.sealed()
	}
	k.cell.Advance(time.Hour)
	last := free.sealed()
	k.untilDue()
	for range 2 {
		if r, err := k.sweep(); r.Held != 150 || err != nil {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if free.read(last.ID).State != upload.Purged {
		t.Error("what is held kept another organisation waiting")
	}
	k.release(held)
	if r, err := k.sweep(); r.Purged != 150 || err != nil {
		t.Errorf("released: %+v, %v", r, err)
	}
	k.must(k.cell.Check())
}

// Where others choose the key, it may be as long as S3 admits, and the versions under it count each for itself.
func TestWhatOthersNamed(t *testing.T) {
	t.Parallel()
	k := start(t)
	key := "drop/" + k.org + "/"
	key += strings.Repeat("x", 1024-len(key))
	k.dropped(key)
	k.dropped(key)
	k.untilDue()
	k.cell.Advance(30 * policy.Day)
	if r, err := k.sweep(); r.Purged != 2 || err != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	all := k.cell.Certified()
	if len(all) != 1 || !strings.Contains(string(all[0].Payload), `"counts":{"objects":2,"versions":2,"multipartUploads":0}`) {
		t.Errorf("%d certificates, %s", len(all), all[0].Payload)
	}
}

// One line that cannot be stated stops none of the others that would stand in its certificate.
func TestAContradictionStopsNoOther(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	for range 5 {
		k.sealed()
	}
	foreign := u
	foreign.KMSKeyARN = "arn:aws:kms:us-east-1:111122223333:key/elsewhere"
	foreign.Revision++
	k.must(k.cell.ReplaceUpload(t.Context(), k.cell.Act("ada"), audit.UploadStated, u, foreign, ""))
	k.untilDue()
	r, err := k.sweep()
	if r.Purged != 5 || r.Failed != 1 || !strings.Contains(fmt.Sprint(err), "another region") {
		t.Errorf("%+v, %v", r, err)
	}
}
