package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/migration"
	"waybill/internal/text"
)

// migrationFilter reads ?status= and ?archived=.
func migrationFilter(query url.Values) (f migration.Filter, err error) {
	var broken fault.Fields
	if query.Has("status") {
		f.Status = migration.Status(query.Get("status"))
		broken.Check(slices.Contains(migration.Statuses(), f.Status), "?status", "one-of", "It must be one of: %s.", words(migration.Statuses()))
	}
	if query.Has("archived") {
		archived := query.Get("archived") == "true"
		broken.Check(archived || query.Get("archived") == "false", "?archived", "one-of", "It must be true or false.")
		f.Archived = &archived
	}
	return f, broken.Err()
}

// eventFilter reads ?from=, ?to=, ?action= and ?actor=.
func eventFilter(query url.Values) (f audit.Filter, err error) {
	var broken fault.Fields
	f.From, f.To = timeOf(&broken, query, "from"), timeOf(&broken, query, "to")
	broken.Check(f.To.IsZero() || !f.To.Before(f.From), "?to", "order", "It must not be before from.")
	if query.Has("action") {
		f.Action = audit.Action(query.Get("action"))
		broken.Check(slices.Contains(audit.Actions(), f.Action), "?action", "one-of", "It must be one of: %s.", words(audit.Actions()))
	}
	if query.Has("actor") {
		f.Actor = audit.Actor(query.Get("actor"))
		text.Line(&broken, "?actor", string(f.Actor), 1, 300)
	}
	return f, broken.Err()
}

func timeOf(broken *fault.Fields, query url.Values, name string) time.Time {
	if !query.Has(name) {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, query.Get(name))
	broken.Check(err == nil, "?"+name, "time", "It must be a time as in RFC 3339, such as 2026-01-31T12:00:00Z.")
	return t.UTC()
}

func words[T ~string](list []T) string {
	var all []string
	for _, word := range list {
		all = append(all, string(word))
	}
	return strings.Join(all, ", ")
}
