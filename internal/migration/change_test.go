package migration_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/memory"
	"waybill/internal/migration"
)

func rename(d migration.Draft) (migration.Draft, error) {
	d.Name = "wave 2"
	return d, nil
}

func TestEdit(t *testing.T) {
	t.Parallel()
	k := start(t)
	edited, err := k.Edit(t.Context(), k.act(""), k.org, k.saved.ID, `"1"`, rename)
	if err != nil || edited.Draft.Name != "wave 2" || edited.Revision != 2 || edited.CreatedAt != noon {
		t.Errorf("edited %+v, %v", edited, err)
	}
	unread := errors.New("the body is no merge patch")
	for name, row := range map[string]struct {
		match  audit.Match
		change func(migration.Draft) (migration.Draft, error)
		kind   error
	}{
		"without If-Match":    {"", rename, fault.Unconditional},
		"of what has passed":  {`"1"`, rename, fault.Stale},
		"into nonsense":       {`"2"`, func(d migration.Draft) (migration.Draft, error) { d.Name = ""; return d, nil }, fault.BadInput},
		"that cannot be read": {`"2"`, func(d migration.Draft) (migration.Draft, error) { return d, unread }, unread},
	} {
		if _, err := k.Edit(t.Context(), k.act(""), k.org, k.saved.ID, row.match, row.change); !errors.Is(err, row.kind) {
			t.Errorf("an edit %s: %v, want %v", name, err, row.kind)
		}
	}
	if now, _ := k.Get(t.Context(), k.org, k.saved.ID); now.Revision != 2 || now.Draft.Name != "wave 2" {
		t.Errorf("it is now %+v", now)
	}
}

// A change in place, as a decoder makes it, does not reach the record when the edit is refused.
func TestEditWorksOnACopy(t *testing.T) {
	t.Parallel()
	k := start(t)
	_, err := k.Edit(t.Context(), k.act(""), k.org, k.saved.ID, "*", func(d migration.Draft) (migration.Draft, error) {
		d.Scope.Projects[0].Key = "no key"
		return d, nil
	})
	if !errors.Is(err, fault.BadInput) {
		t.Errorf("got %v", err)
	}
	if now, _ := k.Get(t.Context(), k.org, k.saved.ID); now.Draft.Scope.Projects[0].Key != "NW" {
		t.Errorf("the record has the project %q now", now.Draft.Scope.Projects[0].Key)
	}
}

// changes are all that can be done to a saved migration, except to edit and to delete it.
func (k *kit) changes() map[string]func(context.Context, audit.Act, string, string, audit.Match) (migration.Migration, error) {
	return map[string]func(context.Context, audit.Act, string, string, audit.Match) (migration.Migration, error){
		"run": k.Run, "archive": k.Archive,
		"edit": func(ctx context.Context, act audit.Act, o, id string, match audit.Match) (migration.Migration, error) {
			return k.Edit(ctx, act, o, id, match, rename)
		},
		"delete": func(ctx context.Context, act audit.Act, o, id string, match audit.Match) (migration.Migration, error) {
			return k.saved, k.Delete(ctx, act, o, id, match)
		},
	}
}

// What is refused to everything that changes a record: another organisation's, a revision that has passed, nobody.
func TestEveryChangeIsGuarded(t *testing.T) {
	t.Parallel()
	for verb := range start(t).changes() {
		k := start(t)
		change := k.changes()[verb]
		for name, row := range map[string]struct {
			actor audit.Actor
			org   string
			match audit.Match
			kind  error
		}{
			"in another organisation":       {"ada", "org_other", "*", fault.NotFound},
			"at a revision that has passed": {"ada", k.org, `"7"`, fault.Stale},
			"by nobody":                     {"", k.org, "*", audit.ErrNobody},
		} {
			if _, err := change(t.Context(), k.Act(row.actor), row.org, k.saved.ID, row.match); !errors.Is(err, row.kind) {
				t.Errorf("%s %s: %v, want %v", verb, name, err, row.kind)
			}
		}
		if now, err := k.Get(t.Context(), k.org, k.saved.ID); err != nil || now.Revision != 1 || len(k.Told(k.saved.ID)) != 1 {
			t.Errorf("%s changed something: %+v, %v", verb, now, err)
		}
	}
}

