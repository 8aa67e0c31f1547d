package web

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"waybill/internal/fault"
)

// maxBody is the largest body, in bytes.
const maxBody = 1 << 20

// The media types of bodies.
const (
	jsonType       = "application/json"
	mergePatchType = "application/merge-patch+json" // RFC 7396
)

// body makes an endpoint of one that wants a JSON body of that type.
func body[Req any](do func(context.Context, *call, Req) (answer, error)) endpoint {
	return func(ctx context.Context, c *call) (answer, error) {
		var req Req
		text, err := c.json(jsonType)
		if err == nil {
			err = decode(text, &req)
		}
		if err != nil {
			return answer{}, err
		}
		return do(ctx, c, req)
	}
}

// optional makes an endpoint of one that wants a JSON body of that type, or none.
func optional[Req any](do func(context.Context, *call, Req) (answer, error)) endpoint {
	read := body(do)
	return func(ctx context.Context, c *call) (answer, error) {
		if len(c.body) == 0 {
			var nothing Req
			return do(ctx, c, nothing)
		}
		return read(ctx, c)
	}
}

// bodiless makes an endpoint that has no body but an empty object.
func bodiless(do endpoint) endpoint {
	return optional(func(ctx context.Context, c *call, _ struct{}) (answer, error) { return do(ctx, c) })
}

// readBody reads what a write was sent with, and ties the idempotency key to it.
func (c *call) readBody(route) (err error) {
	if c.body, err = sent(c.request); err != nil {
		return err
	}
	if once := c.act.Once; once != nil {
		once.Digest = digest(c.request, c.body)
	}
	return nil
}

// sent is the body. Reads and deletions have none that means anything (RFC 9110, 9.3).
func sent(r *http.Request) ([]byte, error) {
	if reading(r.Method) || r.Method == http.MethodDelete {
		return nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return nil, fault.Malformed.Because("The body could not be read to its end.")
	}
	if len(text) > maxBody {
		return nil, fault.TooLarge.Because("A body may have at most %d bytes.", maxBody)
	}
	return text, nil
}

// json is the body, if it says that it is one of those media types, in UTF-8, as it stands.
func (c *call) json(types ...string) ([]byte, error) {
	if len(c.body) == 0 {
		return nil, fault.Malformed.Because("A JSON body is needed.")
	}
	kind, parameters, err := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	encoding, charset := c.request.Header.Get("Content-Encoding"), parameters["charset"]
	switch {
	case err != nil || !slices.Contains(types, kind):
		return nil, fault.UnsupportedMedia.Because("The body must be sent with Content-Type %s.", strings.Join(types, " or "))
	case charset != "" && !strings.EqualFold(charset, "utf-8"):
		return nil, fault.UnsupportedMedia.Because("JSON is UTF-8 and nothing else.")
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return nil, fault.UnsupportedMedia.Because("The body must be sent without a Content-Encoding.")
	}
	return c.body, nil
}

// decode reads a JSON text into a request, or says everything that is wrong with it.
func decode(text []byte, into any) error {
	tree, err := parse(text)
	if err != nil {
		return err
	}
	if err := fit(tree, reflect.TypeOf(into).Elem(), whole); err != nil {
		return err
	}
	return unmarshal(text, into)
}

// unmarshal reads what was found to fit, so it does not fail.
func unmarshal(text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return fault.Malformed.Because("The body is not the JSON that was asked for.")
	}
	return nil
}
