package upload_test

import (
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/ident"
	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// arrive puts an object by hand and answers the record it makes: an upload of the organisation's, or a quarantined one.
func (k *kit) arrive(key string) (upload.Upload, audit.Action) {
	k.t.Helper()
	k.cell.Drop(key, 7)
	k.deliver()
	trail := k.cell.Trail()
	last := trail[len(trail)-1]
	u, err := k.cell.Upload(k.t.Context(), last.Organisation, last.Resource)
	k.must(err)
	return u, last.Action
}

// Where an object that nobody offered goes, by its key.
func TestUnofferedByKey(t *testing.T) {
	t.Parallel()
	k := start(t)
	pending := k.offer(small())
	stranger, unknown := "org_01kb2rq1c0h3m8z5v7x9y2w4t6", "upl_01kb2rq1c0h3m8z5v7x9y2w4t6"
	for key, kind := range map[string]upload.Kind{
		"drop/" + k.org + "/support.zip":                upload.SupportZip,
		"drop/" + k.org + "/SUPPORT.ZIP":                upload.SupportZip,
		"drop/" + k.org + "/2026/11/support.zip":        upload.SupportZip,
		"drop/" + k.org + "/export.tar":                 upload.Other,
		"drop/" + k.org + "/zip":                        upload.Other,
		"drop/" + k.org + "//":                          upload.Other,
		"drop/" + k.org:                                 upload.Unmatched,
		"drop/" + k.org + "/":                           upload.Unmatched,
		"drop/" + strings.ToUpper(k.org) + "/a.zip":     upload.Unmatched,
		k.org + "/a.zip":                                upload.Unmatched,
		"drop/" + stranger + "/a.zip":                   upload.Unmatched,
		"drop//a.zip":                                   upload.Unmatched,
		"drop/support.zip":                              upload.Unmatched,
		" drop/" + k.org + "/a.zip":                     upload.Unmatched,
		"/drop/" + k.org + "/a.zip":                     upload.Unmatched,
		"staged/debug/" + k.org + "/" + unknown:         upload.Unmatched,
		"staged/debug/" + stranger + "/" + pending.ID:   upload.Unmatched,
		"staged/assessment/" + k.org + "/" + pending.ID: upload.Unmatched, // not the key that it was offered
		"staged/" + k.org + "/" + pending.ID:            upload.Unmatched,
		pending.ObjectKey + "/more":                     upload.Unmatched,
		"x" + pending.ObjectKey:                         upload.Unmatched,
		"anything":                                      upload.Unmatched,
		"../":                                           upload.Unmatched,
	} {
		u, action := k.arrive(key)
		state, org, arn, told := upload.Sealed, k.org, memory.DropKey, audit.UploadDropped
		if kind == upload.Unmatched {
			state, org, arn, told = upload.Quarantined, "", "", audit.UploadQuarantined
		}
		if u.Kind != kind || u.State != state || u.Org != org || u.KMSKeyARN != arn || action != told {
			t.Errorf("%q became %+v, on record as %s", key, u, action)
		}
		if !ident.Valid(ident.Upload, u.ID) || u.ObjectKey != key || u.VersionID == "" || u.Size != 7 || u.Method != upload.Single || u.Bucket != memory.Bucket || u.Region != "eu-central-1" || u.Revision != 1 {
			t.Errorf("%q became %+v", key, u)
		}
		if want := policy.Deadline(policy.Subject(kind), noon); u.DeleteBy != want || u.Due != want || u.SealedAt != noon {
			t.Errorf("%q is due %s, want %s", key, u.Due, want)
		}
	}
	if k.read(pending.ID) != pending {
		t.Errorf("what was offered is %+v", k.read(pending.ID))
	}
}

// Each version that is dropped is a thing of its own; each report of it, however late, is the same thing again.
func TestUnofferedIsRecordedOnce(t *testing.T) {
	t.Parallel()
	k := start(t)
	for _, key := range []string{"drop/" + k.org + "/a.zip", "what/is/this"} {
		before := len(k.cell.Trail())
		k.cell.Drop(key, 1)
		k.cell.Drop(key, 2)
		arrivals := k.cell.Arrivals()
		for range 2 {
			for _, a := range arrivals {
				k.must(k.Arrived(t.Context(), k.cell.Act("function:intake"), a))
			}
			k.cell.Advance(time.Hour)
		}
		if n := len(k.cell.Trail()) - before; n != 2 {
			t.Errorf("%s: %d records of two versions", key, n)
		}
	}
}

// What was dropped and taken away again before the report came leaves nothing to keep track of.
func TestDropThatIsGone(t *testing.T) {
	t.Parallel()
	k := start(t)
	before := len(k.cell.Trail())
	k.must(k.Arrived(t.Context(), k.cell.Act("function:intake"), upload.Arrival{Bucket: memory.Bucket, Key: "drop/" + k.org + "/a.zip", VersionID: "gone", Time: noon}))
	if n := len(k.cell.Trail()) - before; n != 0 {
		t.Errorf("%d records", n)
	}
}

// The name of a hand drop was chosen by whoever dropped it; what is shown of it is one harmless line.
func TestDropNames(t *testing.T) {
	t.Parallel()
	k := start(t)
	for name, want := range map[string]string{
		"support.zip":            "support.zip",
		"2026/11/support.zip":    "support.zip",
		"Überblick 2026.zip":     "Überblick 2026.zip",
		"a\nb\x7f\x00\u0085.zip": "a_b___.zip",
		"exe.\u202egpj":          "exe._gpj",
		"\xff\xfe.zip":           "__.zip",
		strings.Repeat("ü", 300): strings.Repeat("ü", 255),
		"..":                     "..",
	} {
		if u, _ := k.arrive("drop/" + k.org + "/" + name); u.FileName != want {
			t.Errorf("%q is named %q, want %q", name, u.FileName, want)
		}
	}
}

// A report without a time stops nothing.
func TestArrivalWithoutATime(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.must(k.Arrived(t.Context(), k.cell.Act("function:intake"), upload.Arrival{Bucket: memory.Bucket, Key: "what/is/this", VersionID: "v"}))
	if trail := k.cell.Trail(); trail[len(trail)-1].Action != audit.UploadQuarantined {
		t.Errorf("on record: %v", trail)
	}
}
