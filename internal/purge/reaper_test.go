package purge_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// reap gives the reaper each record that TTL removes, as the stream does: in order, and again until it succeeds.
func (k *kit) reap(removed []upload.Upload) (err error) {
	for _, u := range removed {
		err = errors.Join(err, k.reaper.Reap(k.t.Context(), k.cell.Act("function:reap"), u))
	}
	return err
}

// TTL gives purge its chance first: a day after the deadline it takes the record away, and what the record owned goes
// with it; the record comes back as purged, once, however often the stream tells of it.
func TestReap(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		make  func(*kit)
		after upload.State
		wait  time.Duration
	}{
		"sealed":      {func(k *kit) { k.sealed() }, upload.Purged, 14 * policy.Day},
		"open":        {func(k *kit) { k.parted() }, upload.Expired, policy.Day},
		"unreported":  {func(k *kit) { k.put(); k.cell.Arrivals() }, upload.Expired, policy.Day},
		"dropped":     {func(k *kit) { k.dropped("drop/" + k.org + "/a.zip") }, upload.Purged, 14 * policy.Day},
		"quarantined": {func(k *kit) { k.dropped("what/is/this") }, upload.Purged, 14 * policy.Day},
	} {
		k := start(t)
		row.make(k)
		k.cell.Advance(row.wait + policy.Grace - time.Millisecond)
		if early := k.cell.Remove(); len(early) != 0 {
			t.Fatalf("%s: TTL is early with %+v", name, early)
		}
		k.cell.Advance(time.Millisecond)
		removed := k.cell.Remove()
		if len(removed) != 1 {
			t.Fatalf("%s: TTL removed %d records", name, len(removed))
		}
		for range 2 {
			k.must(k.reap(removed))
		}
		after, err := k.cell.Upload(t.Context(), removed[0].Org, removed[0].ID)
		if err != nil || after.State != row.after || after.PurgedAt != k.cell.Now() || !after.Due.IsZero() {
			t.Errorf("%s: %+v, %v", name, after, err)
		}
		trail := k.cell.Trail()
		if l := trail[len(trail)-1]; l.Action != audit.UploadPurged || l.Actor != "function:reap" {
			t.Errorf("%s, on record: %+v", name, l)
		}
		if err := k.cell.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What cannot be erased is back on record and due, so that the next sweep meets it, however the stream goes on.
func TestReapOfPoison(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	cured := k.cell.Poison(u.ObjectKey)
	k.cell.Advance(14*policy.Day + policy.Grace)
	removed := k.cell.Remove()
	if err := k.reap(removed); err == nil || !strings.Contains(err.Error(), "InternalError") || !strings.Contains(err.Error(), u.ID) {
		t.Errorf("got %v", err)
	}
	if back := k.read(u.ID); back.State != upload.Sealed || back.Due != u.Due || !back.PurgedAt.IsZero() {
		t.Errorf("the record is back as %+v", back)
	}
	cured()
	k.must(k.reap(removed)) // told again, it leaves it to the sweep
	_, err := k.sweep()
	k.must(err)
	if err := k.cell.Check(); err != nil {
		t.Error(err)
	}
}

// While a restore is replayed, a hold may be lost that has to be placed anew: what TTL removes is put back and no more.
func TestReapWhileClosed(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	k.reaper.Closed = true
	k.cell.Advance(14*policy.Day + policy.Grace)
	k.must(k.reap(k.cell.Remove()))
	if back := k.read(u.ID); back.State != upload.Sealed || len(k.cell.Lies(u.ObjectKey).Versions) != 1 {
		t.Errorf("the record is back as %+v", back)
	}
	_, err := k.sweep()
	k.must(err)
	if err := k.cell.Check(); err != nil {
		t.Error(err)
	}
}

// The record is not written: the stream is told so.
func TestReapIsNotRecorded(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.sealed()
	k.cell.Advance(14*policy.Day + policy.Grace)
	removed := k.cell.Remove()
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Admit") {
			return memory.Lost
		}
		return memory.Heard
	})
	if err := k.reap(removed); !errors.Is(err, memory.ErrSilence) {
		t.Errorf("got %v", err)
	}
}
