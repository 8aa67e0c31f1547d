package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"waybill/internal/audit"
	"waybill/internal/ident"
)

// entryItem is an audit entry.
type entryItem struct {
	Pk        string `dynamodbav:"pk"`
	Sk        string `dynamodbav:"sk"`
	Time      string `dynamodbav:"time"`
	Action    string `dynamodbav:"action"`
	Actor     string `dynamodbav:"actor"`
	Resource  string `dynamodbav:"resource"`
	Outcome   string `dynamodbav:"outcome"`
	RequestID string `dynamodbav:"requestId"`
	Detail    string `dynamodbav:"detail,omitempty"`
}

func (r Records) entry(organisation string, e audit.Entry) (write, error) {
	if err := e.Check(); err != nil {
		return write{}, err
	}
	it, err := encode(entryItem{partition(organisation), e.ID, stamp(e.Time), string(e.Action), string(e.Actor), e.Resource, string(e.Outcome), e.RequestID, e.Detail})
	w := r.put(it, absent, errors.New("an audit entry of that id is there"))
	w.Put.TableName = &r.Audit
	return w, err
}

func (i entryItem) entry() (audit.Entry, error) {
	at, err := unstamp(i.Time)
	return audit.Entry{ID: i.Sk, Time: at, Action: audit.Action(i.Action), Actor: audit.Actor(i.Actor), Resource: i.Resource,
		Outcome: audit.Outcome(i.Outcome), RequestID: i.RequestID, Detail: i.Detail}, err
}

// Note records an act that changed nothing else.
func (r Records) Note(ctx context.Context, organisation string, e audit.Entry) error {
	w, err := r.entry(organisation, e)
	if err != nil {
		return err
	}
	_, err = r.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &r.Audit, Item: w.Put.Item, ConditionExpression: w.Put.ConditionExpression})
	if err != nil {
		return fmt.Errorf("noting %s of %s: %w", e.Action, e.Resource, away(err))
	}
	return nil
}

// Events lists an organisation's audit entries, newest first, after the id given; more tells whether there are further
// ones.
func (r Records) Events(ctx context.Context, organisation string, f audit.Filter, after string, limit int) ([]audit.Entry, bool, error) {
	q := query{table: r.Audit, partition: partition(organisation), after: after, limit: limit}
	q.between(ident.Floor(ident.Event, f.From), ceiling(f.To))
	q.filter("action", string(f.Action))
	q.filter("actor", string(f.Actor))
	return list(ctx, r, q, toEntry)
}

func toEntry(it item) (audit.Entry, error) {
	var i entryItem
	if err := decode(it, &i); err != nil {
		return audit.Entry{}, err
	}
	return i.entry()
}

// ceiling is the event id before which all events of earlier times lie; no time is no ceiling.
func ceiling(to time.Time) string {
	if to.IsZero() {
		return ident.Event + "_~"
	}
	return ident.Floor(ident.Event, to)
}

// stamp writes a time so that it sorts as a string; a zero time is empty.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stampLayout)
}

func unstamp(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(stampLayout, s)
}

const stampLayout = "2006-01-02T15:04:05.000Z"
