package upload_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// The first call opens the multipart upload and records it; every further one signs for the same.
func TestSignParts(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(big())
	digests, _ := parts(u)
	k.cell.Decide(nil)
	for range 2 {
		signed, err := k.SignParts(t.Context(), k.act(""), k.org, u.ID, digests[1:])
		k.must(err)
		if len(signed) != 2 || signed[0].Number != 2 || signed[1].Number != 3 || !strings.HasPrefix(signed[0].URL, "https://staging/"+u.ObjectKey+"?partNumber=2&uploadId=multipart-") {
			t.Errorf("signed %+v", signed)
		}
	}
	if n := k.cell.Calls()["Open "+u.ObjectKey]; n != 1 {
		t.Errorf("S3 opened %d multipart uploads", n)
	}
	if told := k.cell.Told(u.ID); !slices.Equal(told, []audit.Action{audit.UploadOffered, audit.UploadOpened}) {
		t.Errorf("on record: %v", told)
	}
}

func TestPartsAreChecked(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(big())
	good := digest("part")
	tooMany := make([]upload.PartDigest, 1001)
	for _, row := range []struct {
		parts  []upload.PartDigest
		broken string
	}{
		{nil, "/parts min-items"},
		{tooMany, "/parts max-items"},
		{[]upload.PartDigest{{0, good}}, "/parts/0/number range"},
		{[]upload.PartDigest{{-1, good}}, "/parts/0/number range"},
		{[]upload.PartDigest{{3, good}, {4, good}}, "/parts/1/number range"},
		{[]upload.PartDigest{{1, good}, {1, good}}, "/parts/1/number unique"},
		{[]upload.PartDigest{{1, ""}}, "/parts/0/sha256 sha256"},
		{[]upload.PartDigest{{9, "x"}}, "/parts/0/number range, /parts/0/sha256 sha256"},
	} {
		_, err := k.SignParts(t.Context(), k.act(""), k.org, u.ID, row.parts)
		if got := brokenRules(err); got != row.broken {
			t.Errorf("%v breaks %q, want %q", row.parts, got, row.broken)
		}
	}
	if k.read(u.ID).UploadID != "" {
		t.Error("a multipart upload was opened for nothing")
	}
}

// As many as may be signed at once are, down to a last part of one byte.
func TestSignManyParts(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(upload.Draft{FileName: "export.tar", Size: 16<<20*1000 + 1, Kind: upload.Export})
	digests, _ := parts(u)
	for _, some := range [][]upload.PartDigest{digests[:1000], digests[1000:]} {
		if signed, err := k.SignParts(t.Context(), k.act(""), k.org, u.ID, some); err != nil || len(signed) != len(some) {
			t.Errorf("%d of %d are signed, %v", len(signed), len(some), err)
		}
	}
}

// Parts that cannot be signed are not answered half.
func TestPartsThatCannotBeSigned(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(big())
	digests, _ := parts(u)
	k.Objects = penless{k.cell}
	if signed, err := k.SignParts(t.Context(), k.act(""), k.org, u.ID, digests); !errors.Is(err, errPen) || signed != nil {
		t.Errorf("got %v, %v", signed, err)
	}
}

// penless signs nothing but first parts.
type penless struct{ *memory.Cell }

var errPen = errors.New("the credentials are gone")

func (p penless) SignPart(ctx context.Context, u upload.Upload, d upload.PartDigest) (upload.Signed, error) {
	if d.Number > 1 {
		return upload.Signed{}, errPen
	}
	return p.Cell.SignPart(ctx, u, d)
}

// brokenRules are the pointers and rules of a refusal.
func brokenRules(err error) string {
	var refusal *fault.Refusal
	if !errors.As(err, &refusal) {
		return "nothing"
	}
	var broken []string
	for _, f := range refusal.Fields {
		broken = append(broken, f.Pointer+" "+f.Rule)
	}
	return strings.Join(broken, ", ")
}

