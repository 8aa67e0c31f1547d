package token

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/access"
)

// ask sends one request through an authorizer of the issuer's, and returns the context it answers and the line it logs.
func ask(t *testing.T, v *Verifier, headers map[string]string) (context map[string]any, line map[string]any) {
	t.Helper()
	var log bytes.Buffer
	a := Authorizer{Verify: v.Verify, Issuer: v.Issuer, Log: slog.New(slog.NewJSONHandler(&log, nil))}
	req := events.APIGatewayV2CustomAuthorizerV2Request{Headers: headers}
	req.RequestContext.RequestID = "JKJaXmPLvHcESHA="
	answer, err := a.Handle(t.Context(), req)
	if err != nil || !answer.IsAuthorized {
		t.Fatalf("%+v, %v", answer, err)
	}
	if strings.Count(log.String(), "\n") != 1 || json.Unmarshal(log.Bytes(), &line) != nil {
		t.Fatalf("the log is not one line of JSON: %s", log.String())
	}
	if strings.Contains(log.String(), "ada") || strings.Contains(log.String(), "eyJ") {
		t.Errorf("the log names the person or the token: %s", log.String())
	}
	return answer.Context, line
}

// What the api function is told, and what the operator reads of it.
func TestAuthorizer(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	bearer := func(changes members) string { return "Bearer " + i.token(changes) }
	who := func(sub, org, roles, app string) map[string]any {
		return map[string]any{"sub": sub, "org": org, "roles": roles, "app": app, "iss": i.URL}
	}
	no := func(reason string) map[string]any {
		return map[string]any{"refused": "unauthenticated", "reason": reason}
	}
	for name, test := range map[string]struct {
		headers map[string]string
		want    map[string]any
		outcome string
	}{
		"two roles":                   {map[string]string{"authorization": bearer(members{"roles": "viewer migration-admin"})}, who("ada", acme, "viewer,migration-admin", ""), "verified"},
		"no roles":                    {map[string]string{"authorization": bearer(members{"roles": nil})}, who("ada", acme, "", ""), "verified"},
		"the operator":                {map[string]string{"authorization": bearer(members{"roles": "operator", "org": nil})}, who("ada", "", "operator", ""), "verified"},
		"a vendor":                    {map[string]string{"authorization": bearer(members{"roles": "vendor", "app": "com.example"})}, who("ada", acme, "vendor", "com.example"), "verified"},
		"a front that keeps capitals": {map[string]string{"Authorization": bearer(nil), "Host": "x"}, who("ada", acme, "migration-admin", ""), "verified"},

		"no headers":       {nil, no("No bearer token was sent."), "unauthenticated"},
		"another header":   {map[string]string{"x-authorization": bearer(nil), "cookie": bearer(nil)}, no("No bearer token was sent."), "unauthenticated"},
		"expired":          {map[string]string{"authorization": bearer(members{"exp": 1})}, no("The token has expired."), "unauthenticated"},
		"two of one name":  {map[string]string{"authorization": bearer(nil) + "," + bearer(nil)}, no(several), "unauthenticated"},
		"two of two names": {map[string]string{"authorization": bearer(nil), "Authorization": bearer(nil)}, no(several), "unauthenticated"},
	} {
		got, line := ask(t, v, test.headers)
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
		if line["outcome"] != test.outcome || line["requestId"] != "JKJaXmPLvHcESHA=" || line["level"] != "INFO" {
			t.Errorf("%s: logged %v", name, line)
		}
	}
}

// An issuer that cannot be reached is told apart; the cause is the operator's to read, not the caller's.
func TestAuthorizerWithoutIssuer(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	i.breakDown(down)
	v, _ := i.verifier()
	got, line := ask(t, v, map[string]string{"authorization": "Bearer " + i.token(nil)})
	want := map[string]any{"refused": "issuer-unavailable", "reason": "The token's issuer cannot be reached. Try again in a moment."}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if reason, _ := line["reason"].(string); line["level"] != "ERROR" || !strings.Contains(reason, "status 503") {
		t.Errorf("logged %v", line)
	}
}

// An error that nobody foresaw lets nobody in.
func TestAuthorizerFailsClosed(t *testing.T) {
	t.Parallel()
	a := Authorizer{Log: slog.New(slog.DiscardHandler), Verify: func(context.Context, string) (access.Principal, error) {
		return access.Principal{Subject: "ada"}, errors.New("odd")
	}}
	answer, err := a.Handle(t.Context(), events.APIGatewayV2CustomAuthorizerV2Request{})
	if want := map[string]any{"refused": "issuer-unavailable", "reason": ""}; err != nil || !reflect.DeepEqual(answer.Context, want) {
		t.Errorf("%v, %v", answer.Context, err)
	}
}
