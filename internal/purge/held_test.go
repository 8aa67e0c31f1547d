package purge_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/memory"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

func (k *kit) hold(scope string) hold.Hold {
	k.t.Helper()
	h, err := k.keeper.Place(k.t.Context(), k.cell.Act("sam"), k.org, hold.Draft{Scope: scope, Reason: "Matter 7",
		ReviewBy: k.cell.Now().Add(300 * policy.Day).Format(time.RFC3339)})
	k.must(err)
	return h
}

func (k *kit) release(h hold.Hold) {
	k.t.Helper()
	_, err := k.keeper.Release(k.t.Context(), k.cell.Act("sam"), k.org, h.ID, "", hold.Release{Reason: "Settled"})
	k.must(err)
}

func (k *kit) leave() {
	k.t.Helper()
	_, err := k.leaver.Request(k.t.Context(), k.cell.Act("ida"), k.org, "", org.Ask{Reason: "We have moved"})
	k.must(err)
}

func (k *kit) assessment() upload.Upload {
	k.t.Helper()
	id := ident.Derive(ident.Upload, k.cell.Now(), "an assessment")
	u := upload.Upload{ID: id, Org: k.org, Kind: upload.Assessment, Rule: "assessment", State: upload.Sealed, Region: "eu-central-1", Bucket: memory.Bucket,
		ObjectKey: "staged/assessment/" + k.org + "/" + id, KMSKeyARN: memory.DropKey}
	u.VersionID = k.cell.Drop(u.ObjectKey, 1)
	k.cell.Arrivals()
	u.SealedAt, u.CreatedAt = k.cell.Now(), k.cell.Now()
	u.DeleteBy = k.cell.Now().Add(730 * policy.Day)
	u.Due, u.Revision = u.DeleteBy, 1
	k.must(k.cell.Admit(k.t.Context(), k.cell.Act("function:intake"), audit.UploadDropped, u, ""))
	return u
}

// What is due and held stays, is put away once, and is purged by the first sweep after the last hold on it was released:
// the upload's own, its organisation's, or both.
func TestHeld(t *testing.T) {
	t.Parallel()
	k := start(t)
	u, free := k.sealed(), k.sealed()
	first, second := k.hold(u.ID), k.hold(k.org)
	k.untilDue()
	if r, err := k.sweep(); r != (purge.Report{Held: 2}) || err != nil {
		t.Errorf("under both: %+v, %v", r, err)
	}
	k.release(second)
	k.cell.Advance(time.Hour)
	if r, err := k.sweep(); r.Purged != 1 || r.Held != 1 || err != nil || !k.read(u.ID).Shelved || k.read(free.ID).State != upload.Purged {
		t.Errorf("under its own: %+v, %v", r, err)
	}
	k.cell.Advance(3 * policy.Day)
	if removed := k.cell.Remove(); len(removed) != 0 {
		t.Errorf("TTL takes %+v away", removed)
	}
	before := k.read(u.ID).Revision
	for range 3 {
		if r, err := k.sweep(); r != (purge.Report{Held: 1}) || err != nil {
			t.Errorf("again: %+v, %v", r, err)
		}
	}
	if k.read(u.ID).Revision != before {
		t.Error("each sweep writes the record of what is held")
	}
	k.release(first)
	if r, err := k.sweep(); r.Purged != 1 || r.Held != 0 || r.Lag != 0 || err != nil || k.read(u.ID).State != upload.Purged || k.read(u.ID).Shelved {
		t.Errorf("released: %+v, %v", r, err)
	}
	k.must(k.cell.Check())
}

// A hold that comes between the reading of the holds and the intent is obeyed: before any call of a sweep, somebody tries
// to place one, and what it then covers is not erased.
func TestAHoldComesBetween(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		k := start(t)
		u := k.sealed()
		k.sealed()
		k.untilDue()
		held := false
		met := k.before(n, func() {
			_, err := k.keeper.Place(t.Context(), k.cell.Act("sam"), k.org, hold.Draft{Scope: u.ID, Reason: "Matter 7", ReviewBy: k.cell.Now().Add(policy.Day).Format(time.RFC3339)})
			held = err == nil
		}, func() {
			if _, err := k.sweep(); err != nil {
				t.Errorf("before call %d: %v", n, err)
			}
		})
		k.cell.Decide(nil)
		lies := len(k.cell.Lies(u.ObjectKey).Versions) > 0
		if held != lies {
			t.Errorf("before call %d: a hold was placed: %t; the bytes are there: %t", n, held, lies)
		}
		if !met {
			return
		}
	}
}

