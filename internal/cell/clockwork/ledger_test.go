package clockwork

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/dynamo"
	"waybill/internal/ledger"
	"waybill/internal/localaws/awstest"
)

// shelf is what is on record, and a ledger behind it.
type shelf struct {
	t     *testing.T
	store dynamo.Ledger
	Ledger
}

func newShelf(t *testing.T) shelf {
	t.Helper()
	cloud := awstest.Start(t)
	s := shelf{t, dynamo.OpenLedger(cloud.Config(), cloud.Audit(t), time.Now), Ledger{DynamoDB: cloud.DynamoDB(), Audit: cloud.Audit(t)}}
	s.Table = s.store.Table
	return s
}

// put puts something on record, with or without a leaf.
func (s shelf) put(id string, leaf bool) {
	s.t.Helper()
	item := Item{"pk": &types.AttributeValueMemberS{Value: "org_1"}, "sk": &types.AttributeValueMemberS{Value: id}}
	if leaf {
		item["leaf"] = &types.AttributeValueMemberB{Value: []byte(id)}
	}
	if _, err := s.DynamoDB.PutItem(s.t.Context(), &dynamodb.PutItemInput{TableName: &s.Audit, Item: item}); err != nil {
		s.t.Fatal(err)
	}
}

func (s shelf) commit(size int64, id string) {
	s.t.Helper()
	if err := s.store.Append(s.t.Context(), size, []ledger.Leaf{{ID: id, Data: []byte("x")}}); err != nil {
		s.t.Fatal(err)
	}
}

func (s shelf) publish(from, to int64) {
	s.t.Helper()
	if err := s.store.Publish(s.t.Context(), ledger.Head{Published: from}, ledger.Head{Published: to, Checkpoint: "note"}); err != nil {
		s.t.Fatal(err)
	}
}

// settles tells whether the ledger has caught up within that time.
func (s shelf) settles(within time.Duration) bool {
	s.t.Helper()
	ctx, done := context.WithTimeout(s.t.Context(), within)
	defer done()
	err := s.Settle(ctx)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		s.t.Fatal(err)
	}
	return err == nil
}

func TestTheLedgerIsWaitedForUntilItIsPublished(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	for _, step := range []struct {
		what    string
		do      func()
		settled bool
	}{
		{"nothing is on record", func() {}, true},
		{"something that is no leaf", func() { s.put("seal", false) }, true},
		{"a leaf", func() { s.put("evt_1", true) }, false},
		{"committed", func() { s.commit(0, "evt_1") }, false},
		{"published", func() { s.publish(0, 1) }, true},
		{"another leaf", func() { s.put("evt_2", true); s.commit(1, "evt_2") }, false},
		{"published as well", func() { s.publish(1, 2) }, true},
	} {
		step.do()
		within := 3 * gap
		if step.settled {
			within = 100 * gap // which it does not take
		}
		if s.settles(within) != step.settled {
			t.Errorf("%s: settled is not %t", step.what, step.settled)
		}
	}
}

// stuck is a ledger that does not catch up.
type stuck struct{}

func (stuck) Settle(context.Context) error { return errBehind }

// A move that leaves the ledger behind is told as one that did not end; what ran is told all the same.
func TestAMoveEndsWithTheLedger(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := &Player{File: t.TempDir() + "/clock", Functions: w, Records: w, Arrivals: w, Ledger: stuck{},
		Schedules: []Schedule{{Name: "tick", Function: "tick", Rule: rate{w.began, 15 * time.Minute}}}}
	ran, err := p.Advance(t.Context(), time.Hour)
	if !errors.Is(err, errBehind) || len(ran) == 0 {
		t.Errorf("%d ran, %v", len(ran), err)
	}
}
