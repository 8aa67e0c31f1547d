package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/access"
	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/holdings"
	"waybill/internal/upload"
)

const (
	placeHold   = "POST /v1/orgs/" + ours + "/holds"
	releaseHold = "POST /v1/holds/" + ourHld + "/release"
	terminate   = "POST /v1/orgs/" + ours + "/termination"
	termination = "/v1/orgs/" + ours + "/termination"
)

// officer is a cell that the security officer calls.
func officer(t *testing.T) *cell {
	c := newCell(t)
	c.as = person(access.SecurityOfficer)
	return c
}

// on is the document's example of a hold, on something else.
func on(scope string) string {
	return strings.Replace(exampleOf("POST /v1/orgs/{org}/holds"), archivedMig, scope, 1)
}

// Holds on what is not there, another's, or has ended.
func TestHoldsOnWhatCannotBeHeld(t *testing.T) {
	t.Parallel()
	c := officer(t)
	for _, scope := range []string{theirs, theirMig, theirUpl, strayUpl, "upl_01k3v6qd4f6h8k0m2n4p6q8s9z"} {
		if got := c.refused(fault.NotFound, placeHold, on(scope)); !slices.Equal(got.rules(), []string{"/scope known"}) {
			t.Errorf("%s: broken are %q", scope, got.rules())
		}
	}
	c.change(ourUpl, func(u *upload.Upload) { u.State = upload.Purged })
	if got := c.refused(fault.Conflict, placeHold, on(ourUpl)); !strings.Contains(got.get("detail"), "PURGED") {
		t.Errorf("on what is purged: %s", got.text)
	}
	c.now = start.Add(24 * time.Hour)
	c.refused(fault.Conflict, placeHold, on(largeUpl))
}

// The life of a hold, as the API shows it.
func TestAHold(t *testing.T) {
	t.Parallel()
	c := officer(t)
	placed := c.want(201, placeHold, on(ourUpl), "Idempotency-Key: once")
	if placed.get("scope") != ourUpl || placed.get("reviewBy") != "2026-09-01T00:00:00.000Z" || placed.get("placedBy") != "ada" ||
		placed.header.Get("ETag") != `"1"` || placed.header.Get("Location") != "/v1/holds/"+placed.get("id") {
		t.Errorf("placed: %v %s", placed.header, placed.text)
	}
	if again := c.want(201, placeHold, on(ourUpl), "Idempotency-Key: once"); again.get("id") != placed.get("id") {
		t.Errorf("placed again: %s", again.text)
	}
	if another := c.want(201, placeHold, on(ourUpl)); another.get("id") == placed.get("id") {
		t.Error("a second hold is the first")
	}
	release := "POST /v1/holds/" + placed.get("id") + "/release"
	reason := exampleOf("POST /v1/holds/{hld}/release")
	c.refused(fault.Stale, release, reason, `If-Match: "9"`)
	released := c.want(200, release, reason, `If-Match: "1"`, "Idempotency-Key: enough")
	if released.get("releaseReason") != "The matter is settled." || released.get("releasedAt") == "" || released.header.Get("ETag") != `"2"` {
		t.Errorf("released: %s", released.text)
	}
	c.want(200, release, reason, `If-Match: "1"`, "Idempotency-Key: enough")
	c.refused(fault.Conflict, release, reason)
	if got := c.recorded(); len(got) != 3 || got[0].Action != audit.HoldPlaced || got[2].Action != audit.HoldReleased || got[0].Detail != ourUpl {
		t.Errorf("on record: %+v", got)
	}
}

// A review that is late is shown, on the hold and in the list, as long as the hold is in force.
func TestAnOverdueReview(t *testing.T) {
	t.Parallel()
	c := officer(t)
	hold, list := "GET /v1/holds/"+ourHld, "GET /v1/orgs/"+ours+"/holds"
	overdue := func() (shown, listed any) {
		items := c.want(200, list, "").json["items"].([]any)
		return c.want(200, hold, "").json["reviewOverdue"], items[0].(map[string]any)["reviewOverdue"]
	}
	if shown, listed := overdue(); shown != false || listed != false {
		t.Errorf("before its review it is overdue: %v, %v", shown, listed)
	}
	c.now = start.Add(25 * time.Hour)
	if shown, listed := overdue(); shown != true || listed != true {
		t.Errorf("after its review it is overdue: %v, %v", shown, listed)
	}
	c.want(200, releaseHold, exampleOf("POST /v1/holds/{hld}/release"))
	if shown, listed := overdue(); shown != false || listed != false {
		t.Errorf("released it is overdue: %v, %v", shown, listed)
	}
}

// What is under a hold is not deleted on request: the answer names the hold.
func TestDeletionUnderAHold(t *testing.T) {
	t.Parallel()
	c := officer(t)
	id := c.want(201, placeHold, on(ourUpl)).get("id")
	c.as = admin()
	for _, line := range []string{"DELETE /v1/uploads/" + ourUpl, "DELETE /v1/migrations/" + ourMig, "DELETE /v1/migrations/" + archivedMig} {
		got := c.refused(fault.Conflict, line, "")
		if want := map[bool]string{true: ourHld, false: id}[strings.HasSuffix(line, archivedMig)]; !strings.Contains(got.get("detail"), want) {
			t.Errorf("%s: %s", line, got.text)
		}
	}
	c.want(202, "DELETE /v1/uploads/"+largeUpl, "")
}