// Two sweeps at once: before any call of one, the other runs as a whole. Each thing is certified once.
func TestTwoSweepsAtOnce(t *testing.T) {
	t.Parallel()
	for n := 1; ; n++ {
		k := start(t)
		k.everything()
		other := wire(t, k.cell)
		met := k.before(n, func() {
			if _, err := other.sweep(); err != nil {
				t.Errorf("the other, before call %d: %v", n, err)
			}
		}, func() {
			if _, err := k.sweep(); err != nil {
				t.Errorf("before call %d: %v", n, err)
			}
		})
		if !met {
			return
		}
		if err := k.settle(); err != nil {
			t.Errorf("before call %d: %v", n, err)
		}
		certified := map[string]int{}
		for _, c := range k.cell.Certified() {
			for _, id := range c.Uploads {
				if certified[id]++; certified[id] > 1 {
					t.Errorf("before call %d: %s is certified twice", n, id)
				}
			}
		}
	}
}

// While a lease runs nobody else takes its things up; when it has run out, the next sweep does.
func TestLease(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	k.untilDue()
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Erase") || strings.HasPrefix(call, "GiveUp") || strings.HasPrefix(call, "Look") {
			return memory.Lost
		}
		return memory.Heard
	})
	if r, err := k.sweep(); r.Failed != 1 || err == nil {
		t.Errorf("it died: %+v, %v", r, err)
	}
	k.cell.Decide(nil)
	if r, err := k.sweep(); r != (purge.Report{}) || err != nil || len(k.cell.Lies(u.ObjectKey).Versions) != 1 {
		t.Errorf("leased: %+v, %v", r, err)
	}
	k.cell.Advance(15 * time.Minute)
	if r, err := k.sweep(); r.Purged != 1 || err != nil {
		t.Errorf("the next: %+v, %v", r, err)
	}
	k.must(k.cell.Check())
}

// What a certificate says is what happened: why, by which rule, due when, how much.
func TestWhatACertificateSays(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		make func(*kit) string
		want []string
	}{
		"by its rule": {func(k *kit) string { u := k.sealed(); k.untilDue(); return u.ID }, []string{`"rule":"debug"`, `"basis":"schedule"`,
			`"due":"2026-11-16T12:00:00.000Z"`, `"counts":{"objects":1,"versions":1,"multipartUploads":0}`, `"sealed":{"from":"2026-11-02T12:00:00.000Z"`}},
		"by request": {func(k *kit) string {
			u, err := k.stager.Delete(k.t.Context(), k.act(""), k.org, k.sealed().ID, "")
			k.must(err)
			return u.ID
		}, []string{`"basis":"request"`, `"due":"2026-11-02T12:00:00.000Z"`}},
		"with all that lay there": {func(k *kit) string {
			u := k.sealed()
			k.cell.Mark(u.ObjectKey)
			k.cell.Drop(u.ObjectKey, 1)
			k.cell.Begin(u.ObjectKey)
			k.untilDue()
			return u.ID
		}, []string{`"counts":{"objects":1,"versions":3,"multipartUploads":1}`}},
		"what was never completed": {func(k *kit) string {
			u, _ := k.parted()
			k.cell.Advance(policy.Day)
			k.must(k.tick())
			return u.ID
		}, []string{`"rule":"offer"`, `"counts":{"objects":0,"versions":0,"multipartUploads":1}`}},
	} {
		k := start(t)
		id := row.make(k)
		_, err := k.sweep()
		k.must(err)
		all := k.cell.Certified()
		if len(all) != 1 || !slices.Equal(all[0].Uploads, []string{id}) || k.read(id).Certificate != all[0].ID {
			t.Errorf("%s: %+v", name, all)
			continue
		}
		for _, words := range append(row.want, `"name":"`+id+`"`, `"organisation":"`+certificate.Pseudonym(k.org)+`"`) {
			if !strings.Contains(string(all[0].Payload), words) {
				t.Errorf("%s: %s does not stand in %s", name, words, all[0].Payload)
			}
		}
		for _, words := range []string{"support.zip", "export.tar", k.org, `"ada"`} {
			if strings.Contains(string(all[0].Payload), words) {
				t.Errorf("%s: %s stands in a certificate", name, words)
			}
		}
	}
}

// An offer of which nothing was ever sent is recorded as gone, and nothing is certified.
func TestNothingToCertify(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.pending()
	k.cell.Advance(policy.Day)
	k.must(k.tick())
	if r, err := k.sweep(); r.Purged != 1 || err != nil || len(k.cell.Certified()) != 0 || k.read(u.ID).PurgedAt.IsZero() {
		t.Errorf("%+v, %v, %d certificates", r, err, len(k.cell.Certified()))
	}
}

