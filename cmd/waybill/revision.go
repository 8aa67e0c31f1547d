package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"waybill/internal/client"
)

// revision is the one that a change is meant for: that of --if-match or, without it, the present one.
type revision struct{ match string }

func (r *revision) flag(c *cobra.Command) {
	c.Flags().StringVar(&r.match, "if-match", "", "change it only at this revision (an ETag), instead of the present one")
}

// at does something to a record at its revision; the record is read only for want of one.
func at[T, U any](r revision, read func() (client.Record[T], error), do func(match string) (U, error)) (done U, err error) {
	if r.match != "" {
		return do(quoted(r.match))
	}
	present, err := read()
	if err != nil {
		return done, err
	}
	return do(present.ETag)
}

// quoted makes an entity tag of a bare revision.
func quoted(tag string) string {
	if tag == "*" || strings.HasPrefix(tag, `"`) {
		return tag
	}
	return strconv.Quote(tag)
}
