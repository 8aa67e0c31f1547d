package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/access"
	"waybill/internal/fault"
	"waybill/internal/org"
	"waybill/internal/upload"
)

// What is shown of a record, and what is ours alone.
func TestUploadsKeepWhereTheyLie(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.change(ourUpl, func(u *upload.Upload) {
		u.Bucket, u.ObjectKey, u.VersionID, u.UploadID = "bucket-of-ours", "staged/debug/x", "version-of-ours", "multipart-of-ours"
	})
	for _, line := range []string{"GET /v1/uploads/" + ourUpl, "GET /v1/orgs/" + ours + "/uploads"} {
		if got := c.want(200, line, ""); strings.Contains(string(got.text), "ours") || strings.Contains(string(got.text), "staged/") {
			t.Errorf("%s: %s", line, got.text)
		}
	}
}

func TestSmallFilesTravelInOnePut(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	got := c.want(201, offerUpload, exampleOf("POST /v1/orgs/{org}/uploads"))
	put, _ := got.json["put"].(map[string]any)
	if got.get("method") != "single" || put == nil || !strings.Contains(put["url"].(string), "&"+signature) || got.json["parts"] != nil {
		t.Errorf("the offer is %s", got.text)
	}
	if !strings.Contains(string(got.text), "&"+signature) {
		t.Errorf("the ampersands of the URL are escaped: %s", got.text)
	}
	if got.header.Get("Location") != "/v1/uploads/"+got.get("id") || got.get("org") != ours || got.get("migration") != ourMig || got.get("deleteBy") != "2026-03-03T09:30:00.000Z" {
		t.Errorf("the offer is at %s: %s", got.header.Get("Location"), got.text)
	}
	again := c.want(200, "POST /v1/uploads/"+got.get("id")+"/put", "")
	if again.json["put"] == nil {
		t.Errorf("signed again, it is %s", again.text)
	}
	c.refused(fault.Conflict, "POST /v1/uploads/"+largeUpl+"/put", "")
}

func TestLargeFilesTravelInParts(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	got := c.want(201, offerUpload, `{"fileName":"export.zip","size":1099511627776,"kind":"export"}`)
	if got.get("method") != "multipart" || got.json["put"] != nil || got.json["partSize"] != float64(132<<20) || got.json["parts"] != 7944.0 {
		t.Errorf("the offer is %s", got.text)
	}
	parts := "/v1/uploads/" + largeUpl + "/parts"
	if none := c.want(200, "GET "+parts, ""); string(none.text) != `{"parts":[]}`+"\n" {
		t.Errorf("before the first part S3 has %s", none.text)
	}
	signed := c.want(200, "POST "+parts, `{"parts":[{"number":2,"sha256":"`+digestOfSome+`"},{"number":1,"sha256":"`+digestOfSome+`"}]}`)
	list := signed.json["parts"].([]any)
	if len(list) != 2 || list[0].(map[string]any)["number"] != 2.0 || list[1].(map[string]any)["headers"] == nil {
		t.Errorf("signed are %s", signed.text)
	}
	c.refused(fault.Conflict, "GET /v1/uploads/"+ourUpl+"/parts", "")

	// What S3 has can be sent to complete as it was answered.
	c.objects.has = []upload.Part{{Number: 1, ETag: `"a"`, SHA256: digestOfSome, Size: 16 << 20}, {Number: 2, ETag: `"b"`, SHA256: digestOfSome, Size: 4 << 20}}
	sealed := c.want(200, completeUpload, string(c.want(200, "GET "+parts, "").text))
	if sealed.get("state") != "SEALED" || sealed.get("rule") != "debug" || sealed.get("deleteBy") != "2026-03-16T09:30:00.000Z" {
		t.Errorf("completed, it is %s", sealed.text)
	}
	c.want(200, completeUpload, "") // whichever comes second finds it sealed
}

// A key that was used for another request is refused before S3 is asked for what cannot be taken back.
func TestReusedKeysJoinNothing(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	once := "Idempotency-Key: 6f1c2a9e"
	c.want(200, signParts, exampleOf("POST /v1/uploads/{upl}/parts"), once)
	c.want(200, signParts, exampleOf("POST /v1/uploads/{upl}/parts"), once)
	body := exampleOf("POST /v1/uploads/{upl}/complete")
	c.refused(fault.KeyReused, completeUpload, body, once)
	if c.objects.done != 0 {
		t.Error("the parts were joined all the same")
	}
	c.want(200, completeUpload, body, "Idempotency-Key: another")
	c.want(200, completeUpload, body, "Idempotency-Key: another")
	if c.objects.done != 1 {
		t.Errorf("the parts were joined %d times", c.objects.done)
	}
}

