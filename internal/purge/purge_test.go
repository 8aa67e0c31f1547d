package purge_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// untilDue moves the clock to the millisecond at which all that is sealed now for 14 days is due.
func (k *kit) untilDue() { k.cell.Advance(14 * policy.Day) }

// Not a millisecond early, and then everything that was due: every version, delete marker and unfinished multipart
// upload under the key.
func TestSweepErasesAllThatIsDue(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	k.cell.Mark(u.ObjectKey)
	k.cell.Drop(u.ObjectKey, 1)
	k.cell.Begin(u.ObjectKey)
	k.cell.Advance(14*policy.Day - time.Millisecond)
	if r, err := k.sweep(); r != (purge.Report{}) || err != nil || len(k.cell.Lies(u.ObjectKey).Versions) != 3 {
		t.Errorf("early: %+v, %v", r, err)
	}
	k.cell.Advance(time.Millisecond)
	if r, err := k.sweep(); r != (purge.Report{Due: 1, Purged: 1}) || err != nil {
		t.Errorf("in time: %+v, %v", r, err)
	}
	if left := k.cell.Lies(u.ObjectKey); len(left.Versions)+len(left.Unfinished) != 0 {
		t.Errorf("left are %+v", left)
	}
	after := k.read(u.ID)
	if after.State != upload.Purged || after.PurgedAt != k.cell.Now() || !after.Due.IsZero() || after.Revision != u.Revision+1 {
		t.Errorf("on record: %+v", after)
	}
	trail := k.cell.Trail()
	if l := trail[len(trail)-1]; l.Action != audit.UploadPurged || l.Resource != u.ID || l.Detail != "debug" || l.Actor != "function:purge" || l.Organisation != k.org {
		t.Errorf("on record: %+v", l)
	}
	if r, err := k.sweep(); r != (purge.Report{}) || err != nil {
		t.Errorf("again: %+v, %v", r, err)
	}
}

// What is still open is tick's, even past its deadline; once it has expired, nothing that was sent of it is left.
func TestSweepLeavesWhatIsOpen(t *testing.T) {
	t.Parallel()
	k := start(t)
	u, _ := k.parted()
	k.cell.Advance(policy.Day)
	if r, err := k.sweep(); r != (purge.Report{}) || err != nil || len(k.cell.Lies(u.ObjectKey).Unfinished) != 1 {
		t.Errorf("open: %+v, %v", r, err)
	}
	k.must(k.tick())
	if r, err := k.sweep(); r.Purged != 1 || err != nil || len(k.cell.Lies(u.ObjectKey).Unfinished) != 0 {
		t.Errorf("expired: %+v, %v", r, err)
	}
	if after := k.read(u.ID); after.State != upload.Expired || after.PurgedAt != k.cell.Now() {
		t.Errorf("on record: %+v", after)
	}
}

// Where others choose the key, each version is a thing with a deadline of its own: the first to fall due takes no other
// with it.
func TestSweepOfHandDrops(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"drop/ORG/a.zip", "what/is/this", "staged/debug/ORG/upl_01kb2rq1c0h3m8z5v7x9y2w4t6", "staged/debug/ORG/"} {
		k := start(t)
		key = strings.Replace(key, "ORG", k.org, 1)
		k.dropped(key)
		k.cell.Advance(policy.Day)
		k.dropped(key)
		k.cell.Begin(key)
		k.cell.Advance(13 * policy.Day)
		if r, err := k.sweep(); r != (purge.Report{Due: 1, Purged: 1}) || err != nil || len(k.cell.Lies(key).Versions) != 1 {
			t.Errorf("%s, the first: %+v, %v; left are %+v", key, r, err, k.cell.Lies(key))
		}
		k.cell.Advance(policy.Day)
		left := k.cell.Lies
		if r, err := k.sweep(); r != (purge.Report{Due: 1, Purged: 1}) || err != nil || len(left(key).Versions) != 0 {
			t.Errorf("%s, the second: %+v, %v; left are %+v", key, r, err, left(key))
		}
		if len(left(key).Unfinished) != 1 {
			t.Errorf("%s: what somebody is still sending was aborted", key)
		}
	}
}