// Many things make as many certificates as are needed, and each thing stands in one.
func TestManyThings(t *testing.T) {
	t.Parallel()
	k := start(t)
	for range 90 {
		k.sealed()
	}
	k.untilDue()
	if r, err := k.sweep(); r.Purged != 90 || err != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	if n := len(k.cell.Certified()); n < 4 || n > 8 {
		t.Errorf("%d certificates for 90 things", n)
	}
	k.must(k.cell.Check())
}

// One of those that a certificate is to name changes meanwhile: the others are certified without it.
func TestOneChangesMeanwhile(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	for range 3 {
		k.sealed()
	}
	k.untilDue()
	inside := false
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Certify") && !inside {
			inside = true
			_, err := k.cell.Put(u.ObjectKey, u.Size)
			k.must(err)
			k.deliver()
		}
		return memory.Heard
	})
	if r, err := k.sweep(); r.Purged != 3 || err != nil || k.read(u.ID).Certificate != "" {
		t.Errorf("%+v, %v; %+v", r, err, k.read(u.ID))
	}
	k.must(k.settle())
}

// An organisation ends on its day, not before, and only when nothing of it is held; a withdrawal stops it.
func TestTheEndOfAnOrganisation(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.assessment()
	k.leave()
	h := k.hold(u.ID)
	k.cell.Advance(60*policy.Day - time.Millisecond)
	k.must(k.end())
	if len(k.cell.Lies(u.ObjectKey).Versions) != 1 {
		t.Error("it ended early")
	}
	k.cell.Advance(time.Millisecond)
	k.must(k.end())
	if _, err := k.organiser.Get(t.Context(), k.org); err != nil || len(k.cell.Lies(u.ObjectKey).Versions) != 1 {
		t.Errorf("it ended under a hold: %v", err)
	}
	k.cell.Advance(time.Hour)
	k.release(h)
	k.must(k.end())
	if _, err := k.organiser.Get(t.Context(), k.org); err == nil || len(k.cell.Lies(u.ObjectKey).Versions) != 0 {
		t.Errorf("it has not ended: %v", err)
	}
	all := k.cell.Certified()
	last := string(all[len(all)-1].Payload)
	for _, words := range []string{"termination/v1", `"rule":"org.paid"`, `"items":{`, `"upload":1`, certificate.Pseudonym(k.org)} {
		if !strings.Contains(last, words) {
			t.Errorf("%s does not stand in %s", words, last)
		}
	}
	if !strings.Contains(string(all[0].Payload), `"basis":"termination"`) {
		t.Errorf("the first certificate is %s", all[0].Payload)
	}
	k.must(k.cell.Check())
	k.must(k.end())
}

// However many organisations are held beyond their day, the one after them ends on its own.
func TestHeldOrganisationsStarveNoOther(t *testing.T) {
	t.Parallel()
	k := start(t)
	for n := range 130 {
		if n > 0 {
			o, err := k.organiser.Create(t.Context(), k.cell.Act("olive"), org.Draft{Name: "Nordwind", Location: "Germany", Plan: org.Paid})
			k.must(err)
			k.org = o.ID
		}
		k.leave()
		if n < 129 {
			k.hold(k.org)
		}
		k.cell.Advance(time.Minute)
	}
	k.cell.Advance(60 * policy.Day)
	k.must(k.end())
	if _, err := k.organiser.Get(t.Context(), k.org); err == nil {
		t.Error("the last has not ended")
	}
	k.must(k.cell.Check())
}

func TestAWithdrawnEndDoesNotCome(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.assessment()
	k.leave()
	k.cell.Advance(59 * policy.Day)
	k.must(k.leaver.Withdraw(t.Context(), k.cell.Act("ida"), k.org, ""))
	k.cell.Advance(30 * policy.Day)
	k.must(k.end())
	if _, err := k.organiser.Get(t.Context(), k.org); err != nil || len(k.cell.Lies(u.ObjectKey).Versions) != 1 {
		t.Errorf("it ended: %v", err)
	}
}

// A hold on the organisation itself keeps its records, though nothing is staged.
func TestAnEmptyOrganisationIsHeld(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.leave()
	h := k.hold(k.org)
	k.cell.Advance(60 * policy.Day)
	k.must(k.end())
	if _, err := k.organiser.Get(t.Context(), k.org); err != nil {
		t.Errorf("it ended under a hold: %v", err)
	}
	k.cell.Advance(time.Hour)
	k.release(h)
	k.must(k.end())
	if _, err := k.organiser.Get(t.Context(), k.org); err == nil {
		t.Error("it has not ended")
	}
	k.must(k.cell.Check())
}
