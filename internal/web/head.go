package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

// readQuery refuses parameters that the route does not know, and those given twice: nobody could say which was meant.
func (c *call) readQuery(rt route) error {
	query, err := url.ParseQuery(c.request.URL.RawQuery)
	if err != nil {
		return badRequest.Because("The query is not well-formed.")
	}
	var broken fault.Fields
	for name, values := range query {
		known := broken.Check(slices.Contains(rt.query, name), "?"+cut(name), "unknown-parameter", "There is no such parameter here.")
		broken.Check(!known || len(values) == 1, "?"+cut(name), "unique", "It may be given once.")
	}
	c.query = query
	return broken.Err()
}

// readHeaders takes the revision and the idempotency key that a write may come with.
func (c *call) readHeaders(route) error {
	if reading(c.request.Method) {
		return nil
	}
	c.match = audit.Match(strings.Join(c.request.Header.Values("If-Match"), ","))
	keys := c.request.Header.Values("Idempotency-Key")
	switch {
	case len(keys) == 0:
		return nil
	case len(keys) > 1 || !idempotencyKey(keys[0]):
		return badRequest.Because("Idempotency-Key must be sent once, with 1 to 255 printable ASCII characters.")
	}
	c.act.Once = &audit.Once{Key: keys[0]}
	return nil
}

func reading(method string) bool { return method == http.MethodGet || method == http.MethodHead }

func idempotencyKey(s string) bool {
	odd := func(r rune) bool { return r < ' ' || r > '~' }
	return s != "" && len(s) <= 255 && !strings.ContainsFunc(s, odd)
}

// digest is of all that makes a write the same write: its method, its path and its body, each with its length before it.
func digest(r *http.Request, body []byte) string {
	h := sha256.New()
	for _, part := range []string{r.Method, r.URL.Path, string(body)} {
		h.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return base64.RawStdEncoding.EncodeToString(h.Sum(nil))
}

// cut keeps what a caller wrote from growing in the answer.
func cut(s string) string {
	const most = 100
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
