package gateway

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/access"
	"waybill/internal/clock"
	"waybill/internal/fault"
	"waybill/internal/web"
)

// recorded is the event that sam local invoke sends too.
func recorded(t testing.TB) (event events.APIGatewayV2HTTPRequest) {
	t.Helper()
	text, err := os.ReadFile("../../events/api.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatal(err)
	}
	return event
}

// heard is the request that a handler hears of for an event, with its body read.
func heard(t *testing.T, event events.APIGatewayV2HTTPRequest) (r *http.Request, body string, err error) {
	t.Helper()
	_, failed := Handle(http.HandlerFunc(func(_ http.ResponseWriter, got *http.Request) {
		var text []byte
		r = got
		text, err = io.ReadAll(got.Body)
		body = string(text)
	}))(t.Context(), event)
	if failed != nil {
		t.Fatal(failed)
	}
	return r, body, err
}

// answered is the event that a handler's answer becomes.
func answered(t *testing.T, method string, do http.HandlerFunc) events.APIGatewayV2HTTPResponse {
	t.Helper()
	event := recorded(t)
	event.RequestContext.HTTP.Method = method
	out, err := Handle(do)(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRequest(t *testing.T) {
	t.Parallel()
	event := recorded(t)
	event.RequestContext.HTTP.Method = "POST"
	event.RawPath, event.RawQueryString = "/v1/orgs/a%2Fb%20c", "actor=a%2Bb&actor=c+d&x"
	event.Headers["if-match"] = `"1","2"`
	event.Cookies = []string{"a=1", "b=2"}
	event.Body = `{"name":"Zürich"}`
	r, body, err := heard(t, event)
	if err != nil || body != event.Body || r.ContentLength != int64(len(event.Body)) {
		t.Errorf("the body is %q of %d: %v", body, r.ContentLength, err)
	}
	if r.Method != "POST" || r.URL.EscapedPath() != event.RawPath || r.URL.Path != "/v1/orgs/a/b c" || r.URL.RawQuery != event.RawQueryString {
		t.Errorf("it asks %s %s", r.Method, r.URL)
	}
	if r.Host != event.RequestContext.DomainName || r.Header.Get("Host") != "" || r.RemoteAddr != "192.0.2.10" {
		t.Errorf("it comes to %q from %q", r.Host, r.RemoteAddr)
	}
	if r.Header.Get("If-Match") != `"1","2"` || r.Header.Get("Cookie") != "a=1; b=2" {
		t.Errorf("the headers are %v", r.Header)
	}
}

func TestRequestBodies(t *testing.T) {
	t.Parallel()
	event := recorded(t)
	bytes := "\x00\xff binary"
	event.Body, event.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(bytes)), true
	if r, body, err := heard(t, event); err != nil || body != bytes || r.ContentLength != int64(len(bytes)) {
		t.Errorf("the body is %q of %d: %v", body, r.ContentLength, err)
	}
	event.Body = "not base64!"
	if r, _, err := heard(t, event); err == nil || r.ContentLength != -1 {
		t.Errorf("what is not base64 was read, as %d bytes", r.ContentLength)
	}
	event.Body = ""
	if _, body, err := heard(t, event); err != nil || body != "" {
		t.Errorf("no body is %q: %v", body, err)
	}
}

// Fronts that hand on the path decoded.
func TestPathsThatWereDecodedBefore(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{"/v1/100%": "/v1/100%", "/v1/a b": "/v1/a b", "/v1/ü": "/v1/ü", "": ""} {
		event := recorded(t)
		event.RawPath = raw
		if r, _, _ := heard(t, event); r.URL.Path != want {
			t.Errorf("%q is %q", raw, r.URL.Path)
		}
	}
}

func TestCaller(t *testing.T) {
	t.Parallel()
	org := "org_01m6dsg7e0x1yb8q05nmw9tp4g"
	nobody := access.Principal{}
	for name, test := range map[string]struct {
		said    map[string]any
		who     access.Principal
		refusal error
	}{
		"a person":             {map[string]any{"sub": "ada", "org": org, "roles": "viewer,migration-admin", "app": ""}, access.Principal{Subject: "ada", Org: org, Roles: []access.Role{"viewer", "migration-admin"}}, nil},
		"the operator":         {map[string]any{"sub": "olive", "org": "", "roles": "operator"}, access.Principal{Subject: "olive", Roles: []access.Role{"operator"}}, nil},
		"a vendor":             {map[string]any{"sub": "v", "org": org, "roles": "vendor", "app": "charts"}, access.Principal{Subject: "v", Org: org, Roles: []access.Role{"vendor"}, App: "charts"}, nil},
		"without roles":        {map[string]any{"sub": "ada", "org": org, "roles": ""}, access.Principal{Subject: "ada", Org: org}, nil},
		"with invented ones":   {map[string]any{"sub": "ada", "org": org, "roles": "root,,Operator, viewer"}, access.Principal{Subject: "ada", Org: org}, nil},
		"nothing":              {nil, nobody, nil},
		"no subject":           {map[string]any{"org": org, "roles": "org-admin"}, access.Principal{Org: org, Roles: []access.Role{"org-admin"}}, nil},
		"what is not text":     {map[string]any{"sub": 7.0, "org": []any{org}, "roles": true}, nobody, nil},
		"a refusal":            {map[string]any{"refused": "unauthenticated", "reason": "The token has expired."}, nobody, fault.Unauthenticated},
		"an issuer away":       {map[string]any{"refused": "issuer-unavailable", "reason": "Try again."}, nobody, fault.IssuerUnavailable},
		"an invented refusal":  {map[string]any{"refused": "internal"}, nobody, fault.Unauthenticated},
		"a refusal and a name": {map[string]any{"refused": "unauthenticated", "sub": "ada", "roles": "operator"}, nobody, fault.Unauthenticated},
	} {
		event := recorded(t)
		event.RequestContext.Authorizer.Lambda = test.said
		got := caller(event.RequestContext)
		if !reflect.DeepEqual(got.Principal, test.who) || got.RequestID != "TdLv9hYLFiAEMkg=" {
			t.Errorf("%s: it is %+v", name, got)
		}
		if kind, _ := test.refusal.(fault.Kind); kind == "" && got.Refusal != nil || kind != "" && (got.Refusal == nil || !strings.HasPrefix(got.Refusal.Error(), string(kind))) {
			t.Errorf("%s: the refusal is %v", name, got.Refusal)
		}
	}
	event := recorded(t)
	event.RequestContext.Authorizer = nil
	if got := caller(event.RequestContext); got.Principal.Subject != "" || got.Refusal != nil {
		t.Errorf("without an authorizer it is %+v", got)
	}
}

func TestAnswer(t *testing.T) {
	t.Parallel()
	out := answered(t, "GET", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Vary", "Accept")
		w.Header().Add("Vary", "Origin")
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.Header().Set("ETag", `"1"`)
		w.WriteHeader(http.StatusCreated)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, `{"a":`)
		_, _ = io.WriteString(w, `"ü"}`)
	})
	want := events.APIGatewayV2HTTPResponse{StatusCode: 201, Headers: map[string]string{"Vary": "Accept, Origin", "Etag": `"1"`}, Cookies: []string{"a=1", "b=2"}, Body: `{"a":"ü"}`}
	if !reflect.DeepEqual(out, want) {
		t.Errorf("got %+v, want %+v", out, want)
	}
	if out := answered(t, "GET", func(http.ResponseWriter, *http.Request) {}); out.StatusCode != 200 || out.Body != "" {
		t.Errorf("nothing is %+v", out)
	}
	out = answered(t, "GET", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("\xff\x00")) })
	if !out.IsBase64Encoded || out.Body != base64.StdEncoding.EncodeToString([]byte("\xff\x00")) {
		t.Errorf("bytes are %+v", out)
	}
	out = answered(t, "HEAD", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "long") })
	if out.Body != "" || out.StatusCode != 200 {
		t.Errorf("to HEAD it is %+v", out)
	}
}

