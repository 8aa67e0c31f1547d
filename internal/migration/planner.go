package migration

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
)

// Planner is everything a migration admin can do to migrations.
type Planner struct {
	Records Records
	Staged  Staged
}

// Records is what a Planner needs of the store. Each write carries its audit entry in the same transaction, and answers
// *audit.Replayed instead when the act's idempotency key was used before for the same request.
type Records interface {
	// CreateMigration answers fault.NotFound when the organisation is not of this cell, fault.Conflict while its
	// termination runs, fault.TooLarge when the record would not fit.
	CreateMigration(ctx context.Context, act audit.Act, action audit.Action, m Migration) error
	// Migration answers fault.NotFound when the organisation has none of that id.
	Migration(ctx context.Context, organisation, id string) (Migration, error)
	// Migrations lists newest first, after the id given; more tells whether there are further ones.
	Migrations(ctx context.Context, organisation string, f Filter, after string, limit int) (list []Migration, more bool, err error)
	// ReplaceMigration answers fault.Stale when the record is no longer at before's revision, and fault.Conflict when it
	// is to be started while the organisation's termination runs.
	ReplaceMigration(ctx context.Context, act audit.Act, action audit.Action, before, after Migration) error
	// DeleteMigration answers fault.Stale when the record is no longer at m's revision, and fault.Unavailable when the
	// guard is no longer as it was read.
	DeleteMigration(ctx context.Context, act audit.Act, m Migration, g hold.Guard) error
	// Guard reads an organisation's holds.
	Guard(ctx context.Context, organisation string) (hold.Guard, error)
	// Note records an act that changed nothing else.
	Note(ctx context.Context, organisation string, entry audit.Entry) error
	// Replayed answers *audit.Replayed when the act's idempotency key was used for the same request, nil when it is new.
	Replayed(ctx context.Context, organisation string, act audit.Act) error
}

// Staged is what was staged for a migration.
type Staged interface {
	// DeleteAll asks for the purge of all that is staged for it, or refuses when any of it is under a hold.
	DeleteAll(ctx context.Context, act audit.Act, g hold.Guard, organisation, migration string) error
}

// Create saves a new plan.
func (p Planner) Create(ctx context.Context, act audit.Act, organisation string, d Draft) (Migration, error) {
	if err := d.Check(); err != nil {
		return Migration{}, err
	}
	return p.save(ctx, act, audit.MigrationCreated, Migration{Org: organisation, Draft: d})
}

// Copy saves a new plan with the contents of another, whatever its state.
func (p Planner) Copy(ctx context.Context, act audit.Act, organisation, id string) (Migration, error) {
	original, err := p.Records.Migration(ctx, organisation, id)
	if err != nil {
		return Migration{}, err
	}
	d := original.Draft
	d.Name = copyName(d.Name)
	return p.save(ctx, act, audit.MigrationCopied, Migration{Org: organisation, Draft: d, CopiedFrom: id})
}

