package dynamo

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/migration"
)

// migrationItem is a migration. Its scope is the one part that can be large: 5,000 projects are half a megabyte as JSON,
// and DynamoDB takes 400 KB an item, so it is deflated and what still does not fit is refused.
type migrationItem struct {
	Pk          string `dynamodbav:"pk"`
	Sk          string `dynamodbav:"sk"`
	ID          string `dynamodbav:"id"`
	Name        string `dynamodbav:"name"`
	Product     string `dynamodbav:"product"`
	ServerID    string `dynamodbav:"serverId"`
	BaseURL     string `dynamodbav:"baseUrl"`
	Version     string `dynamodbav:"version"`
	Destination string `dynamodbav:"destination"`
	Scope       []byte `dynamodbav:"scope"`
	Status      string `dynamodbav:"status"`
	Archived    bool   `dynamodbav:"archived"`
	CopiedFrom  string `dynamodbav:"copiedFrom,omitempty"`
	CreatedAt   string `dynamodbav:"createdAt"`
	UpdatedAt   string `dynamodbav:"updatedAt"`
	StartedAt   string `dynamodbav:"startedAt,omitempty"`
	SettledAt   string `dynamodbav:"settledAt,omitempty"`
	Revision    int    `dynamodbav:"revision"`
}

// maxScope leaves room for the rest of the item within DynamoDB's 400 KB.
const maxScope = 380 << 10

func toMigrationItem(m migration.Migration) (item, error) {
	scope, err := deflate(m.Draft.Scope)
	if err != nil {
		return nil, err
	}
	if len(scope) > maxScope {
		return nil, fault.TooLarge.Because("The scope takes %d bytes when packed; at most %d can be kept. Split the migration.", len(scope), maxScope)
	}
	d := m.Draft
	return encode(migrationItem{m.Org, migrationSort + m.ID, m.ID, d.Name, d.Source.Product, d.Source.ServerID, d.Source.BaseURL,
		d.Source.Version, d.Destination.URL, scope, string(m.Status), m.Archived, m.CopiedFrom, stamp(m.CreatedAt), stamp(m.UpdatedAt),
		stamp(m.StartedAt), stamp(m.SettledAt), m.Revision})
}

func (i migrationItem) migration() (migration.Migration, error) {
	m := migration.Migration{ID: i.ID, Org: i.Pk, Status: migration.Status(i.Status), Archived: i.Archived, CopiedFrom: i.CopiedFrom, Revision: i.Revision}
	m.Draft = migration.Draft{Name: i.Name, Destination: migration.Destination{URL: i.Destination},
		Source: migration.Source{Product: i.Product, ServerID: i.ServerID, BaseURL: i.BaseURL, Version: i.Version}}
	if err := inflate(i.Scope, &m.Draft.Scope); err != nil {
		return m, err
	}
	return m, unstampAll(
		stamped{i.CreatedAt, &m.CreatedAt}, stamped{i.UpdatedAt, &m.UpdatedAt},
		stamped{i.StartedAt, &m.StartedAt}, stamped{i.SettledAt, &m.SettledAt})
}

func deflate(scope migration.Scope) ([]byte, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err == nil {
		err = json.NewEncoder(w).Encode(scope)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("packing a scope: %w", err)
	}
	return packed.Bytes(), nil
}

func inflate(packed []byte, scope *migration.Scope) error {
	r := flate.NewReader(bytes.NewReader(packed))
	defer r.Close()
	if err := json.NewDecoder(io.LimitReader(r, 64<<20)).Decode(scope); err != nil {
		return fmt.Errorf("unpacking a scope: %w", err)
	}
	return nil
}

// CreateMigration writes a new one into an organisation of this cell that is to stay.
func (r Records) CreateMigration(ctx context.Context, act audit.Act, action audit.Action, m migration.Migration) error {
	it, err := toMigrationItem(m)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, m.Org, act.Entry(action, m.ID, audit.Done, m.CopiedFrom),
		r.put(it, absent, fault.Conflict), r.stays(m.Org))
}

// Migration answers fault.NotFound when the organisation has none of that id.
func (r Records) Migration(ctx context.Context, organisation, id string) (migration.Migration, error) {
	var i migrationItem
	if err := r.get(ctx, organisation, migrationSort+id, &i); err != nil {
		return migration.Migration{}, err
	}
	return i.migration()
}

// Migrations lists newest first, after the id given.
func (r Records) Migrations(ctx context.Context, organisation string, f migration.Filter, after string, limit int) ([]migration.Migration, bool, error) {
	q := query{table: r.Table, partition: organisation, after: after, limit: limit}
	q.startsWith(migrationSort)
	q.filter("status", string(f.Status))
	if f.Archived != nil {
		q.filterBy("archived", &types.AttributeValueMemberBOOL{Value: *f.Archived})
	}
	return list(ctx, r, q, toMigration)
}

func toMigration(it item) (migration.Migration, error) {
	var i migrationItem
	if err := decode(it, &i); err != nil {
		return migration.Migration{}, err
	}
	return i.migration()
}

// ReplaceMigration writes a changed one; fault.Stale when it is no longer at before's revision, fault.Conflict when it is
// to be started in an organisation whose termination runs.
func (r Records) ReplaceMigration(ctx context.Context, act audit.Act, action audit.Action, before, after migration.Migration) error {
	it, err := toMigrationItem(after)
	if err != nil {
		return err
	}
	detail := ""
	if before.Status != after.Status {
		detail = string(after.Status)
	}
	writes := []write{r.put(it, unchanged(before.Revision), staleMigration())}
	if action == audit.MigrationStarted {
		writes = append(writes, r.stays(after.Org))
	}
	return r.commit(ctx, act, after.Org, act.Entry(action, after.ID, audit.Done, detail), writes...)
}

// DeleteMigration removes one; fault.Stale when it is no longer at m's revision, fault.Unavailable when the holds are no
// longer as they were read.
func (r Records) DeleteMigration(ctx context.Context, act audit.Act, m migration.Migration, g hold.Guard) error {
	moved := fault.Unavailable.Because("The organisation's holds or purges changed meanwhile; try again.")
	return r.commit(ctx, act, m.Org, act.Entry(audit.MigrationDeleted, m.ID, audit.Done, ""),
		r.remove(key(m.Org, migrationSort+m.ID), unchanged(m.Revision), staleMigration()),
		r.check(key(m.Org, guardSort), guardAt(g.Revision), moved))
}

func staleMigration() error {
	return fault.Stale.Because("The migration changed meanwhile; read it again.")
}
