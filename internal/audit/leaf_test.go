package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
)

var when = time.Date(2026, 3, 1, 12, 0, 0, 7e6, time.UTC)

func entry(actor audit.Actor) audit.Entry {
	return audit.Entry{ID: "evt_1", Time: when, Action: audit.UploadDeleted, Actor: actor, Resource: "upl_1", Outcome: audit.Done, RequestID: "req-1", Detail: "debug"}
}

// The public half says what was done, to what, when and how it ended, and nothing of a person.
func TestTheLeafHoldsNoPerson(t *testing.T) {
	t.Parallel()
	public, private, err := entry("ada").Halves("org_1", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"v":1,"id":"evt_1","time":"2026-03-01T12:00:00.007Z","organisation":"sha256:2a61b8c5d6c8c9e2d2e0a1","action":"upload.delete-requested","resource":"upl_1","outcome":"done","detail":"debug","personal":"`
	head, _, _ := strings.Cut(want, `"sha256:`)
	_, tail, _ := strings.Cut(want, `e0a1"`)
	if got := string(public); !strings.HasPrefix(got, head+`"`+audit.Pseudonym("org_1")+`"`+tail) {
		t.Errorf("the leaf is %s", got)
	}
	for _, word := range []string{"ada", "req-1", "org_1"} {
		if bytes.Contains(public, []byte(word)) {
			t.Errorf("%q stands in the leaf", word)
		}
	}
	if !bytes.Contains(private, []byte(`"actor":"ada","requestId":"req-1"`)) {
		t.Errorf("the personal half is %s", private)
	}
}

// Who knows all names and all requests cannot find out whose digest stands in a leaf: two acts of one person differ.
func TestTheDigestIsBlinded(t *testing.T) {
	t.Parallel()
	one, private, err := entry("ada").Halves("org_1", bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	two, _, _ := entry("ada").Halves("org_1", bytes.Repeat([]byte{2}, 32))
	if bytes.Equal(one, two) {
		t.Error("two acts of one person have one digest")
	}
	for _, guess := range []string{`{"actor":"ada","requestId":"req-1"}`, "ada", `{"blind":"","actor":"ada","requestId":"req-1"}`} {
		sum := sha256.Sum256([]byte(guess))
		if bytes.Contains(one, []byte(base64.StdEncoding.EncodeToString(sum[:]))) {
			t.Errorf("%s is what the digest is of", guess)
		}
	}
	if _, _, err := entry("ada").Halves("org_1", nil); err == nil || private == nil {
		t.Error("it is not blinded, and written")
	}
}

func TestWhole(t *testing.T) {
	t.Parallel()
	blind := bytes.Repeat([]byte{7}, 32)
	for _, actor := range []audit.Actor{"ada", "function:purge", "user:function:purge"} {
		public, private, err := entry(actor).Halves("org_1", blind)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := audit.Whole(public, private); err != nil || got != entry(actor) {
			t.Errorf("%s: %+v, %v", actor, got, err)
		}
		forgotten := entry(audit.Forgotten)
		forgotten.RequestID = ""
		if !actor.Person() {
			forgotten = entry(actor)
		}
		if got, err := audit.Whole(public, nil); err != nil || got != forgotten {
			t.Errorf("%s, forgotten: %+v, %v", actor, got, err)
		}
	}
	public, private, _ := entry("ada").Halves("org_1", blind)
	other, _, _ := entry("ada").Halves("org_1", bytes.Repeat([]byte{8}, 32))
	for name, halves := range map[string][2][]byte{
		"another's half":    {other, private},
		"a changed half":    {public, bytes.Replace(private, []byte("ada"), []byte("eve"), 1)},
		"half of nothing":   {[]byte("{}"), nil},
		"no leaf":           {nil, private},
		"a leaf of no time": {bytes.Replace(public, []byte("2026-"), []byte("26-"), 1), private},
	} {
		if got, err := audit.Whole(halves[0], halves[1]); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func FuzzWhole(f *testing.F) {
	public, private, _ := entry("ada").Halves("org_1", bytes.Repeat([]byte{7}, 32))
	f.Add(public, private)
	f.Fuzz(func(t *testing.T, public, private []byte) {
		e, err := audit.Whole(public, private)
		if err == nil && private == nil && e.Actor.Person() && e.Actor != audit.Forgotten && e.Actor != "" {
			t.Skip("an actor that a leaf names is the leaf's")
		}
	})
}
