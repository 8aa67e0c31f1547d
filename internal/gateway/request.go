package gateway

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

func request(ctx context.Context, event events.APIGatewayV2HTTPRequest) *http.Request {
	from := event.RequestContext.HTTP
	r := &http.Request{
		Method:     from.Method,
		URL:        address(event.RawPath, event.RawQueryString),
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Header:     http.Header{},
		RemoteAddr: from.SourceIP,
	}
	for name, value := range event.Headers {
		r.Header.Add(name, value)
	}
	if len(event.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(event.Cookies, "; "))
	}
	r.Host = r.Header.Get("Host")
	r.Header.Del("Host") // where net/http keeps it, too
	r.Body, r.ContentLength = body(event)
	return r.WithContext(ctx)
}

// address is the URL as it was asked for. Some fronts hand on the path decoded; then it is taken as it is.
func address(path, query string) *url.URL {
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return &url.URL{Path: path, RawQuery: query}
	}
	return &url.URL{Path: decoded, RawPath: path, RawQuery: query}
}

// body is what was sent. One that is not the base64 that it is said to be fails when it is read.
func body(event events.APIGatewayV2HTTPRequest) (io.ReadCloser, int64) {
	if !event.IsBase64Encoded {
		return io.NopCloser(strings.NewReader(event.Body)), int64(len(event.Body))
	}
	raw, err := base64.StdEncoding.DecodeString(event.Body)
	if err != nil {
		return io.NopCloser(broken{err}), -1
	}
	return io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
