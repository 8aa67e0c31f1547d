package dynamo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/ident"
)

// What stands between an organisation's things and their purge lies side by side, so that one query reads all of it.
const (
	retentionSort = "retention#"
	guardSort     = retentionSort + "guard"
	holdSort      = retentionSort + "hld#"
	intentSort    = retentionSort + "int#"
)

// holdShard is where the holds in force stand in the due index, at their review: apart from what the sweeps ask for.
const holdShard = "holds"

// holdItem is a hold. dueShard and dueAt are there while it is in force.
type holdItem struct {
	Pk            string `dynamodbav:"pk"`
	Sk            string `dynamodbav:"sk"`
	DueShard      string `dynamodbav:"dueShard,omitempty"`
	DueAt         string `dynamodbav:"dueAt,omitempty"`
	ID            string `dynamodbav:"id"`
	Scope         string `dynamodbav:"scope"`
	Reason        string `dynamodbav:"reason"`
	PlacedBy      string `dynamodbav:"placedBy"`
	PlacedAt      string `dynamodbav:"placedAt"`
	ReviewBy      string `dynamodbav:"reviewBy"`
	ReleasedAt    string `dynamodbav:"releasedAt,omitempty"`
	ReleasedBy    string `dynamodbav:"releasedBy,omitempty"`
	ReleaseReason string `dynamodbav:"releaseReason,omitempty"`
	Revision      int    `dynamodbav:"revision"`
}

func toHoldItem(h hold.Hold) (item, error) {
	i := holdItem{Pk: h.Org, Sk: holdSort + h.ID, ID: h.ID, Scope: h.Scope, Reason: h.Reason, PlacedBy: h.PlacedBy, PlacedAt: stamp(h.PlacedAt),
		ReviewBy: stamp(h.ReviewBy), ReleasedAt: stamp(h.ReleasedAt), ReleasedBy: h.ReleasedBy, ReleaseReason: h.ReleaseReason, Revision: h.Revision}
	if h.Holds() {
		i.DueShard, i.DueAt = holdShard, stamp(h.ReviewBy)
	}
	return encode(i)
}

func toHold(it item) (hold.Hold, error) {
	var i holdItem
	if err := decode(it, &i); err != nil {
		return hold.Hold{}, err
	}
	return i.hold()
}

func (i holdItem) hold() (hold.Hold, error) {
	h := hold.Hold{ID: i.ID, Org: i.Pk, Scope: i.Scope, Reason: i.Reason, PlacedBy: i.PlacedBy, ReleasedBy: i.ReleasedBy,
		ReleaseReason: i.ReleaseReason, Revision: i.Revision}
	return h, unstampAll(stamped{i.PlacedAt, &h.PlacedAt}, stamped{i.ReviewBy, &h.ReviewBy}, stamped{i.ReleasedAt, &h.ReleasedAt})
}

// Guard reads an organisation's holds and open purges. It is one query of a partition that sorts the guard before the
// rest: whatever changes while the pages of very many holds are read moves the guard that was read first.
func (r Records) Guard(ctx context.Context, organisation string) (g hold.Guard, err error) {
	pages := dynamodb.NewQueryPaginator(r.Client, &dynamodb.QueryInput{TableName: &r.Table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("pk = :p AND begins_with(sk, :r)"),
		ExpressionAttributeValues: item{":p": str(partition(organisation)), ":r": str(retentionSort)}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return g, fmt.Errorf("reading the holds of %s: %w", organisation, away(err))
		}
		for _, it := range page.Items {
			if err := addTo(&g, it); err != nil {
				return g, err
			}
		}
	}
	return g, nil
}

// addTo takes one item of an organisation's retention into what is known of it.
func addTo(g *hold.Guard, it item) error {
	var sort struct {
		Sk string `dynamodbav:"sk"`
	}
	if err := decode(it, &sort); err != nil {
		return err
	}
	switch {
	case sort.Sk == guardSort:
		return decodeGuard(it, &g.Revision)
	case strings.HasPrefix(sort.Sk, holdSort):
		h, err := toHold(it)
		g.Holds = append(g.Holds, h)
		return err
	case strings.HasPrefix(sort.Sk, intentSort):
		p, err := toPurging(it)
		g.Purging = append(g.Purging, p)
		return err
	}
	return nil
}

func decodeGuard(it item, revision *int) error {
	var i struct {
		Revision int `dynamodbav:"revision"`
	}
	err := decode(it, &i)
	*revision = i.Revision
	return err
}

