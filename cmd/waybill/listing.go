package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"waybill/internal/client"
)

// perCall is the most that the API answers at once.
const perCall = 100

// listing is how much of a list was asked for.
type listing struct {
	limit  int
	all    bool
	cursor string
}

func (l *listing) flags(c *cobra.Command) {
	c.Flags().IntVar(&l.limit, "limit", 50, "how many to list at most")
	c.Flags().BoolVar(&l.all, "all", false, "list them all")
	c.Flags().StringVar(&l.cursor, "cursor", "", "go on where an earlier list ended")
}

// gather reads page after page until there is enough.
func gather[T any](l listing, read func(client.Range) (client.Page[T], error)) (client.Page[T], error) {
	got := client.Page[T]{Items: []client.Record[T]{}}
	if l.limit < 1 {
		return got, misused("--limit must be at least 1")
	}
	for next := l.cursor; ; next = got.Next {
		most := perCall
		if !l.all {
			most = min(most, l.limit-len(got.Items))
		}
		page, err := read(client.Range{Limit: most, Cursor: next})
		if err != nil {
			return got, err
		}
		got.Items, got.Next = append(got.Items, page.Items...), page.Next
		if page.Next == "" || !l.all && len(got.Items) >= l.limit {
			return got, nil
		}
	}
}

// show prints what was gathered, and how to go on.
func show[T any](p printer, page client.Page[T], as columns[T]) error {
	rows := []row{as.header}
	for _, item := range page.Items {
		rows = append(rows, as.line(item.Value))
	}
	if err := p.list(page, rows); err != nil {
		return err
	}
	if page.Next != "" && *p.as == asTable {
		fmt.Fprintf(os.Stderr, "There are more: --cursor %s\n", plain(page.Next))
	}
	return nil
}
