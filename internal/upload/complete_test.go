package upload_test

import (
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

func (k *kit) complete(id string, sent []upload.Part) (upload.Upload, error) {
	k.t.Helper()
	return k.Complete(k.t.Context(), k.act(""), k.org, id, upload.Completion{Parts: sent})
}

// The call and S3's event agree, whichever comes first and however often.
func TestCompleteAndEventAgree(t *testing.T) {
	t.Parallel()
	k := start(t)
	u, sent := k.opened()
	first, err := k.complete(u.ID, sent)
	k.must(err)
	k.deliver()
	second, err := k.complete(u.ID, sent)
	k.must(err)
	if first.State != upload.Sealed || first.VersionID == "" || first.DeleteBy != noon.Add(14*policy.Day) || second != first {
		t.Errorf("first %+v\nthen %+v", first, second)
	}
	if told := k.cell.Told(u.ID); !slices.Equal(told, []audit.Action{audit.UploadOffered, audit.UploadOpened, audit.UploadSealed}) {
		t.Errorf("on record: %v", told)
	}
}

// The event may be faster than the call that caused it: between S3's answer and the record, or while that answer is lost.
func TestEventBeforeCompleteIsRecorded(t *testing.T) {
	t.Parallel()
	k := start(t)
	u, sent := k.opened()
	delivered := false
	k.cell.Decide(func(call string) memory.Fate {
		if !delivered && strings.HasPrefix(call, "ReplaceUpload") {
			delivered = true
			k.deliver()
		}
		return memory.Heard
	})
	got, err := k.complete(u.ID, sent)
	if err != nil || got.State != upload.Sealed || got != k.read(u.ID) || got.Revision != 3 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCompleteUnheard(t *testing.T) {
	t.Parallel()
	k := start(t)
	u, sent := k.opened()
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "Complete") {
			return memory.Unacknowledged
		}
		return memory.Heard
	})
	if _, err := k.complete(u.ID, sent); !errors.Is(err, memory.ErrSilence) {
		t.Errorf("got %v", err)
	}
	k.cell.Decide(nil)
	if got, err := k.complete(u.ID, sent); err != nil || got.State != upload.Pending {
		t.Errorf("repeated before the event: %+v, %v", got, err)
	}
	k.deliver()
	if got, err := k.complete(u.ID, sent); err != nil || got.State != upload.Sealed {
		t.Errorf("repeated after the event: %+v, %v", got, err)
	}
}

// A digest of the whole may be stated when all is sent. It is on the sealed record whoever seals it, and in whatever order.
func TestDigestStatedAtCompletion(t *testing.T) {
	t.Parallel()
	sealed := []audit.Action{audit.UploadOffered, audit.UploadOpened, audit.UploadSealed}
	for name, row := range map[string]struct {
		call string // before this call is carried out, or when its answer is lost, S3's event comes
		fate memory.Fate
		told []audit.Action
	}{
		"the call seals":                    {"", memory.Heard, sealed},
		"the event is faster":               {"ReplaceUpload", memory.Heard, append(slices.Clone(sealed), audit.UploadStated)},
		"S3's answer is lost":               {"Complete", memory.Unacknowledged, append(slices.Clone(sealed[:2]), audit.UploadStated, audit.UploadSealed)},
		"the record's answer is lost":       {"ReplaceUpload", memory.Unacknowledged, sealed},
		"nothing was written to the record": {"ReplaceUpload", memory.Lost, append(slices.Clone(sealed[:2]), audit.UploadStated, audit.UploadSealed)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := start(t)
			u, sent := k.opened()
			struck := false
			k.cell.Decide(func(call string) memory.Fate {
				if method, _, _ := strings.Cut(call, " "); struck || method != row.call {
					return memory.Heard
				}
				if struck = true; row.fate == memory.Heard {
					k.deliver()
				}
				return row.fate
			})
			for range 2 { // the caller asks again, heard or not
				_, _ = k.Complete(t.Context(), k.act("k"), k.org, u.ID, upload.Completion{Parts: sent, SHA256: digest("all")})
			}
			k.deliver()
			got, err := k.Complete(t.Context(), k.act(""), k.org, u.ID, upload.Completion{Parts: sent, SHA256: digest("all")})
			if err != nil || got.State != upload.Sealed || got.SHA256 != digest("all") || got != k.read(u.ID) {
				t.Errorf("got %+v, %v", got, err)
			}
			if told := k.cell.Told(u.ID); !slices.Equal(told, row.told) {
				t.Errorf("on record: %v", told)
			}
			k.must(k.cell.Check())
		})
	}
}

