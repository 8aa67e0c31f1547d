package web

import (
	"strings"
	"testing"

	"waybill/internal/access"
	"waybill/internal/fault"
)

const getMigration = "GET /v1/migrations/" + ourMig

// What changes a record honours If-Match, and only an edit demands it.
func TestIfMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line, body       string
		without, granted int // the status when If-Match is not sent, and when it holds
	}{
		{editMigration, `{"name":"Another"}`, 428, 200},
		{runMigration, ``, 200, 200},
		{settleMigration, `{"status":"FAILED"}`, 200, 200},
		{"POST /v1/migrations/" + ourMig + "/archive", ``, 200, 200},
		{"POST /v1/migrations/" + archivedMig + "/unarchive", ``, 200, 200},
		{"DELETE /v1/migrations/" + ourMig, ``, 204, 204},
		{"DELETE /v1/uploads/" + ourUpl, ``, 202, 202},
		{bindKey, `{"keyArn":"` + customerKey + `"}`, 200, 200},
	} {
		newCell(t).want(test.without, test.line, test.body)
		for header, status := range map[string]int{
			`If-Match: "1"`:           test.granted,
			`If-Match: "7", "1"`:      test.granted,
			`If-Match: *`:             test.granted,
			`If-Match: "2"`:           412,
			`If-Match: W/"1"`:         412,
			`If-Match: 1`:             412,
			`If-Match: "1`:            412,
			`If-Match: "x'; DROP --"`: 412,
		} {
			newCell(t).want(status, test.line, test.body, header)
		}
	}
}

func TestETagFollowsTheRevision(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	first := c.want(200, getMigration, "").header.Get("ETag")
	second := c.want(200, editMigration, `{"name":"Another"}`, "If-Match: "+first).header.Get("ETag")
	if first != `"1"` || second != `"2"` {
		t.Errorf("the tags are %s and %s", first, second)
	}
	c.refused(fault.Stale, editMigration, `{"name":"A third"}`, "If-Match: "+first)
	if got := c.want(200, getMigration, ""); got.get("name") != "Another" || got.header.Get("ETag") != second {
		t.Errorf("after a stale edit there is %q at %s", got.get("name"), got.header.Get("ETag"))
	}
}

func TestIfNoneMatch(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	for header, status := range map[string]int{
		`If-None-Match: "1"`:        304,
		`If-None-Match: W/"1"`:      304,
		`If-None-Match: "7",  "1" `: 304,
		`If-None-Match: *`:          304,
		`If-None-Match: "2"`:        200,
		`If-None-Match: 1`:          200,
	} {
		got := c.want(status, getMigration, "", header)
		if got.header.Get("ETag") != `"1"` || status == 304 && len(got.text) > 0 {
			t.Errorf("%s: %v %s", header, got.header, got.text)
		}
		c.want(status, "GET /v1/orgs/"+ours, "", header)
		c.want(200, "GET /v1/uploads/"+ourUpl, "", header) // it may have expired since, without a new revision
	}
}

// The same request again answers the same record and changes nothing; another one under its key is refused.
func TestIdempotency(t *testing.T) {
	t.Parallel()
	body := exampleOf("POST /v1/orgs/{org}/migrations")
	once := "Idempotency-Key: 6f1c2a9e"
	for _, test := range []struct{ line, body, other string }{
		{createMigration, body, strings.Replace(body, "first", "second", 1)},
		{"POST /v1/migrations/" + ourMig + "/copy", ``, `{ }`},
		{editMigration, `{"name":"Another"}`, `{"name":"A third"}`},
		{runMigration, ``, `{}`},
		{settleMigration, `{"status":"FAILED"}`, `{"status":"FINISHED"}`},
		{offerUpload, exampleOf("POST /v1/orgs/{org}/uploads"), with(offerUpload, "1048576", "1048577")},
		{bindKey, `{"keyArn":"` + customerKey + `"}`, `{"keyArn":"` + operatorKey + `"}`},
		{"DELETE /v1/uploads/" + ourUpl, ``, ``},
		{"DELETE /v1/migrations/" + ourMig, ``, ``},
	} {
		c := newCell(t)
		first := c.ask(test.line, test.body, once, `If-Match: "1"`)
		written := len(c.recorded())
		again := c.ask(test.line, test.body, once, `If-Match: "1"`)
		if first.status >= 300 || again.status != first.status || again.get("id") != first.get("id") || again.header.Get("ETag") != first.header.Get("ETag") ||
			again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("%s: first %d %s, then %d %s", test.line, first.status, first.text, again.status, again.text)
		}
		if len(c.recorded()) != written {
			t.Errorf("%s: the repetition was put on record", test.line)
		}
		if test.other != "" {
			c.refused(fault.KeyReused, test.line, test.other, once, `If-Match: "1"`)
		}
	}
}

func TestIdempotencyKeyOfAnotherRoute(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	once := "Idempotency-Key: 6f1c2a9e"
	c.want(200, runMigration, "", once)
	c.refused(fault.KeyReused, "POST /v1/migrations/"+ourMig+"/copy", "", once)
}

func TestIdempotencyKeysThatAreNone(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"", strings.Repeat("k", 256), "two\x00words", "schlüssel", "tab\there"} {
		newCell(t).refused(badRequest, runMigration, "", "Idempotency-Key: "+key)
	}
	newCell(t).want(200, runMigration, "", "Idempotency-Key: "+strings.Repeat("~", 255))
	newCell(t).want(200, getMigration, "", "Idempotency-Key: \x00")
}

// Every answer carries these, whatever it says.
func TestCommonHeaders(t *testing.T) {
	t.Parallel()
	for line, as := range map[string]Caller{getMigration: admin(), "GET /v1/orgs": admin(), "GET /nowhere": {RequestID: requestID},
		"GET /v1/openapi.yaml": {RequestID: requestID}, runMigration: person(access.Vendor)} {
		c := newCell(t)
		c.as = as
		got := c.ask(line, "")
		for name, want := range map[string]string{"X-Request-Id": requestID, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains"} {
			if got.header.Get(name) != want {
				t.Errorf("%s: %s is %q", line, name, got.header.Get(name))
			}
		}
		if got.status >= 400 && got.get("instance") != requestID {
			t.Errorf("%s: the instance is %q", line, got.get("instance"))
		}
	}
}