// Each change that is repeated with the same idempotency key happens once, and answers as it did, whatever revision the
// caller says to have seen. With another request under the key, it is refused.
func TestEveryChangeHappensOnce(t *testing.T) {
	t.Parallel()
	for verb := range start(t).changes() {
		for _, match := range []audit.Match{`"1"`, "*"} {
			k := start(t)
			change := k.changes()[verb]
			for range 3 {
				if _, err := change(t.Context(), k.act("k"), k.org, k.saved.ID, match); err != nil {
					t.Errorf("%s with If-Match %s: %v", verb, match, err)
				}
			}
			if told := k.Told(k.saved.ID); len(told) != 2 {
				t.Errorf("%s with If-Match %s, on record: %v", verb, match, told)
			}
			other := k.act("k")
			other.Once.Digest = "digest of another request"
			if _, err := change(t.Context(), other, k.org, k.saved.ID, match); !errors.Is(err, fault.KeyReused) {
				t.Errorf("%s, the key used for another request: %v", verb, err)
			}
		}
	}
}

// What happens between reading and writing is noticed: the second of two who change at once is told so.
func TestEveryChangeNoticesAnother(t *testing.T) {
	t.Parallel()
	for verb := range start(t).changes() {
		k := start(t)
		inside := false
		k.Decide(func(call string) memory.Fate {
			if !inside && (strings.HasPrefix(call, "ReplaceMigration") || strings.HasPrefix(call, "DeleteMigration")) {
				inside = true
				if _, err := k.Edit(t.Context(), k.Act("eve"), k.org, k.saved.ID, "*", rename); err != nil {
					t.Error(err)
				}
			}
			return memory.Heard
		})
		if _, err := k.changes()[verb](t.Context(), k.act(""), k.org, k.saved.ID, "*"); !errors.Is(err, fault.Stale) {
			t.Errorf("%s: %v", verb, err)
		}
	}
}

// The same request while the first still runs: both are answered with what was done, once.
func TestEveryChangeTwiceAtOnce(t *testing.T) {
	t.Parallel()
	for verb := range start(t).changes() {
		k := start(t)
		change := k.changes()[verb]
		inside := false
		k.Decide(func(call string) memory.Fate {
			if !inside && (strings.HasPrefix(call, "ReplaceMigration") || strings.HasPrefix(call, "DeleteMigration")) {
				inside = true
				if _, err := change(t.Context(), k.act("k"), k.org, k.saved.ID, "*"); err != nil {
					t.Errorf("%s, inside: %v", verb, err)
				}
			}
			return memory.Heard
		})
		if _, err := change(t.Context(), k.act("k"), k.org, k.saved.ID, "*"); err != nil {
			t.Errorf("%s: %v", verb, err)
		}
		if told := k.Told(k.saved.ID); len(told) != 2 {
			t.Errorf("%s, on record: %v", verb, told)
		}
	}
}

// A migration is deleted after its uploads, and stays when their purge cannot be asked for.
func TestDelete(t *testing.T) {
	t.Parallel()
	k := start(t)
	k.staged.err = errors.New("the store is away")
	if err := k.Delete(t.Context(), k.act("k"), k.org, k.saved.ID, ""); !errors.Is(err, k.staged.err) {
		t.Errorf("got %v", err)
	}
	if _, err := k.Get(t.Context(), k.org, k.saved.ID); err != nil {
		t.Errorf("it is gone, and what was staged for it is not: %v", err)
	}
	k.staged.err = nil
	if err := k.Delete(t.Context(), k.act("k"), k.org, k.saved.ID, ""); err != nil {
		t.Errorf("repeated: %v", err)
	}
	if want := k.org + "/" + k.saved.ID; !slices.Equal(k.staged.purged, []string{want, want}) {
		t.Errorf("purged were %v", k.staged.purged)
	}
}

// One that runs is not deleted, nor is anything that was staged for it.
func TestDeleteOfWhatRuns(t *testing.T) {
	t.Parallel()
	k := start(t)
	if _, err := k.Run(t.Context(), k.act(""), k.org, k.saved.ID, ""); err != nil {
		t.Fatal(err)
	}
	if err := k.Delete(t.Context(), k.act(""), k.org, k.saved.ID, ""); !errors.Is(err, fault.Conflict) {
		t.Errorf("got %v", err)
	}
	if len(k.staged.purged) != 0 {
		t.Errorf("purged were %v", k.staged.purged)
	}
}