// What was stated first counts, at the offer or later.
func TestStatedDigestIsChecked(t *testing.T) {
	t.Parallel()
	k := start(t)
	d := big()
	d.SHA256 = digest("all")
	single, stated := k.offer(small()), k.offer(d)
	sealed, sent := k.opened()
	_, err := k.Complete(t.Context(), k.act(""), k.org, sealed.ID, upload.Completion{Parts: sent, SHA256: digest("all")})
	k.must(err)
	for name, row := range map[string]struct{ id, digest, broken string }{
		"not a digest":             {sealed.ID, "x", "/sha256 sha256"},
		"with a line break":        {stated.ID, digest("all")[:20] + "\n" + digest("all")[20:], "/sha256 sha256"},
		"another than was offered": {stated.ID, digest("other"), "/sha256 same"},
		"another than was sealed":  {sealed.ID, digest("other"), "/sha256 same"},
		"another than was signed":  {single.ID, digest("other"), "/sha256 same"},
		"the same":                 {sealed.ID, digest("all"), "nothing"},
		"the same as was signed":   {single.ID, single.SHA256, "nothing"},
		"none":                     {sealed.ID, "", "nothing"},
	} {
		_, err := k.Complete(t.Context(), k.act(""), k.org, row.id, upload.Completion{Parts: sent, SHA256: row.digest})
		if got := brokenRules(err); got != row.broken {
			t.Errorf("%s: breaks %q, want %q", name, got, row.broken)
		}
	}
	if got := k.read(sealed.ID); got.SHA256 != digest("all") || got.Revision != 3 {
		t.Errorf("at last it is %+v", got)
	}
}

// A repeated request under an idempotency key is answered with what it made.
func TestCompleteOnce(t *testing.T) {
	t.Parallel()
	k := start(t)
	u, sent := k.opened()
	for range 2 {
		got, err := k.Complete(t.Context(), k.act("k"), k.org, u.ID, upload.Completion{Parts: sent})
		if err != nil || got.State != upload.Sealed || got.Revision != 3 {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func TestCompleteIsChecked(t *testing.T) {
	t.Parallel()
	k := start(t)
	u, sent := k.opened()
	for _, row := range []struct {
		change func([]upload.Part) []upload.Part
		broken string
	}{
		{func(p []upload.Part) []upload.Part { return nil }, "/parts complete"},
		{func(p []upload.Part) []upload.Part { return p[:2] }, "/parts complete"},
		{func(p []upload.Part) []upload.Part { return append(p, p[0]) }, "/parts complete"},
		{func(p []upload.Part) []upload.Part { p[2].Number = 1; return p }, "/parts/2/number unique"},
		{func(p []upload.Part) []upload.Part { p[2].Number = 4; return p }, "/parts/2/number range"},
		{func(p []upload.Part) []upload.Part { p[1].SHA256 = "x"; return p }, "/parts/1/sha256 sha256"},
		{func(p []upload.Part) []upload.Part { p[1].ETag = ""; return p }, "/parts/1/etag required"},
		{func(p []upload.Part) []upload.Part { p[1].ETag = strings.Repeat("e", 129); return p }, "/parts/1/etag required"},
	} {
		_, err := k.complete(u.ID, row.change(slices.Clone(sent)))
		if got := brokenRules(err); got != row.broken {
			t.Errorf("breaks %q, want %q", got, row.broken)
		}
	}
	u, sent = k.opened()
	for i := range sent {
		sent[i].ETag = strings.Repeat("e", 127) + strconv.Itoa(sent[i].Number)
		k.must(k.cell.PutPart(u.UploadID, sent[i]))
	}
	slices.Reverse(sent)
	if got, err := k.complete(u.ID, sent); err != nil || got.State != upload.Sealed {
		t.Errorf("in another order: %+v, %v", got, err)
	}
}

// However many parts are wrong, the answer stays short.
func TestCompleteAnswersShort(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(upload.Draft{FileName: "all.tar", Size: upload.MaxSize, Kind: upload.Export})
	_, err := k.complete(u.ID, make([]upload.Part, u.Parts))
	var refusal *fault.Refusal
	if !errors.As(err, &refusal) || len(refusal.Fields) < 100 || len(refusal.Fields) > 104 {
		t.Errorf("got %d fields", len(refusal.Fields))
	}
}

func TestCompleteIsRefused(t *testing.T) {
	t.Parallel()
	k := start(t)
	unopened, single := k.offer(big()), k.offer(small())
	_, sent := parts(unopened)
	opened, _ := k.opened()
	strange := slices.Clone(sent)
	strange[0].ETag = "of another file"
	if got, err := k.complete(single.ID, nil); err != nil || got.State != upload.Pending {
		t.Errorf("a single one waits for its event: %+v, %v", got, err)
	}
	if _, err := k.complete(unopened.ID, sent); !errors.Is(err, fault.Conflict) {
		t.Errorf("no part of which was signed: %v", err)
	}
	if _, err := k.complete(opened.ID, strange); !errors.Is(err, fault.BadInput) {
		t.Errorf("a part that S3 does not have: %v", err)
	}
	if _, err := k.complete("upl_nobody", sent); !errors.Is(err, fault.NotFound) {
		t.Errorf("one that is not there: %v", err)
	}
	k.cell.Advance(policy.Day)
	if _, err := k.complete(opened.ID, sent); !errors.Is(err, fault.Conflict) {
		t.Errorf("past its deadline: %v", err)
	}
}
