package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"waybill/internal/audit"
	"waybill/internal/ident"
)

var (
	when  = time.Date(2026, 3, 1, 12, 0, 0, 7e6, time.UTC)
	ours  = ident.Derive(ident.Org, when, "ours")
	blind = bytes.Repeat([]byte{7}, 32)
)

func entry(actor audit.Actor) audit.Entry {
	return audit.Entry{ID: "evt_1", Time: when, Action: audit.UploadDeleted, Actor: actor, Resource: "upl_1", Outcome: audit.Done, RequestID: "req-1", Detail: "debug"}
}

func halves(t *testing.T, e audit.Entry, organisation string, blind []byte) (public, private []byte) {
	t.Helper()
	public, private, err := e.Halves(organisation, blind)
	if err != nil {
		t.Fatal(err)
	}
	return public, private
}

// To the byte: a leaf of version 1 never has another spelling, for its hash stands in the ledger.
func TestLeafGolden(t *testing.T) {
	t.Parallel()
	const start = `{"v":1,"id":"evt_1","time":"2026-03-01T12:00:00.007Z",`
	const pseudonym = "sha256:PSEUDONYM"
	about := entry("ada")
	about.Action, about.Resource, about.Detail = audit.HoldPlaced, ours, ours
	for _, row := range []struct {
		name, organisation string
		entry              audit.Entry
		public, private    string
	}{
		{"a person's", ours, entry("ada"),
			start + `"organisation":"` + pseudonym + `","action":"upload.delete-requested","resource":"upl_1","outcome":"done","detail":"debug","personal":"DIGEST"}`,
			`{"blind":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=","actor":"ada","requestId":"req-1"}`},
		{"a function's", ours, entry("function:purge"),
			start + `"organisation":"` + pseudonym + `","action":"upload.delete-requested","resource":"upl_1","outcome":"done","detail":"debug","actor":"function:purge","requestId":"req-1"}`, ""},
		{"about the organisation", ours, about,
			start + `"organisation":"` + pseudonym + `","action":"hold.placed","resource":"` + pseudonym + `","outcome":"done","detail":"` + pseudonym + `","personal":"DIGEST"}`,
			`{"blind":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=","actor":"ada","requestId":"req-1"}`},
		{"the cell's", "", entry("<olive & co>"),
			start + `"action":"upload.delete-requested","resource":"upl_1","outcome":"done","detail":"debug","personal":"DIGEST"}`,
			`{"blind":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=","actor":"<olive & co>","requestId":"req-1"}`},
	} {
		sum := sha256.Sum256([]byte(row.private))
		want := strings.NewReplacer("sha256:PSEUDONYM", fmt.Sprintf("sha256:%x", sha256.Sum256([]byte("waybill.dev/certificates/organisation/v1\n"+ours))),
			"DIGEST", base64.StdEncoding.EncodeToString(sum[:])).Replace(row.public)
		if public, private := halves(t, row.entry, row.organisation, blind); string(public) != want || string(private) != row.private {
			t.Errorf("%s:\n%s\n%s\nwant\n%s\n%s", row.name, public, private, want, row.private)
		}
	}
}

// Who reads the ledger learns of no person, and not whose the entries are: neither from what an entry is about, nor from
// its detail.
func TestTheLeafNamesNobody(t *testing.T) {
	t.Parallel()
	theirs := ident.Derive(ident.Org, when, "theirs")
	e := entry("ada")
	for _, about := range []string{"upl_1", ours, theirs} {
		e.Resource, e.Detail = about, about
		public, _ := halves(t, e, ours, blind)
		for _, word := range []string{"ada", "req-1", ours, theirs} {
			if bytes.Contains(public, []byte(word)) {
				t.Errorf("%q stands in the leaf %s", word, public)
			}
		}
	}
}

// Whoever knows all names and all requests cannot find out whose digest stands in a leaf, and two acts of one person
// look like those of two.
func TestTheDigestIsBlinded(t *testing.T) {
	t.Parallel()
	one, private := halves(t, entry("ada"), ours, blind)
	two, _ := halves(t, entry("ada"), ours, bytes.Repeat([]byte{8}, 32))
	if bytes.Equal(one, two) {
		t.Error("two acts of one person have one digest")
	}
	unblinded := bytes.Replace(private, []byte(base64.StdEncoding.EncodeToString(blind)), nil, 1)
	empty := bytes.Replace(private, []byte(base64.StdEncoding.EncodeToString(blind)), []byte(base64.StdEncoding.EncodeToString(make([]byte, 32))), 1)
	for _, guess := range [][]byte{unblinded, empty, []byte(`{"actor":"ada","requestId":"req-1"}`), []byte("ada"), []byte("req-1"), []byte("adareq-1")} {
		sum := sha256.Sum256(guess)
		if bytes.Contains(one, []byte(base64.StdEncoding.EncodeToString(sum[:]))) {
			t.Errorf("%s is what the digest is of", guess)
		}
	}
	for _, short := range [][]byte{nil, blind[:31]} {
		if public, _, err := entry("ada").Halves(ours, short); err == nil {
			t.Errorf("%d bytes blind %s", len(short), public)
		}
	}
}