func TestPartsAreRefused(t *testing.T) {
	t.Parallel()
	k := start(t)
	single, sealed := k.offer(small()), k.sealed()
	late := k.offer(big())
	digests, _ := parts(late)
	k.cell.Advance(policy.Day)
	for name, row := range map[string]struct {
		id   string
		kind error
	}{
		"a single one":          {single.ID, fault.Conflict},
		"a sealed one":          {sealed.ID, fault.Conflict},
		"past its deadline":     {late.ID, fault.Conflict},
		"one that is not there": {"upl_nobody", fault.NotFound},
	} {
		if _, err := k.SignParts(t.Context(), k.act(""), k.org, row.id, digests[:1]); !errors.Is(err, row.kind) {
			t.Errorf("signing for %s: %v", name, err)
		}
		if _, err := k.Parts(t.Context(), k.act(""), k.org, row.id); !errors.Is(err, row.kind) {
			t.Errorf("listing of %s: %v", name, err)
		}
	}
}

// What S3 has is what can be resumed: nothing before it was opened, then what was sent.
func TestPartsThatS3Has(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(big())
	if got, err := k.Parts(t.Context(), k.act(""), k.org, u.ID); err != nil || got == nil || len(got) != 0 {
		t.Errorf("before it was opened: %v, %v", got, err)
	}
	u, sent := k.opened()
	if got, err := k.Parts(t.Context(), k.act(""), k.org, u.ID); err != nil || !slices.Equal(got, sent) {
		t.Errorf("got %v, %v", got, err)
	}
}

// Two clients open at once: both are signed for the one that is on record. Should the upload end meanwhile, the client
// is told to look again, and what it opened goes with the purge.
func TestPartsAreOpenedTwice(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		meanwhile func(*kit, upload.Upload, []upload.PartDigest) error
		kind      error
	}{
		"by another": {func(k *kit, u upload.Upload, d []upload.PartDigest) error {
			_, err := k.SignParts(k.t.Context(), k.act("other"), k.org, u.ID, d)
			return err
		}, nil},
		"by the same request": {func(k *kit, u upload.Upload, d []upload.PartDigest) error {
			_, err := k.SignParts(k.t.Context(), k.act("k"), k.org, u.ID, d)
			return err
		}, nil},
		"and changed, and not opened": {func(k *kit, u upload.Upload, d []upload.PartDigest) error {
			after := u
			after.Revision++
			return k.cell.ReplaceUpload(k.t.Context(), k.act("other"), audit.UploadOpened, u, after, "")
		}, fault.Conflict},
		"and deleted": {func(k *kit, u upload.Upload, d []upload.PartDigest) error {
			_, err := k.Delete(k.t.Context(), k.act("other"), k.org, u.ID, "")
			return err
		}, fault.Conflict},
	} {
		k := start(t)
		u := k.offer(big())
		digests, _ := parts(u)
		inside := false
		k.cell.Decide(func(call string) memory.Fate {
			if !inside && strings.HasPrefix(call, "ReplaceUpload") {
				inside = true
				k.must(row.meanwhile(k, u, digests))
			}
			return memory.Heard
		})
		signed, err := k.SignParts(t.Context(), k.act("k"), k.org, u.ID, digests)
		if !errors.Is(err, row.kind) {
			t.Errorf("%s: %v", name, err)
		}
		for i, s := range signed {
			if want := "partNumber=" + strconv.Itoa(i+1) + "&uploadId=" + k.read(u.ID).UploadID; !strings.HasSuffix(s.URL, want) {
				t.Errorf("%s: signed for %s, want …%s", name, s.URL, want)
			}
		}
		if len(k.cell.Lies(u.ObjectKey).Unfinished) != 2 && row.kind == nil {
			t.Errorf("%s: in S3 are %+v", name, k.cell.Lies(u.ObjectKey))
		}
		if err := k.cell.Replayed(t.Context(), k.org, k.act("k")); row.kind != nil && err != nil {
			t.Errorf("%s: the key of what did not come about is used up: %v", name, err)
		}
	}
}
