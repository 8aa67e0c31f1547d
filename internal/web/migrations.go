package web

import (
	"context"
	"net/http"

	"waybill/internal/audit"
	"waybill/internal/migration"
)

// migrationHead is what the API shows of a migration wherever it shows one.
type migrationHead struct {
	ID          string                `json:"id"`
	Org         string                `json:"org"`
	Name        string                `json:"name"`
	Source      migration.Source      `json:"source"`
	Destination migration.Destination `json:"destination"`
	Status      migration.Status      `json:"status"`
	Archived    bool                  `json:"archived"`
	CopiedFrom  string                `json:"copiedFrom,omitempty"`
	CreatedAt   string                `json:"createdAt"`
	UpdatedAt   string                `json:"updatedAt"`
	StartedAt   string                `json:"startedAt,omitempty"`
	SettledAt   string                `json:"settledAt,omitempty"`
}

// migrationView is one migration; migrationLine is one of a list, where a scope of thousands is told by its counts.
type (
	migrationView struct {
		migrationHead
		Scope migration.Scope `json:"scope"`
	}
	migrationLine struct {
		migrationHead
		ProjectCount int `json:"projectCount"`
		AppCount     int `json:"appCount"`
	}
)

func headOf(m migration.Migration) migrationHead {
	d := m.Draft
	return migrationHead{m.ID, m.Org, d.Name, d.Source, d.Destination, m.Status, m.Archived, m.CopiedFrom,
		stamp(m.CreatedAt), stamp(m.UpdatedAt), stamp(m.StartedAt), stamp(m.SettledAt)}
}

func lineOf(m migration.Migration) any {
	return migrationLine{headOf(m), len(m.Draft.Scope.Projects), len(m.Draft.Scope.Apps)}
}

func showMigration(m migration.Migration) answer {
	scope := m.Draft.Scope
	if scope.Projects == nil {
		scope.Projects = []migration.Named{}
	}
	if scope.Apps == nil {
		scope.Apps = []migration.Named{}
	}
	shown := tagged(migrationView{headOf(m), scope}, m.Revision)
	shown.lasting = true
	return shown
}

func createdMigration(m migration.Migration, err error) (answer, error) {
	return created("/v1/migrations/"+m.ID, showMigration(m)), err
}

func (a API) createMigration(ctx context.Context, c *call, d migration.Draft) (answer, error) {
	return createdMigration(a.Planner.Create(ctx, c.act, c.org, d))
}

func (a API) copyMigration(ctx context.Context, c *call) (answer, error) {
	return createdMigration(a.Planner.Copy(ctx, c.act, c.org, c.path("mig")))
}

func (a API) getMigration(ctx context.Context, c *call) (answer, error) {
	m, err := a.Planner.Get(ctx, c.org, c.path("mig"))
	return showMigration(m), err
}

func (a API) editMigration(ctx context.Context, c *call) (answer, error) {
	text, err := c.json(jsonType, mergePatchType)
	if err != nil {
		return answer{}, err
	}
	change, err := patch(text)
	if err != nil {
		return answer{}, err
	}
	m, err := a.Planner.Edit(ctx, c.act, c.org, c.path("mig"), c.match, change)
	return showMigration(m), err
}

func (a API) deleteMigration(ctx context.Context, c *call) (answer, error) {
	return answer{status: http.StatusNoContent}, a.Planner.Delete(ctx, c.act, c.org, c.path("mig"), c.match)
}

type outcome struct {
	Status migration.Status `json:"status"`
}

func (a API) settleMigration(ctx context.Context, c *call, o outcome) (answer, error) {
	m, err := a.Planner.Settle(ctx, c.act, c.org, c.path("mig"), c.match, o.Status)
	return showMigration(m), err
}

func (a API) runMigration(ctx context.Context, c *call) (answer, error) {
	return moved(ctx, c, a.Planner.Run)
}

func (a API) archiveMigration(ctx context.Context, c *call) (answer, error) {
	return moved(ctx, c, a.Planner.Archive)
}

func (a API) unarchiveMigration(ctx context.Context, c *call) (answer, error) {
	return moved(ctx, c, a.Planner.Unarchive)
}

// step is a move of a migration through its life that needs no more to be said.
type step func(ctx context.Context, act audit.Act, organisation, id string, match audit.Match) (migration.Migration, error)

func moved(ctx context.Context, c *call, s step) (answer, error) {
	m, err := s(ctx, c.act, c.org, c.path("mig"), c.match)
	return showMigration(m), err
}

func (a API) listMigrations(ctx context.Context, c *call) (answer, error) {
	filter, err := migrationFilter(c.query)
	if err != nil {
		return answer{}, err
	}
	l := list[migration.Migration]{show: lineOf, owner: a.orgExists}
	l.id = func(m migration.Migration) string { return m.ID }
	l.read = func(after string, limit int) ([]migration.Migration, bool, error) {
		return a.Planner.List(ctx, c.org, filter, after, limit)
	}
	return l.answer(ctx, a.Cursors, c)
}
