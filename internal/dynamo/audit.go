package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"waybill/internal/audit"
	"waybill/internal/ident"
)

// entryItem is an audit entry. Its leaf is what the ledger takes of it; what is personal lies sealed beside it.
type entryItem struct {
	Pk     string `dynamodbav:"pk"`
	Sk     string `dynamodbav:"sk"`
	Action string `dynamodbav:"action"`
	Leaf   []byte `dynamodbav:"leaf"`
	Sealed []byte `dynamodbav:"sealed,omitempty"`
}

// Seals is what a person's acts are recorded with. Functions that only act for themselves need none.
type Seals interface {
	// Seal seals a text of an organisation's entry; nothing when its key was destroyed.
	Seal(ctx context.Context, organisation, entry string, text []byte) ([]byte, error)
	// Has tells whether an organisation has, or had, a key.
	Has(ctx context.Context, organisation string) (bool, error)
	// Open opens what was sealed; nothing when the key was destroyed since.
	Open(ctx context.Context, organisation, entry string, sealed []byte) ([]byte, error)
}

var errUnsealed = errors.New("this store records no act of a person: it has nothing to seal with")

func (r Records) entry(ctx context.Context, organisation string, e audit.Entry) (write, error) {
	if err := e.Check(); err != nil {
		return write{}, err
	}
	i := entryItem{Pk: partition(organisation), Sk: e.ID, Action: string(e.Action)}
	blind := make([]byte, 32)
	rand.Read(blind)
	public, private, err := e.Halves(organisation, blind)
	if i.Leaf = public; err == nil && private != nil {
		i.Sealed, err = r.seal(ctx, organisation, e.ID, private)
	}
	if err != nil {
		return write{}, fmt.Errorf("recording %s: %w", e.Action, err)
	}
	it, err := encode(i)
	w := r.put(it, absent, errors.New("an audit entry of that id is there"))
	w.Put.TableName = &r.Audit
	return w, err
}

func (r Records) seal(ctx context.Context, organisation, entry string, private []byte) ([]byte, error) {
	if r.Seals == nil {
		return nil, errUnsealed
	}
	return r.Seals.Seal(ctx, organisation, entry, private)
}

// entryOf opens an item. Without anything to open it with, a person's act is one of somebody forgotten.
func (r Records) entryOf(ctx context.Context, organisation string, i entryItem) (audit.Entry, error) {
	var private []byte
	if r.Seals != nil {
		var err error
		if private, err = r.Seals.Open(ctx, organisation, i.Sk, i.Sealed); err != nil {
			return audit.Entry{}, err
		}
	}
	return audit.Whole(organisation, i.Leaf, private)
}

// Note records an act that changed nothing else. Of an organisation that is not here it is the cell's own: nobody else could
// read it, and nothing would ever forget it.
func (r Records) Note(ctx context.Context, organisation string, e audit.Entry) error {
	if r.Seals != nil {
		here, err := r.Seals.Has(ctx, organisation)
		if err != nil {
			return fmt.Errorf("noting %s: %w", e.Action, err)
		}
		if !here {
			organisation = ""
		}
	}
	w, err := r.entry(ctx, organisation, e)
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
	q.sieve = f.Actor != "" // which is sealed: DynamoDB cannot choose by it
	return list(ctx, r, q, func(it item) (audit.Entry, error) {
		var i entryItem
		if err := decode(it, &i); err != nil {
			return audit.Entry{}, err
		}
		e, err := r.entryOf(ctx, organisation, i)
		if err == nil && f.Actor != "" && e.Actor != f.Actor {
			err = errPassed
		}
		return e, err
	})
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
