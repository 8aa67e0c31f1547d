package client_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/client"
	"waybill/internal/client/standin"
)

const signature = "X-Amz-Signature=0123456789abcdef"

// caller is a client that does not wait: the pauses it would have made are in slept.
func caller(t *testing.T, base string) (c *client.Client, slept *[]time.Duration) {
	t.Helper()
	c, err := client.New(base, standin.Token)
	if err != nil {
		t.Fatal(err)
	}
	slept = new([]time.Duration)
	c.Retry.Jitter = func() float64 { return 1 }
	c.Retry.Sleep = func(_ context.Context, d time.Duration) error {
		*slept = append(*slept, d)
		return nil
	}
	return c, slept
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for base, fine := range map[string]bool{
		"https://cell.example":        true,
		"https://cell.example/prefix": true,
		"http://127.0.0.1:8080":       true,
		"http://[::1]:8080/":          true,
		"http://localhost:8080":       true,
		"http://cell.example":         false, // the token would travel in clear text
		"http://127.0.0.1.example":    false,
		"ftp://cell.example":          false,
		"cell.example":                false,
		"https://ada@cell.example":    false,
		"https://cell.example?a=b":    false,
		"":                            false,
		"://":                         false,
	} {
		if _, err := client.New(base, "token"); (err == nil) != fine {
			t.Errorf("%q: %v", base, err)
		}
	}
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	t.Parallel()
	const create = "POST /v1/orgs"
	for name, test := range map[string]struct {
		fault standin.Fault
		times int
		fails bool
		slept []time.Duration
	}{
		"nothing wrong":      {standin.Reset, 0, false, nil},
		"a 503":              {standin.Status(503, ""), 1, false, []time.Duration{200 * time.Millisecond}},
		"too fast":           {standin.Status(429, "3"), 2, false, []time.Duration{3 * time.Second, 3 * time.Second}},
		"lost on the way":    {standin.Reset, 3, false, []time.Duration{200, 400, 800}},
		"lost on the return": {standin.Unheard, 1, false, []time.Duration{200}},
		"for too long":       {standin.Status(500, ""), 9, true, []time.Duration{200, 400, 800, 1600}},
		"a refusal":          {standin.Status(409, ""), 1, true, nil},
		"asked for an age":   {standin.Status(503, "86400"), 1, false, []time.Duration{2 * time.Minute}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cell := standin.New(t)
			cell.Fail(create, test.times, test.fault)
			c, slept := caller(t, cell.URL)
			_, err := c.CreateOrg(t.Context(), client.OrgDraft{Name: "Example", Location: "EU", Plan: "paid"})
			if (err != nil) != test.fails {
				t.Errorf("error: %v", err)
			}
			for i, d := range test.slept {
				if d < time.Millisecond {
					test.slept[i] = d * time.Millisecond
				}
			}
			if !slices.Equal(*slept, test.slept) {
				t.Errorf("slept %v, want %v", *slept, test.slept)
			}
		})
	}
}

func TestARetriedCreateMakesOneThing(t *testing.T) {
	t.Parallel()
	cell := standin.New(t)
	org, _ := cell.Migration()
	cell.Fail("POST /v1/orgs/{org}/migrations", 2, standin.Unheard)
	c, _ := caller(t, cell.URL)
	if _, err := c.CreateMigration(t.Context(), org, []byte(`{"name":"Twice asked"}`)); err != nil {
		t.Fatal(err)
	}
	all, err := c.Migrations(t.Context(), org, client.MigrationFilter{}, client.Range{})
	if err != nil || len(all.Items) != 2 { // the one of the stand-in, and this
		t.Errorf("there are %d: %v", len(all.Items), err)
	}
}

func TestProblem(t *testing.T) {
	t.Parallel()
	answers := func(status int, media, body string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(server.Close)
		c, _ := caller(t, server.URL)
		_, err := c.Org(t.Context(), "org_1")
		return err.Error()
	}
	for _, test := range []struct {
		status             int
		media, body, wants string
	}{
		{422, "application/problem+json", `{"title":"Bad","detail":"One field broke its rule.","instance":"req_7"}`, "One field broke its rule. (422, request req_7)"},
		{404, "application/problem+json; charset=utf-8", `{"title":"No such thing"}`, "No such thing. (404)"},
		{421, "application/problem+json", `{"title":"Elsewhere","detail":"Not held here.","cell":"https://eu.example"}`, "Not held here. The right cell is https://eu.example. (421)"},
		{502, "text/html", `<html>secret</html>`, "The server answered 502 Bad Gateway. (502)"},
		{403, "application/problem+json", `not JSON`, "The server answered 403 Forbidden. (403)"},
		{302, "text/html", ``, "The server answered 302 Found. (302)"},
	} {
		if got := answers(test.status, test.media, test.body); got != test.wants {
			t.Errorf("got  %s\nwant %s", got, test.wants)
		}
	}
}

func TestRedact(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"http://127.0.0.1:1/bucket/key?" + signature,
		"http://user:" + signature + "@127.0.0.1:1/bucket/key?" + signature,
		"http://127.0.0.1:1/bucket/%zz?" + signature, // cannot even be parsed
		"gopher://127.0.0.1/?" + signature,
	} {
		_, err := http.Get(address)
		if err == nil {
			t.Fatalf("%s answered", address)
		}
		if told := client.Redact(err).Error(); strings.Contains(told, "0123456789abcdef") {
			t.Errorf("the signature is told: %s", told)
		}
	}
	other := errors.New("something else")
	if client.Redact(other) != other {
		t.Error("an error without a URL was changed")
	}
}

func TestNoTokenInErrors(t *testing.T) {
	t.Parallel()
	c, _ := caller(t, "http://127.0.0.1:1")
	_, err := c.Org(t.Context(), "org_1")
	if err == nil || strings.Contains(err.Error(), standin.Token) {
		t.Errorf("error: %v", err)
	}
}

func TestIdsAreNoPaths(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"../orgs", "..", ".", "a/b", "a?b", "a%2Fb"} {
		var asked string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked = r.URL.EscapedPath() }))
		c, _ := caller(t, server.URL)
		_, _ = c.Upload(t.Context(), id)
		server.Close()
		if rest := strings.TrimPrefix(asked, "/v1/uploads/"); rest == asked || strings.ContainsAny(rest, "/?") || strings.Contains(rest, "..") {
			t.Errorf("%q asks for %q", id, asked)
		}
	}
}

func TestARecordKeepsWhatItWasAnsweredIn(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"7"`)
		_, _ = w.Write([]byte(`{"id":"org_1","newer":true}`))
	}))
	t.Cleanup(server.Close)
	c, _ := caller(t, server.URL)
	got, err := c.Org(t.Context(), "org_1")
	if err != nil || got.Value.ID != "org_1" || got.ETag != `"7"` || string(got.Raw) != `{"id":"org_1","newer":true}` {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestRetryEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	err := client.Patient().Do(ctx, func() error {
		calls++
		cancel()
		return client.Passing(errors.New("not now"), time.Hour)
	})
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