// The clock of an organisation's end: started once, shown, withdrawn; its reason only to its own.
func TestATermination(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	ask := exampleOf("POST /v1/orgs/{org}/termination")
	c.refused(fault.NotFound, "GET "+termination, "")
	c.refused(fault.NotFound, "DELETE "+termination, "")
	got := c.want(201, terminate, ask, "Idempotency-Key: once")
	if got.get("deleteBy") != "2026-05-01T09:30:00.000Z" || got.get("requestedAt") != "2026-03-02T09:30:00.000Z" || got.get("rule") != "org.paid" ||
		got.get("requestedBy") != "ada" || got.header.Get("Location") != termination {
		t.Errorf("started: %v %s", got.header, got.text)
	}
	c.now = c.now.Add(time.Hour)
	if again := c.want(201, terminate, ask, "Idempotency-Key: once"); again.get("deleteBy") != got.get("deleteBy") {
		t.Errorf("the same request again: %s", again.text)
	}
	if second := c.refused(fault.Conflict, terminate, ask); !strings.Contains(second.get("detail"), "2026-05-01") {
		t.Errorf("started twice: %s", second.text)
	}
	c.as = person(access.Operator)
	end, _ := c.want(200, "GET /v1/orgs/"+ours, "").json["termination"].(map[string]any)
	if len(end) != 3 || end["deleteBy"] != "2026-05-01T09:30:00.000Z" {
		t.Errorf("the operator sees %v", end)
	}
	c.as = admin()
	c.refused(fault.Stale, "DELETE "+termination, "", `If-Match: "1"`)
	c.want(204, "DELETE "+termination, "", `If-Match: "2"`, "Idempotency-Key: stay")
	c.want(204, "DELETE "+termination, "", `If-Match: "2"`, "Idempotency-Key: stay")
	if got := c.want(200, "GET /v1/orgs/"+ours, ""); got.json["termination"] != nil {
		t.Errorf("withdrawn: %s", got.text)
	}
	c.want(201, terminate, ask)
	c.now = start.Add(61 * 24 * time.Hour)
	c.refused(fault.Conflict, "DELETE "+termination, "")
}

// While it runs, nothing begins; what is there goes on.
func TestWhileATerminationRuns(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.leave()
	for _, line := range []string{createMigration, runMigration, "POST /v1/migrations/" + ourMig + "/copy", offerUpload, "POST /v1/orgs/" + ours + "/uploads"} {
		body := ""
		if strings.HasSuffix(line, "uploads") {
			body = exampleOf("POST /v1/orgs/{org}/uploads")
		} else if line == createMigration {
			body = exampleOf("POST /v1/orgs/{org}/migrations")
		}
		if got := c.refused(fault.Conflict, line, body); !strings.Contains(got.get("detail"), "termination") {
			t.Errorf("%s: %s", line, got.text)
		}
	}
	c.want(200, "GET /v1/uploads/"+ourUpl, "")
	c.want(202, "DELETE /v1/uploads/"+ourUpl, "")
	c.want(200, "POST /v1/migrations/"+runningMig+"/settle", `{"status":"FINISHED"}`)
	c.as = person(access.SecurityOfficer)
	c.want(201, placeHold, on(ours))
}

// The map, page by page, and under a hold.
func TestHoldings(t *testing.T) {
	t.Parallel()
	c := officer(t)
	id := c.want(201, placeHold, on(ourUpl)).get("id")
	c.leave()
	var kinds []string
	held := map[string]any{}
	for next, pages := "", 0; pages == 0 || next != ""; pages++ {
		got := c.want(200, "GET /v1/orgs/"+ours+"/holdings?limit=2&cursor="+next, "")
		for _, item := range got.json["items"].([]any) {
			h := item.(map[string]any)
			kinds = append(kinds, h["kind"].(string))
			held[h["id"].(string)] = h
		}
		next = got.get("next")
	}
	want := []string{"records", "idempotency-keys", "audit-trail", "certificates", "ledger", "backups", "staged", "staged"}
	if !slices.Equal(kinds, want) {
		t.Errorf("held are %v", kinds)
	}
	free, under := held[largeUpl].(map[string]any), held[ourUpl].(map[string]any)
	if free["predictedPurge"] != "2026-03-03T10:00:00.000Z" || free["deleteBy"] != "2026-03-03T09:30:00.000Z" || free["kmsKeyArn"] != operatorKey || free["size"] != 20.0*(1<<20) {
		t.Errorf("one that is free is %v", free)
	}
	if under["predictedPurge"] != nil || under["holds"].([]any)[0] != id || under["deleteBy"] == nil {
		t.Errorf("one under a hold is %v", under)
	}
	got := c.want(200, "GET /v1/migrations/"+ourMig+"/holdings", "")
	if got.ids()[0] != ourMig || len(got.ids()) != 3 {
		t.Errorf("of a migration are held %v", got.ids())
	}
	c.refused(fault.NotFound, "GET /v1/migrations/"+theirMig+"/holdings", "")
}

func kindsOfHoldings() []string {
	var all []string
	for _, k := range []holdings.Kind{holdings.Records, holdings.Idempotency, holdings.AuditTrail, holdings.Certificates, holdings.Ledger, holdings.Backups, holdings.Staged} {
		all = append(all, string(k))
	}
	return all
}
