package page_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"waybill/internal/fault"
	"waybill/internal/page"
)

var (
	cursors = page.Cursors{Key: func(context.Context) ([]byte, error) { return []byte("the cell's secret"), nil }}
	saved   = page.Listing{Organisation: "org_a", Name: "/migrations?status=SAVED"}
)

const last = "mig_01kb2rq1c0h3m8z5v7x9y2w4t6"

func seal(t testing.TB, c page.Cursors, l page.Listing, last string) string {
	t.Helper()
	cursor, err := c.Seal(t.Context(), l, last)
	if err != nil {
		t.Fatal(err)
	}
	return cursor
}

func TestCursorComesBackAsItWasSealed(t *testing.T) {
	t.Parallel()
	for _, id := range []string{last, "a", strings.Repeat("a", 240)} {
		if got, err := cursors.Open(t.Context(), saved, seal(t, cursors, saved, id)); err != nil || got != id {
			t.Errorf("got %q, %v; want %q", got, err, id)
		}
	}
	if got, err := cursors.Open(t.Context(), saved, ""); err != nil || got != "" {
		t.Errorf("no cursor: got %q, %v", got, err)
	}
}

// A cursor is worth something only where it was given.
func TestCursorIsRefused(t *testing.T) {
	t.Parallel()
	good := seal(t, cursors, saved, last)
	stranger := page.Cursors{Key: func(context.Context) ([]byte, error) { return []byte("another cell's"), nil }}
	flipped := []byte(good)
	flipped[0] ^= 1
	for name, row := range map[string]struct {
		listing page.Listing
		cursor  string
	}{
		"in another organisation":        {page.Listing{Organisation: "org_b", Name: saved.Name}, good},
		"in another listing":             {page.Listing{Organisation: "org_a", Name: "/uploads"}, good},
		"with another filter":            {page.Listing{Organisation: "org_a", Name: "/migrations?status=RUNNING"}, good},
		"with the fields cut elsewhere":  {page.Listing{Organisation: "org_a/", Name: "migrations?status=SAVED"}, good},
		"of another cell":                {saved, seal(t, stranger, saved, last)},
		"with one bit changed":           {saved, string(flipped)},
		"with another id behind its MAC": {saved, good[:len(good)-4] + "AAAA"},
		"cut short":                      {saved, good[:len(good)-4]},
		"of a MAC alone":                 {saved, base64.RawURLEncoding.EncodeToString(make([]byte, 16))},
		"of an empty id":                 {saved, seal(t, cursors, saved, "")},
		"of zeros":                       {saved, base64.RawURLEncoding.EncodeToString(make([]byte, 32))},
		"that is no base64":              {saved, "%%%"},
		"in the other base64":            {saved, good + "="},
		"with a line break in it":        {saved, good[:8] + "\n" + good[8:]},
		"that is a plain id":             {saved, last},
		"that is longer than any":        {saved, seal(t, cursors, saved, strings.Repeat("a", 241))},
	} {
		got, err := cursors.Open(t.Context(), row.listing, row.cursor)
		var refusal *fault.Refusal
		if got != "" || !errors.As(err, &refusal) || refusal.Kind != fault.BadInput || len(refusal.Fields) != 1 ||
			refusal.Fields[0].Pointer != "?cursor" || refusal.Fields[0].Rule != "cursor" {
			t.Errorf("a cursor %s: %q, %v", name, got, err)
		}
	}
}

// The secret is away: that is no fault of the caller's, and no cursor is let through unchecked.
func TestCursorWithoutTheSecret(t *testing.T) {
	t.Parallel()
	away := errors.New("KMS is away")
	c := page.Cursors{Key: func(context.Context) ([]byte, error) { return nil, away }}
	if cursor, err := c.Seal(t.Context(), saved, last); !errors.Is(err, away) || cursor != "" {
		t.Errorf("sealing: %q, %v", cursor, err)
	}
	if got, err := c.Open(t.Context(), saved, seal(t, cursors, saved, last)); !errors.Is(err, away) || got != "" {
		t.Errorf("opening: %q, %v", got, err)
	}
}

// What opens is letter for letter what was sealed: nobody can make a second spelling, let alone another cursor.
func FuzzOpen(f *testing.F) {
	good := seal(f, cursors, saved, last)
	for _, seed := range []string{good, good + "\r\n", good[:20], "AAAA", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		got, err := cursors.Open(t.Context(), saved, cursor)
		if err != nil || cursor == "" {
			return
		}
		if again := seal(t, cursors, saved, got); again != cursor {
			t.Errorf("%q opens as %q, which is sealed as %q", cursor, got, again)
		}
	})
}