// One poisoned object stops no other, in its own prefix or elsewhere. Its record stays due, its age is the figure that
// alarms, and the sweep after the cure ends in the state that it would have had.
func TestPoisonStopsNoOther(t *testing.T) {
	t.Parallel()
	for name, poisonOf := range map[string]func(*kit) string{
		"a staged object":     func(k *kit) string { return k.sealed().ObjectKey },
		"a hand drop":         func(k *kit) string { return k.dropped("drop/" + k.org + "/poison.zip") },
		"a quarantined thing": func(k *kit) string { return k.dropped("poison") },
	} {
		k := start(t)
		cured := k.cell.Poison(poisonOf(k))
		for range 5 {
			k.sealed()
		}
		k.dropped("drop/" + k.org + "/a.zip")
		k.dropped("what/is/this")
		k.cell.Advance(14*policy.Day + time.Hour)
		for range 2 {
			r, err := k.sweep()
			if r.Purged+r.Failed != r.Due || r.Failed != 1 || r.Overdue < time.Hour || err == nil || !strings.Contains(err.Error(), "InternalError") {
				t.Errorf("%s: %+v, %v", name, r, err)
			}
			if due, _ := k.cell.Due(t.Context(), k.cell.Now(), 100); len(due) != 1 {
				t.Errorf("%s: due are %d still", name, len(due))
			}
			k.cell.Advance(time.Hour)
		}
		cured()
		if r, err := k.sweep(); r.Due != 1 || r.Purged != 1 || err != nil {
			t.Errorf("%s, cured: %+v, %v", name, r, err)
		}
		if err := k.cell.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Overdue is the age of the oldest that failed.
func TestOverdue(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, wait := range []time.Duration{time.Hour, 2 * time.Hour, 0} {
		k.cell.Poison(k.sealed().ObjectKey)
		k.cell.Advance(wait)
	}
	k.untilDue()
	if r, err := k.sweep(); r.Due != 3 || r.Failed != 3 || r.Overdue != 3*time.Hour || err == nil {
		t.Errorf("got %+v, %v", r, err)
	}
}

// Success is not evidence: an erasure that says it was done is not believed, and one that says it was not is looked
// after.
func TestOnlyAbsenceCounts(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	k.untilDue()
	k.purger.Objects = liar{k.cell}
	if r, err := k.sweep(); r.Purged != 0 || r.Failed != 1 || err == nil {
		t.Errorf("erased by a liar: %+v, %v", r, err)
	}
	if k.read(u.ID) != u {
		t.Errorf("on record: %+v", k.read(u.ID))
	}
	k.purger.Objects = k.cell
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Erase") {
			return memory.Unacknowledged
		}
		return memory.Heard
	})
	if r, err := k.sweep(); r != (purge.Report{Due: 1, Purged: 1}) || err != nil {
		t.Errorf("erased, and said not to be: %+v, %v", r, err)
	}
}

// liar erases nothing, with success.
type liar struct{ *memory.Cell }

func (liar) Erase(context.Context, []purge.Version) (map[purge.Version]error, error) { return nil, nil }

// Records that cannot be read are reported, and the others purged.
func TestSweepOfAHalfReadIndex(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.sealed()
	k.untilDue()
	unreadable := errors.New("a record cannot be read")
	k.purger.Records = halfBlind{k.cell, unreadable}
	if r, err := k.sweep(); r.Purged != 1 || !errors.Is(err, unreadable) {
		t.Errorf("got %+v, %v", r, err)
	}
}

type halfBlind struct {
	*memory.Cell
	err error
}

func (h halfBlind) Overdue(ctx context.Context, now time.Time) iter.Seq2[[]upload.Upload, error] {
	return func(yield func([]upload.Upload, error) bool) {
		for due, err := range h.Cell.Overdue(ctx, now) {
			if !yield(due, errors.Join(err, h.err)) {
				return
			}
		}
	}
}

