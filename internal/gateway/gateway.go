// Package gateway stands between API Gateway's HTTP API (payload format 2.0) and an http.Handler: an event becomes the
// request that it was, the answer becomes an event again.
//
// The path and the query stay as the client wrote them, bodies are bytes whether or not they travelled in base64, repeated
// headers are one line with commas, as API Gateway hands them on. Who calls comes from the context of the REQUEST
// authorizer (package token, which writes it) and reaches the handler as a [web.Caller]: without a subject in it, the
// caller is nobody.
//
// It refuses nothing and knows no route: whatever an event holds, the handler hears of it and answers.
package gateway

import (
	"context"
	"net/http"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/web"
)

// Handle makes a Lambda handler of an HTTP handler. It never answers an error, which API Gateway would show as a 500 of
// its own.
func Handle(h http.Handler) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return func(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		answer := answer{header: http.Header{}, bodiless: event.RequestContext.HTTP.Method == http.MethodHead}
		h.ServeHTTP(&answer, request(web.WithCaller(ctx, caller(event.RequestContext)), event))
		return answer.event(), nil
	}
}
