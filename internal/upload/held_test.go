package upload_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/upload"
)

// placed is a hold on something of the kit's organisation.
func (k *kit) placed(scope string) hold.Hold {
	k.t.Helper()
	h, err := hold.Keeper{Records: k.cell}.Place(k.t.Context(), k.cell.Act("sam"), k.org,
		hold.Draft{Scope: scope, Reason: "Matter 7", ReviewBy: noon.Add(100 * 24 * time.Hour).Format(time.RFC3339)})
	k.must(err)
	return h
}

// What a hold covers is not deleted on request: the refusal names the hold and is on record, and nothing else is.
func TestDeleteUnderAHold(t *testing.T) {
	t.Parallel()
	for name, scope := range map[string]func(*kit, upload.Upload) string{
		"of the organisation": func(k *kit, _ upload.Upload) string { return k.org },
		"of its own":          func(_ *kit, u upload.Upload) string { return u.ID },
	} {
		k := start(t)
		for _, u := range []upload.Upload{k.sealed(), k.offer(small())} {
			h := k.placed(scope(k, u))
			_, err := k.Delete(t.Context(), k.act(u.ID), k.org, u.ID, "")
			if !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "hld_") || k.read(u.ID) != u {
				t.Errorf("under a hold %s, %s: %v", name, u.State, err)
			}
			last := k.cell.Trail()[len(k.cell.Trail())-1]
			if last.Action != audit.UploadDeleted || last.Outcome != audit.Refused || last.Resource != u.ID {
				t.Errorf("on record: %+v", last)
			}
			_, err = hold.Keeper{Records: k.cell}.Release(t.Context(), k.act(""), k.org, h.ID, "", hold.Release{Reason: "Settled"})
			k.must(err)
			if _, err := k.Delete(t.Context(), k.act(u.ID), k.org, u.ID, ""); err != nil {
				t.Errorf("after its release, %s: %v", u.State, err)
			}
		}
	}
}

// A request that was carried out before a hold is answered as it was then; what has ended has nothing to hold.
func TestDeleteBeforeAHold(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	first, err := k.Delete(t.Context(), k.act("k"), k.org, u.ID, "")
	k.must(err)
	k.placed(k.org)
	if again, err := k.Delete(t.Context(), k.act("k"), k.org, u.ID, ""); err != nil || again != first {
		t.Errorf("again: %+v, %v", again, err)
	}
	if _, err := k.Delete(t.Context(), k.act(""), k.org, u.ID, ""); !errors.Is(err, fault.Conflict) {
		t.Errorf("asked for anew: %v", err)
	}
	k.must(k.cell.ReplaceUpload(t.Context(), k.act(""), audit.UploadPurged, first, first.Gone(k.cell.Now()), ""))
	if _, err := k.Delete(t.Context(), k.act(""), k.org, u.ID, ""); err != nil {
		t.Errorf("when it is gone: %v", err)
	}
}

// When one upload of a migration is under a hold, none of them is asked to be purged.
func TestDeleteAllUnderAHold(t *testing.T) {
	t.Parallel()
	k := start(t)
	m, err := migration.Planner{Records: k.cell}.Create(t.Context(), k.act(""), k.org, plan())
	k.must(err)
	planner := migration.Planner{Records: k.cell, Staged: k.Stager}
	var all []upload.Upload
	for range 3 {
		k.cell.Advance(time.Millisecond)
		u, err := k.Offer(t.Context(), k.act(""), k.org, m.ID, small())
		k.must(err)
		all = append(all, u)
	}
	h := k.placed(all[0].ID)
	if err := planner.Delete(t.Context(), k.act(""), k.org, m.ID, ""); !errors.Is(err, fault.Conflict) || !strings.Contains(err.Error(), h.ID) {
		t.Errorf("one under a hold: %v", err)
	}
	for _, u := range all {
		if k.read(u.ID) != u {
			t.Errorf("%s was asked to be purged", u.ID)
		}
	}
	if _, err := planner.Get(t.Context(), k.org, m.ID); err != nil {
		t.Errorf("the migration: %v", err)
	}
}

// While the organisation's termination runs, nothing is offered; an offer of before is still answered.
func TestOfferWhileTheOrganisationLeaves(t *testing.T) {
	t.Parallel()
	k := start(t)
	first, err := k.Offer(t.Context(), k.act("k"), k.org, "", small())
	k.must(err)
	terminator := org.Terminator{Records: k.cell}
	_, err = terminator.Request(t.Context(), k.act(""), k.org, "", org.Ask{Reason: "Moved"})
	k.must(err)
	if _, err := k.Offer(t.Context(), k.act(""), k.org, "", small()); !errors.Is(err, fault.Conflict) {
		t.Errorf("offered: %v", err)
	}
	if again, err := k.Offer(t.Context(), k.act("k"), k.org, "", small()); err != nil || again.ID != first.ID {
		t.Errorf("offered before: %+v, %v", again, err)
	}
	if _, err := k.Delete(t.Context(), k.act(""), k.org, first.ID, ""); err != nil {
		t.Errorf("deleted: %v", err)
	}
	k.must(terminator.Withdraw(t.Context(), k.act(""), k.org, ""))
	if _, err := k.Offer(t.Context(), k.act(""), k.org, "", small()); err != nil {
		t.Errorf("offered after the withdrawal: %v", err)
	}
}

// And an offer that was read before the termination was requested comes too late.
func TestOfferAsTheOrganisationLeaves(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Offer") {
			k.cell.Decide(nil)
			_, err := org.Terminator{Records: k.cell}.Request(t.Context(), k.act(""), k.org, "", org.Ask{Reason: "Moved"})
			k.must(err)
		}
		return memory.Heard
	})
	if _, err := k.Offer(t.Context(), k.act(""), k.org, "", small()); !errors.Is(err, fault.Stale) {
		t.Errorf("offered: %v", err)
	}
}
