package migration_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/org"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// staged remembers for which migrations a purge was asked.
type staged struct {
	purged []string
	err    error
}

func (s *staged) DeleteAll(_ context.Context, act audit.Act, _ hold.Guard, organisation, id string) error {
	s.purged = append(s.purged, organisation+"/"+id)
	return s.err
}

// kit is one organisation with one saved migration.
type kit struct {
	*memory.Cell
	migration.Planner
	staged *staged
	org    string
	saved  migration.Migration
}

func draft() migration.Draft {
	return migration.Draft{Name: "wave 1",
		Source:      migration.Source{Product: "jira", ServerID: "B7XW", BaseURL: "https://jira.example", Version: "9.12.1"},
		Destination: migration.Destination{URL: "https://cloud.example"},
		Scope:       migration.Scope{Projects: []migration.Named{{Key: "NW"}, {Key: "OPS"}}}}
}

func start(t *testing.T) *kit {
	t.Helper()
	c := memory.New(noon)
	r := org.Registrar{Cell: org.Cell{Region: "eu-central-1"}, Records: c}
	o, err := r.Create(t.Context(), c.Act("olive"), org.Draft{Name: "Nordwind", Location: "Germany", Plan: org.Paid})
	if err != nil {
		t.Fatal(err)
	}
	s := &staged{}
	k := &kit{Cell: c, Planner: migration.Planner{Records: c, Staged: s}, staged: s, org: o.ID}
	if k.saved, err = k.Create(t.Context(), c.Act("ada"), k.org, draft()); err != nil {
		t.Fatal(err)
	}
	return k
}

// act is ada's, a minute later each time, under an idempotency key unless it is empty.
func (k *kit) act(key string) audit.Act {
	k.Advance(time.Minute)
	act := k.Act("ada")
	if key != "" {
		act.Once = &audit.Once{Key: key, Digest: "digest of the request"}
	}
	return act
}

