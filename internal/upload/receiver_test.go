package upload_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/ident"
	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// The states in which an arrival may find its upload, each with what was put when.
var states = map[string]func(*kit) upload.Upload{
	"pending": func(k *kit) upload.Upload { return k.offer(small()) },
	"sealed":  func(k *kit) upload.Upload { return k.sealed() },
	"sealed and due": func(k *kit) upload.Upload {
		u := k.sealed()
		k.cell.Advance(u.Due.Sub(noon))
		return u
	},
	"expired":            func(k *kit) upload.Upload { return k.expired() },
	"expired and purged": func(k *kit) upload.Upload { return k.gone(k.expired()) },
	"purged":             func(k *kit) upload.Upload { return k.gone(k.sealed()) },
}

func (k *kit) expired() upload.Upload {
	k.t.Helper()
	u := k.offer(small())
	k.cell.Advance(policy.Day)
	_, err := k.Expire(k.t.Context(), k.cell.Act("function:tick"))
	k.must(err)
	return k.read(u.ID)
}

// State × arrival. "sealed" and "returned" are what comes on record; "-" is nothing. A version that was not there must
// never lie under a record that no sweep will look at again.
func TestStateByArrival(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		state, same, another string
		after                upload.State
	}{
		{"pending", "sealed", "sealed", upload.Sealed},
		{"sealed", "-", "-", upload.Sealed},
		{"sealed and due", "-", "returned", upload.Sealed},
		{"expired", "returned", "returned", upload.Expired},
		{"expired and purged", "returned", "returned", upload.Expired},
		{"purged", "-", "returned", upload.Sealed},
	} {
		for version, want := range map[string]string{"same": row.same, "another": row.another} {
			k := start(t)
			u := states[row.state](k)
			a := upload.Arrival{Bucket: memory.Bucket, Key: u.ObjectKey, VersionID: "another", Size: u.Size, Time: noon}
			if version == "same" && u.VersionID != "" {
				a.VersionID = u.VersionID
			}
			k.must(k.Arrived(t.Context(), k.cell.Act("function:intake"), a))
			after := k.read(u.ID)
			if got := recorded(k, u); got != want {
				t.Errorf("%s, the %s version arrives: %s, want %s", row.state, version, got, want)
			}
			if want == "-" {
				if after != u {
					t.Errorf("%s, the %s version arrives: %+v", row.state, version, after)
				}
				continue
			}
			if after.State != row.after || after.Due.IsZero() || !after.PurgedAt.IsZero() || want == "returned" && after.Due.After(k.cell.Now()) {
				t.Errorf("%s, the %s version arrives: %+v", row.state, version, after)
			}
		}
	}
}

// recorded is what came on record since.
func recorded(k *kit, u upload.Upload) string {
	told := k.cell.Told(u.ID)
	if len(told) == u.Revision {
		return "-"
	}
	return strings.TrimPrefix(string(told[len(told)-1]), "upload.")
}

// An event that comes late, twice or as the second of a pair changes nothing of what the first has done.
func TestArrivalIsRepeated(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(small())
	version, err := k.cell.Put(u.ObjectKey, u.Size)
	k.must(err)
	a := k.cell.Arrivals()[0]
	for range 3 {
		k.must(k.Arrived(t.Context(), k.cell.Act("function:intake"), a))
		k.cell.Advance(time.Hour)
	}
	got := k.read(u.ID)
	if got.State != upload.Sealed || got.VersionID != version || got.SealedAt != noon || got.DeleteBy != noon.Add(14*policy.Day) || got.Revision != 2 {
		t.Errorf("got %+v", got)
	}
}

// The record changes under the receiver's hands: it reads again, and gives up in the end, for the event to come again.
func TestArrivalAtARecordThatChanges(t *testing.T) {
	t.Parallel()
	for changes, gives := range map[int]bool{1: false, 2: false, 3: true} {
		k := start(t)
		u := k.offer(big())
		digests, _ := parts(u)
		k.cell.Drop(u.ObjectKey, u.Size)
		inside := false
		k.cell.Decide(func(call string) memory.Fate {
			if !inside && changes > 0 && strings.HasPrefix(call, "ReplaceUpload") {
				inside, changes = true, changes-1
				k.touch(u.ID, digests)
				inside = false
			}
			return memory.Heard
		})
		err := k.Arrived(t.Context(), k.cell.Act("function:intake"), k.cell.Arrivals()[0])
		if gives != (err != nil) || errors.Is(err, fault.Stale) {
			t.Errorf("it gives up: %v, want %t", err, gives)
		}
		if sealed := k.read(u.ID).State == upload.Sealed; sealed == gives {
			t.Errorf("it is %s", k.read(u.ID).State)
		}
	}
}

// touch changes a pending record, and leaves it pending.
func (k *kit) touch(id string, digests []upload.PartDigest) {
	u := k.read(id)
	if u.UploadID == "" {
		_, err := k.SignParts(k.t.Context(), k.act(""), k.org, id, digests)
		k.must(err)
		return
	}
	after := u
	after.Revision++
	k.must(k.cell.ReplaceUpload(k.t.Context(), k.act(""), audit.UploadOpened, u, after, ""))
}

// A store that does not answer is no reason to take an upload for a stranger's: the event comes again.
func TestArrivalWhenTheStoreIsAway(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Upload", "ReplaceUpload", "Organisation", "KeyOf", "Admit"} {
		k := start(t)
		u := k.offer(small())
		_, err := k.cell.Put(u.ObjectKey, u.Size)
		k.must(err)
		k.cell.Drop("drop/"+k.org+"/by hand.zip", 1)
		k.cell.Drop("what/is/this", 1)
		k.cell.Decide(func(call string) memory.Fate {
			if strings.HasPrefix(call, method+" ") {
				return memory.Lost
			}
			return memory.Heard
		})
		silent := 0
		for _, a := range k.cell.Arrivals() {
			err := k.Arrived(t.Context(), k.cell.Act("function:intake"), a)
			if errors.Is(err, memory.ErrSilence) {
				silent++
			} else if err != nil {
				t.Errorf("%s: %v", method, err)
			}
		}
		if silent == 0 {
			t.Errorf("%s was not needed", method)
		}
		for _, l := range k.cell.Trail() {
			if l.Action == audit.UploadQuarantined && l.Resource != stranger(k) {
				t.Errorf("%s: %s was quarantined", method, l.Resource)
			}
		}
	}
}

// stranger is the id of the one thing there that matches nothing.
func stranger(k *kit) string {
	return ident.Derive(ident.Upload, noon, memory.Bucket+"\x00what/is/this\x00"+k.cell.Lies("what/is/this").Versions[0].ID)
}
