package holdings

import (
	"context"
	"slices"
	"strings"
	"time"

	"waybill/internal/audit"
	"waybill/internal/hold"
	"waybill/internal/ident"
	"waybill/internal/org"
	"waybill/internal/upload"
)

// Mapper draws the data map of an organisation, or of one of its migrations.
type Mapper struct {
	Cell    Cell
	Records Store
}

// Store is what a Mapper needs of the store.
type Store interface {
	// Organisation answers fault.NotFound when there is none.
	Organisation(ctx context.Context, id string) (org.Organisation, error)
	// Thing answers fault.NotFound when the organisation has no such migration.
	Thing(ctx context.Context, organisation, scope string, now time.Time) (hold.Thing, error)
	// Guard reads an organisation's holds.
	Guard(ctx context.Context, organisation string) (hold.Guard, error)
	// Remaining lists the uploads of which something is, or may be, left in S3, newest first, after the id given: the
	// organisation's, or those of one migration.
	Remaining(ctx context.Context, organisation, migration, after string, limit int) (list []upload.Upload, more bool, err error)
}

// List answers what is held: first what is told as a whole, then what is staged, newest first, after the mark given (see
// Mark). migration may be empty.
func (m Mapper) List(ctx context.Context, act audit.Act, organisation, migration, after string, limit int) (list []Holding, more bool, err error) {
	s, err := m.subject(ctx, act, organisation, migration)
	if err != nil {
		return nil, false, err
	}
	whole := s.ofOrganisation(m.Cell)
	if migration != "" {
		whole = s.ofMigration(m.Cell, migration)
	}
	if list = following(whole, after); len(list) > limit {
		return list[:limit], true, nil
	}
	if !ident.Valid(ident.Upload, after) {
		after = ""
	}
	return m.withStaged(ctx, s, migration, list, after, limit)
}

// withStaged fills a page with uploads. A page that is full without them tells by one whether there are any.
func (m Mapper) withStaged(ctx context.Context, s subject, migration string, page []Holding, after string, limit int) ([]Holding, bool, error) {
	room := limit - len(page)
	uploads, more, err := m.Records.Remaining(ctx, s.ID, migration, after, max(room, 1))
	if err != nil {
		return nil, false, err
	}
	if room == 0 {
		return page, len(uploads) > 0, nil
	}
	for _, u := range uploads {
		page = append(page, s.staged(u))
	}
	return page, more, nil
}

func (m Mapper) subject(ctx context.Context, act audit.Act, organisation, migration string) (s subject, err error) {
	if s.Organisation, err = m.Records.Organisation(ctx, organisation); err != nil {
		return s, err
	}
	if migration != "" {
		if _, err = m.Records.Thing(ctx, organisation, migration, act.Time); err != nil {
			return s, err
		}
	}
	g, err := m.Records.Guard(ctx, organisation)
	s.holds, s.now = g.Holds, act.Time
	return s, err
}

// Mark is where in the list a holding stands.
func (h Holding) Mark() string {
	if h.Kind == Staged {
		return h.ID
	}
	return string(h.Kind)
}

// following are the whole holdings that come after a mark.
func following(whole []Holding, after string) []Holding {
	if strings.HasPrefix(after, ident.Upload+"_") {
		return nil
	}
	i := slices.IndexFunc(whole, func(h Holding) bool { return h.Mark() == after })
	return whole[i+1:]
}