// toPurging is what a hold needs to know of an open intent.
func toPurging(it item) (p hold.Purging, err error) {
	var i struct {
		ID          string   `dynamodbav:"id"`
		Uploads     []string `dynamodbav:"uploads"`
		LeasedUntil string   `dynamodbav:"leasedUntil"`
	}
	if err = decode(it, &i); err != nil {
		return p, err
	}
	p.ID, p.Uploads = i.ID, i.Uploads
	p.LeasedUntil, err = unstamp(i.LeasedUntil)
	return p, err
}

// moveGuard counts a change of an organisation's retention, on condition that it is as it was read.
func (r Records) moveGuard(organisation string, revision int, refusal error) write {
	it := key(partition(organisation), guardSort)
	it["revision"] = num(revision + 1)
	return r.put(it, guardAt(revision), refusal)
}

// guardAt holds while an organisation's retention is as it was read.
func guardAt(revision int) condition {
	if revision == 0 {
		return absent
	}
	return unchanged(revision)
}

// Thing finds what a hold may cover, as it is at that time.
func (r Records) Thing(ctx context.Context, organisation, scope string, now time.Time) (thing hold.Thing, err error) {
	switch prefix, _, _ := strings.Cut(scope, "_"); {
	case prefix == ident.Upload:
		u, err := r.Upload(ctx, organisation, scope)
		if u = u.At(now); err == nil && !u.Holdable() {
			thing.Ended = string(u.State)
		}
		return thing, err
	case prefix == ident.Migration:
		_, err = r.Migration(ctx, organisation, scope)
	case scope == organisation:
		_, err = r.Organisation(ctx, organisation)
	default:
		err = fault.NotFound
	}
	return thing, err
}

// scopeSort is the sort key of what a hold covers.
func scopeSort(scope string) string {
	switch prefix, _, _ := strings.Cut(scope, "_"); prefix {
	case ident.Upload:
		return uploadSort + scope
	case ident.Migration:
		return migrationSort + scope
	}
	return orgSort
}

// Hold answers fault.NotFound when the organisation has none of that id.
func (r Records) Hold(ctx context.Context, organisation, id string) (hold.Hold, error) {
	var i holdItem
	if err := r.get(ctx, organisation, holdSort+id, &i); err != nil {
		return hold.Hold{}, err
	}
	return i.hold()
}

// Holds lists newest first, after the id given.
func (r Records) Holds(ctx context.Context, organisation, after string, limit int) ([]hold.Hold, bool, error) {
	q := query{table: r.Table, partition: organisation, after: after, limit: limit}
	q.startsWith(holdSort)
	return list(ctx, r, q, toHold)
}

// HoldsDue lists the holds in force whose review was due by then, the longest overdue first.
func (r Records) HoldsDue(ctx context.Context, now time.Time, limit int) (due []hold.Hold, err error) {
	pages := dynamodb.NewQueryPaginator(r.Client, dueQuery(r.Table, holdShard, now))
	for pages.HasMorePages() && len(due) < limit {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return due, fmt.Errorf("asking for overdue reviews: %w", away(err))
		}
		for _, it := range page.Items {
			h, err := toHold(it)
			if err != nil {
				return due, err
			}
			due = append(due, h)
		}
	}
	return due[:min(len(due), limit)], nil
}

// PlaceHold writes a new one over something that is there, and moves the guard.
func (r Records) PlaceHold(ctx context.Context, act audit.Act, g hold.Guard, h hold.Hold) error {
	it, err := toHoldItem(h)
	if err != nil {
		return err
	}
	writes := []write{r.put(it, absent, fault.Conflict), r.moveGuard(h.Org, g.Revision, staleGuard()), r.notEnding(h.Org)}
	if sort := scopeSort(h.Scope); sort != orgSort {
		writes = append(writes, r.check(key(h.Org, sort), present, fault.NotFound))
	}
	return r.commit(ctx, act, h.Org, act.Entry(audit.HoldPlaced, h.ID, audit.Done, h.Scope), writes...)
}

// ReleaseHold writes a released one, and moves the guard.
func (r Records) ReleaseHold(ctx context.Context, act audit.Act, g hold.Guard, before, after hold.Hold) error {
	it, err := toHoldItem(after)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, after.Org, act.Entry(audit.HoldReleased, after.ID, audit.Done, after.Scope),
		r.put(it, unchanged(before.Revision), fault.Stale.Because("The hold changed meanwhile; read it again.")),
		r.moveGuard(after.Org, g.Revision, staleGuard()))
}

func staleGuard() error {
	return fault.Stale.Because("The organisation's holds or purges changed meanwhile; try again.")
}
