package upload_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/upload"
)

// What DELETE makes of each state: what is open or sealed is due at once, what has ended is answered as it is.
func TestDelete(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		make    func(*kit) upload.Upload
		state   upload.State
		changed bool
	}{
		"pending": {func(k *kit) upload.Upload { return k.offer(small()) }, upload.Expired, true},
		"sealed":  {func(k *kit) upload.Upload { return k.sealed() }, upload.Sealed, true},
		"sealed and due": {func(k *kit) upload.Upload {
			u := k.sealed()
			k.cell.Advance(u.Due.Sub(noon))
			return u
		}, upload.Sealed, false},
		"purged": {func(k *kit) upload.Upload { return k.gone(k.sealed()) }, upload.Purged, false},
		"expired": {func(k *kit) upload.Upload {
			u := k.offer(small())
			_, err := k.Delete(k.t.Context(), k.act(""), k.org, u.ID, "")
			k.must(err)
			k.cell.Advance(time.Hour)
			return k.read(u.ID)
		}, upload.Expired, false},
	} {
		k := start(t)
		u := row.make(k)
		for range 2 { // the second time, it has ended
			got, err := k.Delete(t.Context(), k.act(""), k.org, u.ID, "")
			if err != nil || got.State != row.state || got != k.read(u.ID) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
			if row.changed && (got.Due != k.cell.Now() || got.Revision != u.Revision+1 || got.DeleteBy != u.DeleteBy) || !row.changed && got != u {
				t.Errorf("%s: was %+v\nis %+v", name, u, got)
			}
		}
		if told := k.cell.Told(u.ID); row.changed && told[len(told)-1] != audit.UploadDeleted {
			t.Errorf("%s, on record: %v", name, told)
		}
	}
}

// gone is an upload that was purged.
func (k *kit) gone(u upload.Upload) upload.Upload {
	k.t.Helper()
	after := u.Gone(k.cell.Now())
	k.must(k.cell.ReplaceUpload(k.t.Context(), k.cell.Act("function:purge"), audit.UploadPurged, u, after, u.Rule))
	return after
}

func TestDeleteIsGuarded(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	for name, row := range map[string]struct {
		actor audit.Actor
		org   string
		match audit.Match
		kind  error
	}{
		"another organisation's":     {"ada", "org_other", "", fault.NotFound},
		"a revision that has passed": {"ada", k.org, `"1"`, fault.Stale},
		"by nobody":                  {"", k.org, "", audit.ErrNobody},
	} {
		if _, err := k.Delete(t.Context(), k.cell.Act(row.actor), row.org, u.ID, row.match); !errors.Is(err, row.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if k.read(u.ID) != u {
		t.Errorf("it is %+v", k.read(u.ID))
	}
}

// The same request twice deletes once, whatever revision it says to have seen.
func TestDeleteOnce(t *testing.T) {
	t.Parallel()
	for _, match := range []audit.Match{"", `"2"`, "*"} {
		k := start(t)
		u := k.sealed()
		for range 2 {
			got, err := k.Delete(t.Context(), k.act("k"), k.org, u.ID, match)
			if err != nil || got.Due != noon || got.Revision != 3 {
				t.Errorf("If-Match %s: %+v, %v", match, got, err)
			}
		}
	}
}

// The same request while the first still runs: both are answered with what was done.
func TestDeleteTwiceAtOnce(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	inside := false
	k.cell.Decide(func(call string) memory.Fate {
		if !inside && strings.HasPrefix(call, "ReplaceUpload") {
			inside = true
			_, err := k.Delete(t.Context(), k.act("k"), k.org, u.ID, "")
			k.must(err)
		}
		return memory.Heard
	})
	if got, err := k.Delete(t.Context(), k.act("k"), k.org, u.ID, ""); err != nil || got != k.read(u.ID) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func plan() migration.Draft {
	return migration.Draft{Name: "wave 1", Destination: migration.Destination{URL: "https://cloud.example"},
		Source: migration.Source{Product: "jira", ServerID: "B7XW", BaseURL: "https://jira.example", Version: "9"}}
}

// All that is staged for a migration goes, over as many pages as it takes, and nothing else; repeated after a failure,
// the rest goes. The key of the request that deletes the migration is not used up by it.
func TestDeleteAll(t *testing.T) {
	t.Parallel()
	k := start(t)
	m, err := migration.Planner{Records: k.cell}.Create(t.Context(), k.act(""), k.org, plan())
	k.must(err)
	for range 250 {
		k.cell.Advance(time.Millisecond)
		_, err := k.Offer(t.Context(), k.act(""), k.org, m.ID, small())
		k.must(err)
	}
	apart := k.offer(small())
	for _, method := range []string{"ReplaceUpload", "Uploads"} {
		k.cell.Decide(func(call string) memory.Fate {
			if strings.HasPrefix(call, method+" ") {
				return memory.Lost
			}
			return memory.Heard
		})
		if err := k.DeleteAll(t.Context(), k.act("k"), hold.Guard{}, k.org, m.ID); !errors.Is(err, memory.ErrSilence) {
			t.Errorf("%s: %v", method, err)
		}
	}
	k.cell.Decide(nil)
	k.must(k.DeleteAll(t.Context(), k.act("k"), hold.Guard{}, k.org, m.ID))
	list, _, err := k.List(t.Context(), k.act(""), k.org, m.ID, "", 1000)
	if kept := slices.DeleteFunc(list, func(u upload.Upload) bool { return u.State == upload.Expired }); err != nil || len(kept) != 0 {
		t.Errorf("kept are %d, %v", len(kept), err)
	}
	if k.read(apart.ID) != apart {
		t.Errorf("what was not of it is %+v", k.read(apart.ID))
	}
	if err := k.cell.Replayed(t.Context(), k.org, k.act("k")); err != nil {
		t.Errorf("the key was used up: %v", err)
	}
}
