package upload_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/ident"
	"waybill/internal/memory"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

func TestOffer(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(small())
	want := upload.Upload{ID: u.ID, Org: k.org, FileName: "support.zip", Size: 1 << 20, Kind: upload.SupportZip, State: upload.Pending,
		Method: upload.Single, SHA256: digest("small"), Region: "eu-central-1", Bucket: memory.Bucket,
		ObjectKey: "staged/debug/" + k.org + "/" + u.ID, KMSKeyARN: keyARN, Rule: "offer",
		CreatedAt: noon, DeleteBy: noon.Add(policy.Day), Due: noon.Add(policy.Day), Revision: 1}
	if u != want || !ident.Valid(ident.Upload, u.ID) {
		t.Errorf("got  %+v\nwant %+v", u, want)
	}
	if stored := k.read(u.ID); stored != want {
		t.Errorf("stored is %+v", stored)
	}
	if b := k.offer(big()); b.Method != upload.Multipart || b.PartSize != 16<<20 || b.Parts != 3 || !strings.HasPrefix(b.ObjectKey, "staged/transit.migration/") {
		t.Errorf("a big one: %+v", b)
	}
}

// Nothing is written for what cannot be offered.
func TestOfferIsRefused(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.cell.Decide(nil)
	for name, row := range map[string]struct {
		org, migration string
		draft          upload.Draft
		actor          audit.Actor
		kind           error
	}{
		"an empty file":                     {k.org, "", upload.Draft{FileName: "a", Kind: upload.Other}, "ada", fault.BadInput},
		"in no organisation":                {"org_nobody", "", small(), "ada", fault.NotFound},
		"for a migration that is not there": {k.org, "mig_nobody", small(), "ada", fault.NotFound},
		"by nobody":                         {k.org, "", small(), "", audit.ErrNobody},
	} {
		if _, err := k.Offer(t.Context(), k.cell.Act(row.actor), row.org, row.migration, row.draft); !errors.Is(err, row.kind) {
			t.Errorf("%s: %v, want %v", name, err, row.kind)
		}
	}
	if _, asked := k.cell.Calls()["Prove "]; asked {
		t.Error("KMS was asked for the key of no organisation")
	}
	if list, _, err := k.List(t.Context(), k.act(""), k.org, "", "", 10); err != nil || len(list) != 0 {
		t.Errorf("offered are %v, %v", list, err)
	}
}

// A key that is lost stops its organisation's uploads, says so, and stops nobody else's; when it returns, the same
// request succeeds, even under the idempotency key of the one that was refused.
func TestKeyIsLostAndFoundAgain(t *testing.T) {
	t.Parallel()
	for _, state := range []org.KeyState{org.Absent, org.Disabled, org.PendingDeletion, org.Asymmetric, org.NotPermitted, org.Unavailable} {
		k := start(t)
		other := k.other("arn:aws:kms:eu-central-1:111122223333:key/another")
		k.cell.SetKey(keyARN, state)
		for range 2 {
			_, err := k.Offer(t.Context(), k.act("k"), k.org, "", small())
			var refusal *fault.Refusal
			if !errors.As(err, &refusal) || refusal.Kind != fault.KeyUnusable || !strings.Contains(refusal.Detail, "("+string(state)+")") {
				t.Errorf("%s: %v", state, err)
			}
		}
		if o, _ := k.cell.Organisation(t.Context(), k.org); o.Key.State != state {
			t.Errorf("%s: the organisation says %s", state, o.Key.State)
		}
		if told := k.cell.Told(k.org); !slices.Equal(told, []audit.Action{audit.OrgCreated, audit.KeyRefused, audit.KeyRefused}) {
			t.Errorf("%s, on record: %v", state, told)
		}
		if _, err := k.Offer(t.Context(), k.act(""), other, "", small()); err != nil {
			t.Errorf("%s: it stops another organisation: %v", state, err)
		}
		k.cell.SetKey(keyARN, org.Usable)
		if _, err := k.Offer(t.Context(), k.act("k"), k.org, "", small()); err != nil {
			t.Errorf("%s, and found again: %v", state, err)
		}
		if o, _ := k.cell.Organisation(t.Context(), k.org); o.Key.State != org.Usable {
			t.Errorf("%s, and found again: the organisation says %s", state, o.Key.State)
		}
	}
}

