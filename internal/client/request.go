package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// call is one request, in the API's terms.
type call struct {
	method string
	path   []string // the segments after the cell's address; each is escaped
	query  url.Values
	body   any    // written as JSON; nil for none
	media  string // of the body; "" means application/json
	match  string // If-Match
	once   string // Idempotency-Key
}

// answer is what came back, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// maxAnswer is far above the largest answer of the API, the parts of a multipart upload, in bytes.
const maxAnswer = 32 << 20

// send asks until there is an answer worth having, and reads it.
func send[T any](ctx context.Context, c *Client, q call) (got Record[T], err error) {
	text, err := q.text()
	if err != nil {
		return got, err
	}
	var a answer
	err = c.Retry.Do(ctx, func() error {
		a, err = c.attempt(ctx, q, text)
		return err
	})
	if err != nil || len(a.body) == 0 {
		return got, err
	}
	if err := json.Unmarshal(a.body, &got); err != nil {
		return got, fmt.Errorf("reading the answer to %s: %w", q.name(), err)
	}
	got.ETag = a.header.Get("ETag")
	return got, nil
}

func (q call) text() ([]byte, error) {
	if q.body == nil {
		return nil, nil
	}
	text, err := json.Marshal(q.body)
	if err != nil {
		return nil, fmt.Errorf("writing the request %s: %w", q.name(), err)
	}
	return text, nil
}

func (q call) name() string { return q.method + " /" + strings.Join(q.path, "/") }

func (c *Client) attempt(ctx context.Context, q call, text []byte) (a answer, err error) {
	r, err := c.request(ctx, q, text)
	if err != nil {
		return a, err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return a, Passing(fmt.Errorf("calling the cell: %w", Redact(err)), 0)
	}
	defer response.Body.Close()
	a = answer{status: response.StatusCode, header: response.Header}
	if a.body, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer)); err != nil {
		return a, Passing(fmt.Errorf("reading the answer to %s: %w", q.name(), Redact(err)), 0)
	}
	if a.status < 200 || a.status > 299 {
		return a, refused(a)
	}
	return a, nil
}

func (c *Client) request(ctx context.Context, q call, text []byte) (*http.Request, error) {
	to := c.base.JoinPath(escaped(q.path)...)
	to.RawQuery = q.query.Encode()
	r, err := http.NewRequestWithContext(ctx, q.method, to.String(), bytes.NewReader(text))
	if err != nil {
		return nil, Redact(err)
	}
	set := func(name, value string) {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	set("Authorization", "Bearer "+c.token)
	set("Accept", "application/json, application/problem+json")
	set("If-Match", q.match)
	set("Idempotency-Key", q.once)
	if text != nil {
		r.Header.Set("Content-Type", q.mediaType())
	}
	return r, nil
}

func (q call) mediaType() string {
	if q.media == "" {
		return "application/json"
	}
	return q.media
}

// escaped keeps an id that somebody typed from being read as a path.
func escaped(path []string) []string {
	segments := make([]string, len(path))
	for i, s := range path {
		segments[i] = strings.ReplaceAll(url.PathEscape(s), ".", "%2E")
	}
	return segments
}