// A record that cannot be written is no purged one, though its bytes are gone; the next sweep has it.
func TestRecordIsNotWritten(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.sealed()
	k.cell.Advance(14*policy.Day + time.Hour)
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Certify") {
			return memory.Lost
		}
		return memory.Heard
	})
	if r, err := k.sweep(); r != (purge.Report{Due: 1, Failed: 1, Overdue: time.Hour}) || !errors.Is(err, memory.ErrSilence) || k.read(u.ID) != u {
		t.Errorf("got %+v, %v", r, err)
	}
	k.cell.Decide(nil)
	if r, err := k.sweep(); r != (purge.Report{Due: 1, Purged: 1, Lag: time.Hour}) || err != nil {
		t.Errorf("the next: %+v, %v", r, err)
	}
}

// Bytes that come back while a purge is between its look and its record are not recorded as gone.
func TestBytesReturnDuringASweep(t *testing.T) {
	t.Parallel()
	for name, due := range map[string]func(*kit) upload.Upload{
		"by its rule": func(k *kit) upload.Upload {
			u := k.sealed()
			k.untilDue()
			return u
		},
		"by request": func(k *kit) upload.Upload {
			u, err := k.stager.Delete(k.t.Context(), k.act(""), k.org, k.sealed().ID, "")
			k.must(err)
			return u
		},
	} {
		k := start(t)
		u := due(k)
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
		if r, err := k.sweep(); r.Purged != 0 || err != nil {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if after := k.read(u.ID); after.State != upload.Sealed || after.Due.IsZero() || !after.PurgedAt.IsZero() {
			t.Errorf("%s: %+v", name, after)
		}
		if err := k.settle(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// How S3 is called: what lies together is erased once and looked at once, however much it is; what was sent in parts and
// never completed is aborted by its name; what others named is erased by itself, so that an odd name spoils nothing, under
// one intent and one certificate all the same.
func TestCalls(t *testing.T) {
	t.Parallel()
	const debug, export, drops = "staged/debug/ORG/", "staged/transit.migration/ORG/", "drop/ORG/"
	for name, row := range map[string]struct {
		make func(*kit)
		want map[string]int
	}{
		"sealed":  {func(k *kit) { k.sealed(); k.sealed(); k.sealed() }, with(1, map[string]int{"Erase " + debug: 1, "Look " + debug: 1})},
		"expired": {func(k *kit) { k.parted(); k.cell.Advance(policy.Day); k.must(k.tick()) }, with(1, map[string]int{"Abort " + export: 1, "Look " + export: 1})},
		"dropped": {func(k *kit) { k.dropped("drop/" + k.org + "/a"); k.dropped("drop/" + k.org + "/b") }, with(1, map[string]int{
			"Erase " + drops + "a": 1, "Look " + drops + "a": 1, "Erase " + drops + "b": 1, "Look " + drops + "b": 1})},
	} {
		k := start(t)
		row.make(k)
		k.cell.Advance(30 * policy.Day)
		k.cell.Decide(nil)
		if r, err := k.sweep(); r.Failed != 0 || err != nil {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if got := k.calls(); !maps.Equal(got, row.want) {
			t.Errorf("%s: called\n%v, want\n%v", name, got, row.want)
		}
	}
}

// with is what S3 is asked, and what is asked beside that for so many batches.
func with(batches int, ofS3 map[string]int) map[string]int {
	for name, n := range map[string]int{"Overdue": 1, "Shelved": 1, "Guard": 1, "Intend": batches, "Sign": batches, "Certify": batches, "Close": batches} {
		ofS3[name] = n
	}
	return ofS3
}

// calls are those since Decide, without the names that are made up anew in each run.
func (k *kit) calls() map[string]int {
	calls := map[string]int{}
	for call, n := range k.cell.Calls() {
		method, about, _ := strings.Cut(strings.Replace(call, k.org, "ORG", 1), " ")
		if method != "Look" && strings.HasPrefix(about, upload.StagedPrefix) {
			about = about[:strings.LastIndex(about, "/")+1]
		}
		if method == "Certify" || about == "ORG" {
			about = ""
		}
		calls[strings.TrimSpace(method+" "+about)] += n
	}
	return calls
}