// copyName keeps within the rules of a name, cutting the original's end and what space the cut lays bare.
func copyName(name string) string {
	name = "Copy of " + name
	for utf8.RuneCountInString(name) > 255 {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return strings.TrimSpace(name)
}

func (p Planner) save(ctx context.Context, act audit.Act, action audit.Action, m Migration) (Migration, error) {
	id, err := ident.New(ident.Migration, act.Time, rand.Reader)
	if err != nil {
		return Migration{}, fmt.Errorf("naming a migration: %w", err)
	}
	m.ID, m.Status, m.CreatedAt, m.UpdatedAt, m.Revision = id, Saved, act.Time, act.Time, 1
	err = p.Records.CreateMigration(ctx, act, action, m)
	if first, repeated := audit.Repetition(err); repeated {
		return p.Records.Migration(ctx, m.Org, first)
	}
	return m, err
}

// Get shows one.
func (p Planner) Get(ctx context.Context, organisation, id string) (Migration, error) {
	return p.Records.Migration(ctx, organisation, id)
}

// List shows an organisation's, newest first.
func (p Planner) List(ctx context.Context, organisation string, f Filter, after string, limit int) ([]Migration, bool, error) {
	return p.Records.Migrations(ctx, organisation, f, after, limit)
}

// Edit rewrites a saved plan. change receives a copy of the draft; what it answers is checked like a new one.
func (p Planner) Edit(ctx context.Context, act audit.Act, organisation, id string, match audit.Match, change func(Draft) (Draft, error)) (Migration, error) {
	if err := match.Demanded(); err != nil {
		return Migration{}, err
	}
	return p.change(ctx, act, organisation, id, match, edit, audit.MigrationEdited, func(m *Migration) (err error) {
		if m.Draft, err = change(m.Draft.clone()); err != nil {
			return err
		}
		return m.Draft.Check()
	})
}

// clone shares no list with d: a change in place must not reach the record as it was read.
func (d Draft) clone() Draft {
	d.Scope.Projects, d.Scope.Apps = slices.Clone(d.Scope.Projects), slices.Clone(d.Scope.Apps)
	return d
}

// Run starts a saved plan.
func (p Planner) Run(ctx context.Context, act audit.Act, organisation, id string, match audit.Match) (Migration, error) {
	return p.change(ctx, act, organisation, id, match, run, audit.MigrationStarted, func(m *Migration) error {
		m.Status, m.StartedAt = Running, act.Time
		return nil
	})
}

// Settle records how a running migration ended: Finished, Incomplete or Failed.
func (p Planner) Settle(ctx context.Context, act audit.Act, organisation, id string, match audit.Match, as Status) (Migration, error) {
	var broken fault.Fields
	broken.Check(as == Finished || as == Incomplete || as == Failed, "/status", "one-of", "It must be FINISHED, INCOMPLETE or FAILED.")
	if err := broken.Err(); err != nil {
		return Migration{}, err
	}
	return p.change(ctx, act, organisation, id, match, settle, audit.MigrationSettled, func(m *Migration) error {
		m.Status, m.SettledAt = as, act.Time
		return nil
	})
}

// Archive puts one out of sight.
func (p Planner) Archive(ctx context.Context, act audit.Act, organisation, id string, match audit.Match) (Migration, error) {
	return p.change(ctx, act, organisation, id, match, archive, audit.MigrationArchived, func(m *Migration) error {
		m.Archived = true
		return nil
	})
}

// Unarchive brings it back.
func (p Planner) Unarchive(ctx context.Context, act audit.Act, organisation, id string, match audit.Match) (Migration, error) {
	return p.change(ctx, act, organisation, id, match, unarchive, audit.MigrationUnarchived, func(m *Migration) error {
		m.Archived = false
		return nil
	})
}

// Delete removes a plan, after asking for the purge of all that was staged for it. Repeated after a failure, it goes on
// where it stopped. What is under a hold is refused, and the refusal is on record.
func (p Planner) Delete(ctx context.Context, act audit.Act, organisation, id string, match audit.Match) error {
	m, err := p.Records.Migration(ctx, organisation, id)
	if err == nil {
		err = firstOf(match.Holds(m.Revision), m.admits(remove))
	}
	var g hold.Guard
	if err == nil {
		g, err = p.free(ctx, act, m)
	}
	if err != nil {
		_, err = p.unlessReplayed(ctx, act, organisation, err)
		return err
	}
	if err := p.Staged.DeleteAll(ctx, act, g, organisation, id); err != nil {
		return fmt.Errorf("purging what was staged for %s: %w", id, err)
	}
	return ignoreRepetition(p.Records.DeleteMigration(ctx, act, m, g))
}

// free answers what was read of the holds, or refuses because one of them covers the migration.
func (p Planner) free(ctx context.Context, act audit.Act, m Migration) (hold.Guard, error) {
	g, err := p.Records.Guard(ctx, m.Org)
	if err != nil {
		return g, err
	}
	h, held := hold.Over(g.Holds, m.Org, m.ID, "")
	if !held {
		return g, nil
	}
	if err := p.Records.Note(ctx, m.Org, act.Entry(audit.MigrationDeleted, m.ID, audit.Refused, h.ID)); err != nil {
		return g, err
	}
	return g, hold.Refused(h)
}

func ignoreRepetition(err error) error {
	if _, repeated := audit.Repetition(err); repeated {
		return nil
	}
	return err
}

// change is the one way in which a record changes: read, refuse what the caller's revision or the state does not admit,
// apply, and write on condition that nothing came between.
func (p Planner) change(ctx context.Context, act audit.Act, organisation, id string, match audit.Match, v verb, action audit.Action, apply func(*Migration) error) (Migration, error) {
	before, err := p.Records.Migration(ctx, organisation, id)
	if err != nil {
		return Migration{}, err
	}
	if err := firstOf(match.Holds(before.Revision), before.admits(v)); err != nil {
		return p.repeated(ctx, act, organisation, err)
	}
	after := before
	if err := apply(&after); err != nil {
		return Migration{}, err
	}
	after.UpdatedAt = act.Time
	after.Revision++
	err = p.Records.ReplaceMigration(ctx, act, action, before, after)
	if _, repeated := audit.Repetition(err); repeated {
		return p.Records.Migration(ctx, organisation, id)
	}
	return after, err
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// repeated answers the record when the refusal only means that the same request already succeeded.
func (p Planner) repeated(ctx context.Context, act audit.Act, organisation string, refusal error) (Migration, error) {
	first, err := p.unlessReplayed(ctx, act, organisation, refusal)
	if err != nil {
		return Migration{}, err
	}
	return p.Records.Migration(ctx, organisation, first)
}

func (p Planner) unlessReplayed(ctx context.Context, act audit.Act, organisation string, refusal error) (string, error) {
	return audit.Unless(p.Records.Replayed(ctx, organisation, act), refusal)
}
