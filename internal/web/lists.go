package web

import (
	"context"
	"net/url"
	"strconv"

	"waybill/internal/fault"
	"waybill/internal/page"
)

// list is one listing of things, newest first, page by page.
type list[T any] struct {
	read func(after string, limit int) (items []T, more bool, err error)
	id   func(T) string
	show func(T) any
	// owner, where set, answers fault.NotFound when that of which the things are listed is not there. It is asked only
	// when there is nothing to show, so that a list costs one read.
	owner func(context.Context, *call) error
}

// paged is a page. Next, where there is one, is the cursor of the following page.
type paged struct {
	Items []any  `json:"items"`
	Next  string `json:"next,omitempty"`
}

func (l list[T]) answer(ctx context.Context, cursors page.Cursors, c *call) (answer, error) {
	limit, err := limitOf(c.query)
	if err != nil {
		return answer{}, err
	}
	after, err := cursors.Open(ctx, c.listing(), c.query.Get("cursor"))
	if err != nil {
		return answer{}, err
	}
	items, more, err := l.read(after, limit)
	if err != nil {
		return answer{}, err
	}
	if len(items) == 0 && l.owner != nil {
		if err := l.owner(ctx, c); err != nil {
			return answer{}, err
		}
	}
	p := paged{Items: make([]any, len(items))}
	for i, item := range items {
		p.Items[i] = l.show(item)
	}
	if more {
		p.Next, err = cursors.Seal(ctx, c.listing(), l.id(items[len(items)-1]))
	}
	return ok(p), err
}

// listing is what a cursor is bound to: whose things, under which path, by which filters.
func (c *call) listing() page.Listing {
	filters := url.Values{}
	for name, values := range c.query {
		if name != "limit" && name != "cursor" {
			filters[name] = values
		}
	}
	return page.Listing{Organisation: c.org, Name: c.request.URL.Path + "?" + filters.Encode()}
}

func limitOf(query url.Values) (int, error) {
	if !query.Has("limit") {
		return page.DefaultLimit, nil
	}
	limit, err := strconv.Atoi(query.Get("limit"))
	var broken fault.Fields
	broken.Check(err == nil && 1 <= limit && limit <= page.MaxLimit, "?limit", "range", "It must be a whole number from 1 to %d.", page.MaxLimit)
	return limit, broken.Err()
}
