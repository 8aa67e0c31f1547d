package token

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/access"
	"waybill/internal/fault"
)

// Authorizer is the REQUEST authorizer of the HTTP API: it says who calls, and never whether they may.
//
// It always answers isAuthorized, with a context that names either the principal or the refusal. Were it to refuse by
// itself, API Gateway would answer with a body of its own, and every refusal of this API is a problem document, with a
// 401 apart from a 503. The api function denies by default: a context without a subject is nobody.
//
//	verified: {"sub":"ada","org":"org_…","roles":"viewer,migration-admin","app":"","iss":"https://…"}
//	refused:  {"refused":"unauthenticated","reason":"The token has expired."}
//
// Values are text, since API Gateway passes nothing else on unchanged. No role holds a comma.
type Authorizer struct {
	// Verify is [Verifier.Verify].
	Verify func(ctx context.Context, authorization string) (access.Principal, error)
	// Issuer is passed on, for a subject means something only beside its issuer.
	Issuer string
	// Log gets one line for each call: what came of it, never the token nor whose it was.
	Log *slog.Logger
}

// Handle answers one request of API Gateway's. It never fails: an error would become API Gateway's own 500.
func (a Authorizer) Handle(ctx context.Context, req events.APIGatewayV2CustomAuthorizerV2Request) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error) {
	p, err := a.Verify(ctx, authorization(req.Headers))
	a.log(ctx, req.RequestContext.RequestID, err)
	answer := events.APIGatewayV2CustomAuthorizerSimpleResponse{IsAuthorized: true}
	if err != nil {
		answer.Context = refusal(err)
	} else {
		answer.Context = a.principal(p)
	}
	return answer, nil
}

func (a Authorizer) principal(p access.Principal) map[string]any {
	roles := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		roles[i] = string(r)
	}
	return map[string]any{"sub": p.Subject, "org": p.Org, "roles": strings.Join(roles, ","), "app": p.App, "iss": a.Issuer}
}

func refusal(err error) map[string]any {
	kind, reason := explain(err)
	return map[string]any{"refused": kind, "reason": reason}
}

// explain names the kind of the refusal and what may be shown of it. An error that is no refusal is taken as one that
// was not the caller's fault.
func explain(err error) (kind, reason string) {
	var r *fault.Refusal
	if errors.As(err, &r) {
		return string(r.Kind), r.Detail
	}
	return string(ErrIssuerUnavailable), ""
}

// log writes the line. The cause of a failing issuer is the operator's to know; it holds nothing of the token.
func (a Authorizer) log(ctx context.Context, requestID string, err error) {
	level, outcome, reason := slog.LevelInfo, "verified", ""
	if err != nil {
		outcome, reason = explain(err)
	}
	if outcome == string(ErrIssuerUnavailable) {
		level, reason = slog.LevelError, err.Error()
	}
	a.Log.LogAttrs(ctx, level, "token checked", slog.String("outcome", outcome), slog.String("reason", reason), slog.String("requestId", requestID))
}

// authorization is the header's value. Payload format 2.0 has names in lower case and joins repeated headers with a
// comma; the same is done to names that differ in case, in case another front sends them, and Verify refuses it.
func authorization(headers map[string]string) string {
	var values []string
	for name, value := range headers {
		if strings.EqualFold(name, "authorization") {
			values = append(values, value)
		}
	}
	return strings.Join(values, ",")
}