func TestWhole(t *testing.T) {
	t.Parallel()
	for _, actor := range []audit.Actor{"ada", "function:purge", "user:function:purge"} {
		for _, about := range []string{"upl_1", ours} {
			want := entry(actor)
			want.Resource, want.Detail = about, about
			public, private := halves(t, want, ours, blind)
			if got, err := audit.Whole(ours, public, private); err != nil || got != want {
				t.Errorf("%s: %+v, %v", actor, got, err)
			}
			if actor.Person() {
				want.Actor, want.RequestID = audit.Forgotten, ""
			}
			if got, err := audit.Whole(ours, public, nil); err != nil || got != want {
				t.Errorf("%s, forgotten: %+v, %v", actor, got, err)
			}
		}
	}
}

func TestHalvesThatDoNotBelongTogether(t *testing.T) {
	t.Parallel()
	public, private := halves(t, entry("ada"), ours, blind)
	other, _ := halves(t, entry("ada"), ours, bytes.Repeat([]byte{8}, 32))
	theirs, _ := halves(t, entry("ada"), ident.Derive(ident.Org, when, "theirs"), blind)
	cells, _ := halves(t, entry("ada"), "", blind)
	for name, pair := range map[string][2][]byte{
		"another's half":              {other, private},
		"a changed half":              {public, bytes.Replace(private, []byte("ada"), []byte("eve"), 1)},
		"a half spelled otherwise":    {public, append([]byte(" "), private...)},
		"an empty half":               {public, {}},
		"half of nothing":             {[]byte("{}"), nil},
		"no leaf":                     {nil, private},
		"a leaf of no time":           {bytes.Replace(public, []byte("2026-"), []byte("26-"), 1), private},
		"a leaf of a later version":   {bytes.Replace(public, []byte(`"v":1`), []byte(`"v":2`), 1), private},
		"another organisation's leaf": {theirs, private},
		"the cell's leaf":             {cells, private},
	} {
		if got, err := audit.Whole(ours, pair[0], pair[1]); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Whatever is on record, its halves are one spelling, name no organisation, and make it whole again.
func FuzzHalves(f *testing.F) {
	f.Add("ada", "req-1", "upl_1", "debug", "ours")
	f.Add("function:purge", "req-1", ours, ours, "")
	f.Add("\u2028<&>\"\\", "\x00", "sha256:", audit.Pseudonym(ours), "ours")
	f.Fuzz(func(t *testing.T, actor, request, resource, detail, seed string) {
		organisation := ""
		if seed != "" {
			organisation = ident.Derive(ident.Org, when, seed)
		}
		for _, text := range []string{actor, request, resource, detail} {
			if !utf8.ValidString(text) || organisation != "" && text == audit.Pseudonym(organisation) {
				t.Skip("no entry says so")
			}
		}
		want := audit.Entry{ID: "evt_1", Time: when, Action: audit.KeyBound, Actor: audit.Actor(actor), Resource: resource, Outcome: audit.Done, RequestID: request, Detail: detail}
		public, private := halves(t, want, organisation, blind)
		if again, _ := halves(t, want, organisation, blind); !bytes.Equal(again, public) || bytes.ContainsAny(public, "\n\r") {
			t.Errorf("the leaf is %q, and %q", public, again)
		}
		for _, text := range []*string{&want.Resource, &want.Detail} {
			if ident.Valid(ident.Org, *text) && *text != organisation {
				*text = audit.Pseudonym(*text)
			}
		}
		if got, err := audit.Whole(organisation, public, private); err != nil || got != want {
			t.Errorf("%+v became %+v, %v", want, got, err)
		}
	})
}

// Whatever stands beside a leaf, only its own half is taken for it; and no leaf, whatever stands in it, stops a reader.
func FuzzWhole(f *testing.F) {
	public, private, err := entry("ada").Halves(ours, blind)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(public, private)
	f.Add([]byte(`{"v":1,"personal":"AA=="}`), []byte(`{}`))
	f.Fuzz(func(t *testing.T, leaf, half []byte) {
		_, _ = audit.Whole(ours, leaf, half)
		if got, err := audit.Whole(ours, public, half); err == nil && half != nil && !bytes.Equal(half, private) {
			t.Errorf("%q was taken for the other half: %+v", half, got)
		}
	})
}