// The API behind the gateway, with nobody in front: a problem document for whatever the event holds.
func FuzzHandle(f *testing.F) {
	text, err := os.ReadFile("../../events/api.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, seed := range []string{`{}`, `{"rawPath":"%"}`, `{"isBase64Encoded":true,"body":"="}`, `{"requestContext":{"authorizer":{"lambda":{"sub":1,"refused":[]}}}}`,
		`{"headers":{"":"","x y":"\n"},"cookies":["a"]}`, `{"rawPath":"/v1/orgs","requestContext":{"http":{"method":"CONNECT"}}}`} {
		f.Add([]byte(seed))
	}
	handle := Handle(web.API{Now: clock.Now, Log: slog.New(slog.DiscardHandler)}.Handler())
	f.Fuzz(func(t *testing.T, text []byte) {
		var event events.APIGatewayV2HTTPRequest
		if json.Unmarshal(text, &event) != nil {
			return
		}
		event.RequestContext.Authorizer = nil
		out, err := handle(context.Background(), event)
		if err != nil || out.StatusCode < 200 || out.StatusCode >= 500 || !utf8.ValidString(out.Body) {
			t.Errorf("answered %+v, %v", out, err)
		}
		if out.StatusCode >= 400 && out.Headers["Content-Type"] != "application/problem+json" {
			t.Errorf("refused with %v", out.Headers)
		}
	})
}
