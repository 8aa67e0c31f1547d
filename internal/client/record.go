package client

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// Record is a thing as the API answered it.
type Record[T any] struct {
	Value T
	Raw   json.RawMessage // the answer itself
	ETag  string          // of the revision; empty in lists
}

// UnmarshalJSON keeps the text as well as its meaning.
func (r *Record[T]) UnmarshalJSON(text []byte) error {
	r.Raw = bytes.Clone(text)
	return json.Unmarshal(text, &r.Value)
}

// MarshalJSON is the answer itself.
func (r Record[T]) MarshalJSON() ([]byte, error) { return r.Raw, nil }

// Page is a part of a list, newest first. Next is the cursor of the following page, empty on the last.
type Page[T any] struct {
	Items []Record[T] `json:"items"`
	Next  string      `json:"next,omitempty"`
}

// Range is where in a list to begin, and how much of it to read. The API admits limits up to 100; zero means its default.
type Range struct {
	Limit  int
	Cursor string
}

func (r Range) on(query url.Values) url.Values {
	if query == nil {
		query = url.Values{}
	}
	if r.Limit > 0 {
		query.Set("limit", strconv.Itoa(r.Limit))
	}
	if r.Cursor != "" {
		query.Set("cursor", r.Cursor)
	}
	return query
}

func get[T any](ctx context.Context, c *Client, path ...string) (Record[T], error) {
	return send[T](ctx, c, call{method: http.MethodGet, path: path})
}

func list[T any](ctx context.Context, c *Client, filter url.Values, r Range, path ...string) (Page[T], error) {
	got, err := send[Page[T]](ctx, c, call{method: http.MethodGet, path: path, query: r.on(filter)})
	return got.Value, err
}

// nothing is the body of an answer that has none worth reading.
type nothing struct{}