// While S3's report has yet to come, completing is accepted and says when to look again.
func TestCompletingIsAcceptedBeforeTheReport(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	small := c.want(202, "POST /v1/uploads/"+ourUpl+"/complete", "")
	c.want(200, signParts, exampleOf("POST /v1/uploads/{upl}/parts"))
	c.objects.gone = true // joined by an earlier call that never heard so
	large := c.want(202, completeUpload, exampleOf("POST /v1/uploads/{upl}/complete"))
	for _, got := range []reply{small, large} {
		if got.header.Get("Retry-After") == "" || got.get("state") != "PENDING" {
			t.Errorf("it is %v %s", got.header, got.text)
		}
	}
}

// A repeated offer signs anew while there is something to send.
func TestOffersRepeated(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	offer := func() reply {
		return c.want(201, offerUpload, exampleOf("POST /v1/orgs/{org}/uploads"), "Idempotency-Key: once")
	}
	first, again := offer(), offer()
	if again.get("id") != first.get("id") || again.json["put"] == nil {
		t.Errorf("repeated, the offer is %s", again.text)
	}
	c.change(first.get("id"), func(u *upload.Upload) { u.State, u.SealedAt = upload.Sealed, start })
	if sealed := offer(); sealed.get("state") != "SEALED" || sealed.json["put"] != nil {
		t.Errorf("repeated when sealed, the offer is %s", sealed.text)
	}
}

// An offer is over after a day, whether or not the schedule came by.
func TestOffersExpireByTheClock(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.now = start.Add(24 * time.Hour)
	if got := c.want(200, "GET /v1/uploads/"+ourUpl, ""); got.get("state") != "EXPIRED" || got.get("expiredAt") != "2026-03-03T09:30:00.000Z" {
		t.Errorf("it is %s", got.text)
	}
	c.refused(fault.Conflict, "POST /v1/uploads/"+ourUpl+"/put", "")
	if got := c.want(200, "POST /v1/uploads/"+ourUpl+"/complete", ""); got.get("state") != "EXPIRED" {
		t.Errorf("completed, it is %s", got.text)
	}
	c.refused(fault.Conflict, signParts, exampleOf("POST /v1/uploads/{upl}/parts"))
	c.refused(fault.Conflict, "GET /v1/uploads/"+largeUpl+"/parts", "")
}

func TestALostKeyStopsUploads(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.store.SetKey(operatorKey, org.Disabled)
	body := exampleOf("POST /v1/orgs/{org}/uploads")
	if got := c.refused(fault.KeyUnusable, offerUpload, body); !strings.Contains(got.get("detail"), "disabled") {
		t.Errorf("the detail is %q", got.get("detail"))
	}
	c.store.SetKey(operatorKey, org.Usable)
	c.want(201, offerUpload, body)
}

func TestTheQuarantineIsTheOperators(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.refused(fault.NotFound, "GET /v1/uploads/"+strayUpl, "")
	c.as = person(access.Operator)
	if got := c.want(200, "GET /v1/uploads", "").ids(); !slices.Equal(got, []string{strayUpl}) {
		t.Errorf("quarantined are %v", got)
	}
	got := c.want(200, "GET /v1/uploads/"+strayUpl, "")
	if got.get("state") != "QUARANTINED" || got.json["org"] != nil {
		t.Errorf("it is %s", got.text)
	}
	c.refused(fault.NotFound, "GET /v1/uploads/"+ourUpl, "")
}

func TestDeletionIsAsked(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	got := c.want(202, "DELETE /v1/uploads/"+ourUpl, "")
	if got.get("state") != "EXPIRED" || got.header.Get("ETag") != `"2"` {
		t.Errorf("it is %v %s", got.header, got.text)
	}
	c.want(202, "DELETE /v1/uploads/"+ourUpl, "")
	c.want(204, "DELETE /v1/migrations/"+ourMig, "")
	if u, _ := c.store.Upload(t.Context(), ours, largeUpl); u.State != upload.Expired {
		t.Errorf("what was staged for a deleted migration is %s", u.State)
	}
	c.refused(fault.Conflict, "DELETE /v1/migrations/"+runningMig, "")
}