// A loss that cannot be put on record is not answered as one.
func TestLossIsNotRecorded(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.cell.SetKey(keyARN, org.Disabled)
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "KeyLost") {
			return memory.Lost
		}
		return memory.Heard
	})
	if _, err := k.Offer(t.Context(), k.act(""), k.org, "", small()); !errors.Is(err, memory.ErrSilence) || errors.Is(err, fault.KeyUnusable) {
		t.Errorf("got %v", err)
	}
}

// other is another organisation, under a key of its own.
func (k *kit) other(keyARN string) string {
	k.t.Helper()
	registrar := org.Registrar{Cell: org.Cell{Region: "eu-central-1", KeyARN: keyARN}, Records: k.cell}
	o, err := registrar.Create(k.t.Context(), k.cell.Act("olive"), org.Draft{Name: "Südwind", Location: "Germany", Plan: org.Paid})
	k.must(err)
	return o.ID
}

// KMS does not answer: nobody knows whether the key is lost, so nothing says that it is.
func TestKMSIsAway(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Prove") {
			return memory.Lost
		}
		return memory.Heard
	})
	if _, err := k.Offer(t.Context(), k.act(""), k.org, "", small()); !errors.Is(err, memory.ErrSilence) || errors.Is(err, fault.KeyUnusable) {
		t.Errorf("got %v", err)
	}
	if o, _ := k.cell.Organisation(t.Context(), k.org); o.Key.State != org.Usable {
		t.Errorf("the organisation says %s", o.Key.State)
	}
}

func TestOfferOnce(t *testing.T) {
	t.Parallel()
	k := start(t)
	first, err := k.Offer(t.Context(), k.act("k"), k.org, "", small())
	k.must(err)
	if again, err := k.Offer(t.Context(), k.act("k"), k.org, "", small()); err != nil || again != first {
		t.Errorf("got %+v, %v", again, err)
	}
}

// Only what is pending and travels that way is signed for, as often as asked.
func TestSignPut(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		change func(*upload.Upload)
		after  time.Duration
		kind   error
	}{
		"pending":                   {func(*upload.Upload) {}, policy.Day - time.Millisecond, nil},
		"pending past its deadline": {func(*upload.Upload) {}, policy.Day, fault.Conflict},
		"sealed":                    {func(u *upload.Upload) { u.State = upload.Sealed }, 0, fault.Conflict},
		"expired":                   {func(u *upload.Upload) { u.State = upload.Expired }, 0, fault.Conflict},
		"purged":                    {func(u *upload.Upload) { u.State = upload.Purged }, 0, fault.Conflict},
		"multipart":                 {func(u *upload.Upload) { u.Method = upload.Multipart }, 0, fault.Conflict},
	} {
		k := start(t)
		u := k.offer(small())
		row.change(&u)
		k.cell.Advance(row.after)
		for range 2 {
			signed, err := k.SignPut(t.Context(), k.act(""), u)
			if !errors.Is(err, row.kind) || (err == nil) != (signed.URL == "https://staging/"+u.ObjectKey) {
				t.Errorf("%s: %+v, %v", name, signed, err)
			}
		}
	}
}

// What is shown is as it is now, not as the schedule last left it.
func TestReadsShowTheTime(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(small())
	k.cell.Advance(policy.Day)
	if got, err := k.Get(t.Context(), k.act(""), k.org, u.ID); err != nil || got.State != upload.Expired || got.ExpiredAt != u.DeleteBy {
		t.Errorf("one: %+v, %v", got, err)
	}
	if list, _, err := k.List(t.Context(), k.act(""), k.org, "", "", 10); err != nil || len(list) != 1 || list[0].State != upload.Expired {
		t.Errorf("a list: %+v, %v", list, err)
	}
	if got, err := k.Complete(t.Context(), k.act(""), k.org, u.ID, upload.Completion{}); err != nil || got.State != upload.Expired {
		t.Errorf("completing: %+v, %v", got, err)
	}
	if _, err := k.Get(t.Context(), k.act(""), "org_other", u.ID); !errors.Is(err, fault.NotFound) {
		t.Errorf("another organisation's: %v", err)
	}
}
