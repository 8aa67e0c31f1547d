package faultline

import (
	"context"
	"io"
	"net/http"
	"strings"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Response is an answer as it stands on the wire; the SDK reads it as it would read the service's.
type Response struct {
	Status int
	Body   string
}

// S3Error is S3's answer to what it refuses.
func S3Error(status int, code, message string) Response {
	return Response{status, "<Error><Code>" + code + "</Code><Message>" + message + "</Message><RequestId>injected</RequestId></Error>"}
}

// SlowDown is what S3 answers to too many requests.
func SlowDown() Response {
	return S3Error(http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
}

// APIError is what the SDK makes of a refusal that carries no more than a code and a message, for Answer.
func APIError(code, message string) error {
	return &smithy.GenericAPIError{Code: code, Message: message, Fault: smithy.FaultClient}
}

type reply struct {
	response Response
	left     int
}

// Reply answers the next so many attempts at an operation in the place of the service. Other than with Answer, the SDK may
// try again.
func (l *Line) Reply(operation string, r Response, times int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.replies[operation] = &reply{r, times}
}

// attempt stands next to the wire, so inside the SDK's retries.
func (l *Line) attempt(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	r, planned := l.nextReply(awsmiddleware.GetOperationName(ctx))
	if !planned {
		return next.HandleDeserialize(ctx, in)
	}
	raw := &http.Response{StatusCode: r.Status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(r.Body))}
	return middleware.DeserializeOutput{RawResponse: &smithyhttp.Response{Response: raw}}, middleware.Metadata{}, nil
}

func (l *Line) nextReply(operation string) (Response, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.replies[operation]
	if l.paused || r == nil || r.left == 0 {
		return Response{}, false
	}
	r.left--
	return r.response, true
}
