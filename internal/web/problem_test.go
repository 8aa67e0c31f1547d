package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"waybill/internal/access"
	"waybill/internal/fault"
)

func TestNowhere(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "/v1", "/v1/", "/v1/orgs/", "//v1/orgs", "/v1//orgs", "/v1/orgs/../orgs", "/v1/./orgs", "/V1/orgs", "/v1/orgs/" + ours + "/",
		"/v1/migrations", "/v1/uploads/" + ourUpl + "/parts/1", "/.env", "/v1/%2e%2e/orgs", "/v1/orgs%2f", "/healthz", "/dev/token"} {
		for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS", "BREW"} {
			newCell(t).refused(fault.NotFound, method+" "+path, "")
		}
	}
}

// A path of ours by a method that it does not have.
func TestOtherMethods(t *testing.T) {
	t.Parallel()
	for line, allow := range map[string]string{
		"GET /v1/orgs":                              "POST",
		"PUT /v1/orgs/" + ours:                      "GET, HEAD",
		"GET /v1/orgs/" + ours + "/key":             "PUT",
		"DELETE /v1/orgs/" + ours + "/migrations":   "GET, POST, HEAD",
		"POST /v1/migrations/" + ourMig:             "DELETE, GET, PATCH, HEAD",
		"OPTIONS /v1/uploads/" + ourUpl:             "DELETE, GET, HEAD",
		"GET /v1/migrations/" + ourMig + "/run":     "POST",
		"TRACE /v1/openapi.yaml":                    "GET, HEAD",
		"PROPFIND /v1/uploads/" + ourUpl + "/parts": "GET, POST, HEAD",
	} {
		if got := newCell(t).refused(otherMethod, line, ""); got.header.Get("Allow") != allow {
			t.Errorf("%s: Allow is %q, want %q", line, got.header.Get("Allow"), allow)
		}
	}
}

func TestHeadIsGetWithoutABody(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	if got := c.want(200, "HEAD /v1/migrations/"+ourMig, ""); got.header.Get("ETag") != `"1"` {
		t.Errorf("the tag is %q", got.header.Get("ETag"))
	}
	c.want(200, "HEAD /v1/orgs/"+ours+"/migrations?limit=1", "")
	c.want(404, "HEAD /v1/migrations/"+theirMig, "")
}

// Names that nothing can have are absent, like those that nothing has.
func TestNamesThatNothingHas(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	for _, id := range []string{"mig_01k3v6qb3c5e7g9j1k3m5n7pff", "mig_", "mig_1", strings.ToUpper(ourMig), ourUpl, ours, "%00", "..%2f..", strings.Repeat("x", 5000), "mig_01k3v6qb3c5e7g9j1k3m5n7p9r%20"} {
		c.refused(fault.NotFound, "GET /v1/migrations/"+id, "")
		c.refused(fault.NotFound, "DELETE /v1/uploads/"+id[1:]+"x", "")
	}
	c.as = person(access.Operator)
	c.refused(fault.NotFound, "GET /v1/orgs/org_1", "")
}

// What is no refusal says only that it is ours, to the caller; the log hears what.
func TestInternalErrorsShowNothing(t *testing.T) {
	t.Parallel()
	for _, err := range []error{errOfOurs, context.DeadlineExceeded, context.Canceled, fault.Kind("invented")} {
		c := newCell(t)
		c.store.fail = fmt.Errorf("reading: %w", err)
		got := c.refused(internal, getMigration, "")
		if strings.Contains(string(got.text), err.Error()) || got.get("detail") != "" {
			t.Errorf("the answer is %s", got.text)
		}
		if !strings.Contains(c.log.String(), err.Error()) || !strings.Contains(c.log.String(), `"level":"ERROR"`) {
			t.Errorf("the log is %s", &c.log)
		}
	}
}

// A refusal from below is found however it was wrapped, and its causes are not shown.
func TestRefusalsFromBelow(t *testing.T) {
	t.Parallel()
	for kind, again := range map[fault.Kind]bool{fault.Unavailable: true, fault.TooManyRequests: true, fault.TooLarge: false} {
		c := newCell(t)
		c.store.fail = fmt.Errorf("reading (%w): %w", errOfOurs, kind)
		got := c.refused(kind, getMigration, "")
		if strings.Contains(string(got.text), "dynamodb") || (got.header.Get("Retry-After") != "") != again {
			t.Errorf("%s: the answer is %v %s", kind, got.header, got.text)
		}
	}
}

func TestWrongCell(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.api.Registrar.Cell.Others = map[string]string{"ap-south-1": "https://in.waybill.example"}
	c.handler = c.api.Handler()
	c.as = person(access.Operator)
	got := c.refused(fault.WrongCell, createOrg, with(createOrg, "Germany", "India"))
	if got.get("cell") != "https://in.waybill.example" {
		t.Errorf("the cell is %q", got.get("cell"))
	}
}

func TestPanicsAreInternalErrors(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.api.Planner.Records = nil
	c.handler = c.api.Handler()
	got := c.refused(internal, getMigration, "")
	if strings.Contains(string(got.text), "nil pointer") || !strings.Contains(c.log.String(), "nil pointer") {
		t.Errorf("the answer is %s, the log %s", got.text, &c.log)
	}
}

// One line a request, with what an operator needs and nothing of what was said.
func TestLog(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	c.ask("GET /v1/orgs/"+ours+"/events?actor=grace", "", "Authorization: Bearer 5ecre7")
	c.ask(runMigration, `{"secret":"5ecre7"}`, "Idempotency-Key: 5ecre7")
	c.ask("5ECRE7 /v1/5ecre7?5ecre7=1", "")
	c.ask(offerUpload, exampleOf("POST /v1/orgs/{org}/uploads"))
	want := []map[string]any{
		{"method": "GET", "route": "/v1/orgs/{org}/events", "status": 200.0, "level": "INFO"},
		{"method": "POST", "route": "/v1/migrations/{mig}/run", "status": 422.0, "level": "INFO", "refusal": "invalid"},
		{"method": "other", "route": "/", "status": 404.0, "level": "INFO", "refusal": "not-found"},
		{"method": "POST", "route": "/v1/migrations/{mig}/uploads", "status": 201.0, "level": "INFO"},
	}
	for _, said := range []string{"5ecre7", "5ECRE7", "grace", "ada", "support.zip"} {
		if strings.Contains(c.log.String(), said) {
			t.Errorf("the log says %q: %s", said, &c.log)
		}
	}
	for i, line := range bytes.Split(bytes.TrimSpace(c.log.Bytes()), []byte("\n")) {
		var got map[string]any
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatal(err)
		}
		for name, value := range want[i] {
			if got[name] != value {
				t.Errorf("line %d: %s is %v, want %v", i, name, got[name], value)
			}
		}
		if got["requestId"] != requestID || got["ms"] == nil {
			t.Errorf("line %d is %s", i, line)
		}
	}
}

// An API that nobody stands in front of serves nobody.
func TestWithoutAFront(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, httptest.NewRequest("GET", "/v1/orgs/"+ours, nil))
	if w.Code != 401 {
		t.Errorf("got %d", w.Code)
	}
}
