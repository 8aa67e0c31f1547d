package restore_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/certificate"
	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/restore"
	"waybill/internal/upload"
)

// ways are what can be restored: tables to a point in time, the bucket from a copy, or both.
var ways = map[string]func(*kit){
	"records": func(k *kit) { k.cell.RestoreRecords(k.backup) },
	"objects": func(k *kit) { k.cell.RestoreObjects(k.backup) },
	"both": func(k *kit) {
		k.cell.RestoreRecords(k.backup)
		k.cell.RestoreObjects(k.backup)
	},
}

// come is how much comes back in each way, as the addenda of all certificates together state it.
var come = map[string]certificate.Restored{
	"records": {Records: 9}, // of six uploads, and of the organisation that had ended: its own, and two uploads that are among the six
	"objects": {Counts: certificate.Counts{Objects: 6, Versions: 8, MultipartUploads: 1}},
	"both":    {Counts: certificate.Counts{Objects: 6, Versions: 8, MultipartUploads: 1}, Records: 9},
}

func sum(addenda map[string][]certificate.Restored) (all certificate.Restored) {
	for _, list := range addenda {
		for _, r := range list {
			all.Objects += r.Objects
			all.Versions += r.Versions
			all.MultipartUploads += r.MultipartUploads
			all.Records += r.Records
		}
	}
	return all
}

// TestWhatABackupBringsBackIsErasedAgain, and each certificate concerned gets one addendum, which counts it once. A
// replay after that finds nothing and writes nothing.
func TestWhatABackupBringsBackIsErasedAgain(t *testing.T) {
	t.Parallel()
	base := start(t)
	for name, back := range ways {
		k := base.clone()
		back(k)
		done, err := k.replay()
		k.must(err)
		addenda := k.addenda()
		for _, c := range k.certs {
			if want := 1; len(addenda[c]) != want && !(name == "objects" && c == k.certs[len(k.certs)-1]) {
				t.Errorf("%s: %s has %d addenda, want %d", name, c, len(addenda[c]), want)
			}
		}
		if got := sum(addenda); got != come[name] || done.Left != 0 || done.Orphans != 0 || done.Addenda != len(addenda) || done.Found != done.Addenda {
			t.Errorf("%s: %+v came back, want %+v; %+v", name, got, come[name], done)
		}
		again, err := k.replay()
		if err != nil || again.Found+again.Addenda+again.Orphans+again.Organisations != 0 {
			t.Errorf("%s, replayed again: %+v, %v", name, again, err)
		}
		if err := k.gone(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWhatIsNotCertifiedStays, or is taken in where the records do not speak of it, with a clock that began when it was
// put.
func TestWhatIsNotCertifiedStays(t *testing.T) {
	t.Parallel()
	k := start(t)
	lives := k.sealed(k.org)
	open := k.pending(k.org)
	k.cell.Arrivals() // which was never delivered
	backup := k.cell.Clone()
	k.cell.Advance(time.Hour)
	lost := k.sealed(k.org)
	k.cell.Drop("drop/"+k.org+"/later.zip", 7)
	k.cell.Drop(k.drop, 8)   // another file of the same name
	marker := k.mark(k.drop) // which is no byte of anybody's
	k.cell.Drop("drop/"+k.ended+"/later.zip", 7)
	k.cell.Drop("staged/debug/"+k.ended+"/"+"upl_00000000000000000000000000", 7)
	k.cell.Arrivals()
	put := k.cell.Now()
	k.cell.Advance(time.Hour)
	k.cell.RestoreRecords(backup)

	done, err := k.replay()
	if err != nil || done.Orphans != 4 || done.Left != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	if u := k.read(k.org, lives.ID); u != lives {
		t.Errorf("what lives is %+v", u)
	}
	if u := k.read(k.org, open.ID); u.State != upload.Sealed || !u.SealedAt.Before(put) {
		t.Errorf("what was put before is %s since %s", u.State, u.SealedAt)
	}
	list, _, err := k.cell.Uploads(t.Context(), "", "", "", 10)
	k.must(err)
	if len(list) != 2 || list[0].ObjectKey != lost.ObjectKey || !list[0].DeleteBy.Equal(policy.Deadline(policy.Subject(upload.Unmatched), put)) {
		t.Errorf("quarantined: %+v", list)
	}
	for _, key := range k.lies() {
		if strings.Contains(key, k.ended) {
			t.Errorf("%s lies there, of an organisation that has ended", key)
		}
	}
	again, err := k.replay()
	if err != nil || again.Orphans+again.Found != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	k.cell.Advance(61 * policy.Day)
	_, err = k.cell.Erase(t.Context(), []purge.Version{{Key: k.drop, ID: marker}})
	k.must(err)
	if err := k.gone(); err != nil {
		t.Error(err)
	}
}

// TestAReplayGoesOnWhereItWas: however little one call does, the calls together do it all, and each thing once.
func TestAReplayGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	k := start(t)
	ways["objects"](k)
	k.replayer.Most = 1
	var at restore.Cursor
	calls, sums := 0, restore.Report{}
	for more := true; more; calls++ {
		done, err := k.replayer.Replay(t.Context(), k.cell.Act("function:restore"), at)
		k.must(err)
		sums, at, more = sums.With(done.Report), done.Cursor, !done.Done
	}
	if got := sum(k.addenda()); calls < 3 || got != come["objects"] || sums.Addenda != len(k.certs)-1 {
		t.Errorf("%d calls: %+v, %+v", calls, got, sums)
	}
	if err := k.gone(); err != nil {
		t.Error(err)
	}
}

// TestWhatCannotBeErasedStopsNothingElse and is told; once it can be, the next replay ends it.
func TestWhatCannotBeErasedStopsNothingElse(t *testing.T) {
	t.Parallel()
	k := start(t)
	ways["both"](k)
	cured := k.cell.Poison(k.drop)
	done, err := k.replay()
	if err != nil || done.Left != 1 || len(done.Why) != 1 || !strings.Contains(done.Why[0], "crt_") {
		t.Errorf("%+v, %v", done, err)
	}
	if keys := slices.Compact(k.lies()); len(keys) != 1 || keys[0] != k.drop {
		t.Errorf("there lie %v", keys)
	}
	cured()
	if done, err := k.replay(); err != nil || done.Left != 0 {
		t.Errorf("cured: %+v, %v", done, err)
	}
	if got := sum(k.addenda()); got != come["both"] {
		t.Errorf("%+v came back, want %+v", got, come["both"])
	}
	if err := k.gone(); err != nil {
		t.Error(err)
	}
}

// TestALedgerThatCannotBeReadStopsTheReplay: without it nobody knows what was certified.
func TestALedgerThatCannotBeReadStopsTheReplay(t *testing.T) {
	t.Parallel()
	k := start(t)
	ways["both"](k)
	before := len(k.lies())
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Each ") {
			return memory.Lost
		}
		return memory.Heard
	})
	if done, err := k.replay(); err == nil || done.Found > 0 || len(k.lies()) != before {
		t.Errorf("%+v, %v", done, err)
	}
}