func TestCreate(t *testing.T) {
	t.Parallel()
	k := start(t)
	m := k.saved
	if !ident.Valid(ident.Migration, m.ID) || m.Org != k.org || m.Status != migration.Saved || m.Archived || m.CopiedFrom != "" ||
		m.CreatedAt != noon || m.UpdatedAt != noon || !m.StartedAt.IsZero() || !m.SettledAt.IsZero() || m.Revision != 1 {
		t.Errorf("created %+v", m)
	}
	if m.Draft.Scope.UsersAndGroups != "none" {
		t.Errorf("what was left out is not filled in: %+v", m.Draft.Scope)
	}
	if _, err := k.Create(t.Context(), k.act(""), "org_nobody", draft()); !errors.Is(err, fault.NotFound) {
		t.Errorf("in an organisation that is not there: %v", err)
	}
	if _, err := k.Create(t.Context(), k.act(""), k.org, migration.Draft{}); !errors.Is(err, fault.BadInput) {
		t.Errorf("out of nothing: %v", err)
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	k := start(t)
	if _, err := k.Run(t.Context(), k.act(""), k.org, k.saved.ID, ""); err != nil {
		t.Fatal(err)
	}
	made, err := k.Copy(t.Context(), k.act("k"), k.org, k.saved.ID)
	if err != nil || made.ID == k.saved.ID || made.CopiedFrom != k.saved.ID || made.Status != migration.Saved || made.Revision != 1 ||
		!made.StartedAt.IsZero() || made.Draft.Name != "Copy of wave 1" || !slices.Equal(made.Draft.Scope.Projects, k.saved.Draft.Scope.Projects) {
		t.Errorf("copied %+v, %v", made, err)
	}
	if again, err := k.Copy(t.Context(), k.act("k"), k.org, k.saved.ID); err != nil || again.ID != made.ID {
		t.Errorf("the same request again made %s, %v", again.ID, err)
	}
	if told := k.Told(made.ID); !slices.Equal(told, []audit.Action{audit.MigrationCopied}) {
		t.Errorf("on record: %v", told)
	}
	if _, err := k.Copy(t.Context(), k.act(""), k.org, "mig_nobody"); !errors.Is(err, fault.NotFound) {
		t.Errorf("of nothing: %v", err)
	}
}

// A life: what each verb leaves in the record, and on the audit record.
func TestLife(t *testing.T) {
	t.Parallel()
	k := start(t)
	var m migration.Migration
	step := func(name string, do func(audit.Act) (migration.Migration, error)) {
		t.Helper()
		act := k.act("")
		before := m
		var err error
		if m, err = do(act); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if m.UpdatedAt != act.Time || m.Revision != max(before.Revision, 1)+1 {
			t.Errorf("%s: at revision %d, updated at %s", name, m.Revision, m.UpdatedAt)
		}
		if read, err := k.Get(t.Context(), k.org, k.saved.ID); err != nil || read.Revision != m.Revision || read.Status != m.Status {
			t.Errorf("%s: what is stored is %+v, %v", name, read, err)
		}
	}
	ctx, id := t.Context(), k.saved.ID
	step("archive", func(a audit.Act) (migration.Migration, error) { return k.Archive(ctx, a, k.org, id, "") })
	if !m.Archived {
		t.Error("it is not archived")
	}
	step("unarchive", func(a audit.Act) (migration.Migration, error) { return k.Unarchive(ctx, a, k.org, id, "") })
	if m.Archived {
		t.Error("it is archived still")
	}
	step("run", func(a audit.Act) (migration.Migration, error) { return k.Run(ctx, a, k.org, id, "") })
	if m.Status != migration.Running || m.StartedAt != m.UpdatedAt {
		t.Errorf("running: %+v", m)
	}
	step("settle", func(a audit.Act) (migration.Migration, error) {
		return k.Settle(ctx, a, k.org, id, "", migration.Incomplete)
	})
	if m.Status != migration.Incomplete || m.SettledAt != m.UpdatedAt || m.StartedAt == m.SettledAt {
		t.Errorf("settled: %+v", m)
	}
	if err := k.Delete(ctx, k.act(""), k.org, id, audit.Match(audit.Tag(m.Revision))); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Get(ctx, k.org, id); !errors.Is(err, fault.NotFound) {
		t.Errorf("deleted, and still there: %v", err)
	}
	want := []audit.Action{audit.MigrationCreated, audit.MigrationArchived, audit.MigrationUnarchived, audit.MigrationStarted, audit.MigrationSettled, audit.MigrationDeleted}
	if told := k.Told(id); !slices.Equal(told, want) {
		t.Errorf("on record: %v", told)
	}
}

func TestSettleAsAnEnd(t *testing.T) {
	t.Parallel()
	for _, s := range append(migration.Statuses(), "", "DONE") {
		k := start(t)
		if _, err := k.Run(t.Context(), k.act(""), k.org, k.saved.ID, ""); err != nil {
			t.Fatal(err)
		}
		_, err := k.Settle(t.Context(), k.act(""), k.org, k.saved.ID, "", s)
		ends := s == migration.Finished || s == migration.Incomplete || s == migration.Failed
		if ends != (err == nil) || !ends && !errors.Is(err, fault.BadInput) {
			t.Errorf("settled as %q: %v", s, err)
		}
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	k := start(t)
	second, err := k.Copy(t.Context(), k.act(""), k.org, k.saved.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Archive(t.Context(), k.act(""), k.org, k.saved.ID, ""); err != nil {
		t.Fatal(err)
	}
	yes := true
	for name, row := range map[string]struct {
		filter migration.Filter
		after  string
		limit  int
		want   []string
		more   bool
	}{
		"all, newest first": {migration.Filter{}, "", 10, []string{second.ID, k.saved.ID}, false},
		"the first page":    {migration.Filter{}, "", 1, []string{second.ID}, true},
		"the second page":   {migration.Filter{}, second.ID, 1, []string{k.saved.ID}, false},
		"the archived":      {migration.Filter{Archived: &yes}, "", 10, []string{k.saved.ID}, false},
		"the running":       {migration.Filter{Status: migration.Running}, "", 10, nil, false},
	} {
		list, more, err := k.List(t.Context(), k.org, row.filter, row.after, row.limit)
		var got []string
		for _, m := range list {
			got = append(got, m.ID)
		}
		if err != nil || more != row.more || !slices.Equal(got, row.want) {
			t.Errorf("%s: %v, %t, %v; want %v", name, got, more, err, row.want)
		}
	}
}

// While the organisation's termination runs, nothing new is planned and nothing starts; all else goes on.
func TestWhileTheOrganisationLeaves(t *testing.T) {
	t.Parallel()
	k := start(t)
	running, err := k.Create(t.Context(), k.act(""), k.org, draft())
	if err == nil {
		_, err = k.Run(t.Context(), k.act(""), k.org, running.ID, "")
	}
	terminator := org.Terminator{Records: k.Cell}
	if err == nil {
		_, err = terminator.Request(t.Context(), k.act(""), k.org, "", org.Ask{Reason: "Moved"})
	}
	if err != nil {
		t.Fatal(err)
	}
	_, created := k.Create(t.Context(), k.act(""), k.org, draft())
	_, copied := k.Copy(t.Context(), k.act(""), k.org, running.ID)
	_, run := k.Run(t.Context(), k.act(""), k.org, k.saved.ID, "")
	for name, err := range map[string]error{"created": created, "copied": copied, "run": run} {
		if !errors.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, settled := k.Settle(t.Context(), k.act(""), k.org, running.ID, "", migration.Finished)
	_, archived := k.Archive(t.Context(), k.act(""), k.org, k.saved.ID, "")
	for name, err := range map[string]error{"settled": settled, "archived": archived, "deleted": k.Delete(t.Context(), k.act(""), k.org, k.saved.ID, "")} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A migration under a hold is not deleted, nor is one of an organisation under a hold, and the refusal is on record. A
// hold that comes while it is being deleted comes first.
func TestDeleteUnderAHold(t *testing.T) {
	t.Parallel()
	k := start(t)
	keeper := hold.Keeper{Records: k.Cell}
	place := func(scope string) hold.Hold {
		h, err := keeper.Place(t.Context(), k.Act("sam"), k.org, hold.Draft{Scope: scope, Reason: "Matter 7", ReviewBy: "2027-01-01T00:00:00Z"})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	for _, scope := range []string{k.org, k.saved.ID} {
		h := place(scope)
		if err := k.Delete(t.Context(), k.act(""), k.org, k.saved.ID, ""); !errors.Is(err, fault.Conflict) || len(k.staged.purged) != 0 {
			t.Errorf("under a hold on %s: %v", scope, err)
		}
		last := k.Trail()[len(k.Trail())-1]
		if last.Action != audit.MigrationDeleted || last.Outcome != audit.Refused || last.Detail != h.ID {
			t.Errorf("on record: %+v", last)
		}
		if _, err := keeper.Release(t.Context(), k.act(""), k.org, h.ID, "", hold.Release{Reason: "Settled"}); err != nil {
			t.Fatal(err)
		}
	}
	k.Decide(func(call string) memory.Fate {
		if call == "DeleteMigration "+k.saved.ID+" #1" {
			k.Decide(nil)
			place(k.saved.ID)
		}
		return memory.Heard
	})
	if err := k.Delete(t.Context(), k.act(""), k.org, k.saved.ID, ""); !errors.Is(err, fault.Unavailable) {
		t.Errorf("held meanwhile: %v", err)
	}
	if _, err := k.Get(t.Context(), k.org, k.saved.ID); err != nil {
		t.Errorf("it is gone: %v", err)
	}
}
