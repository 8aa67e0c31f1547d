package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

// write is one item of a transaction, and what it means when its condition does not hold.
type write struct {
	types.TransactWriteItem
	refusal error
	found   error // instead of refusal, where set, when the item is there
}

// condition is an expression over attributes of the item that is written.
type condition struct {
	expression string
	names      map[string]string
	values     item
}

var (
	absent  = condition{expression: "attribute_not_exists(pk)"}
	present = condition{expression: "attribute_exists(pk)"}
)

// unchanged holds while the item is at the revision that was read.
func unchanged(revision int) condition {
	return condition{expression: "revision = :r", values: item{":r": num(revision)}}
}

func (r Records) put(it item, c condition, refusal error) write {
	return write{types.TransactWriteItem{Put: &types.Put{TableName: &r.Table, Item: it, ConditionExpression: &c.expression,
		ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values}}, refusal, nil}
}

func (r Records) check(k item, c condition, refusal error) write {
	return write{types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: &r.Table, Key: k,
		ConditionExpression: &c.expression, ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values}}, refusal, nil}
}

func (r Records) remove(k item, c condition, refusal error) write {
	return write{types.TransactWriteItem{Delete: &types.Delete{TableName: &r.Table, Key: k, ConditionExpression: &c.expression,
		ExpressionAttributeNames: c.names, ExpressionAttributeValues: c.values}}, refusal, nil}
}

// commit writes a change of an organisation's, its audit entry and the act's idempotency key as one.
func (r Records) commit(ctx context.Context, act audit.Act, organisation string, entry audit.Entry, writes ...write) error {
	logged, err := r.entry(organisation, entry)
	if err != nil {
		return err
	}
	writes = append(writes, logged)
	if act.Once != nil {
		writes = append(writes, r.once(act, oncePartition(organisation, entry), entry.Resource))
	}
	in := &dynamodb.TransactWriteItemsInput{}
	for _, w := range writes {
		in.TransactItems = append(in.TransactItems, w.TransactWriteItem)
	}
	if _, err = r.Client.TransactWriteItems(ctx, in); err != nil {
		return fmt.Errorf("writing %s of %s: %w", entry.Action, entry.Resource, refused(err, act, writes))
	}
	return nil
}

// oncePartition is where the idempotency key of an act lies: with the organisation of whoever acts. An organisation is
// made by the operator, who has none.
func oncePartition(organisation string, entry audit.Entry) string {
	if entry.Action == audit.OrgCreated {
		return cellPartition
	}
	return partition(organisation)
}

// meaning is what it means that the condition did not hold; was is the item, where it was asked for.
func (w write) meaning(was item) error {
	if w.found != nil && len(was) > 0 {
		return w.found
	}
	return w.refusal
}

// refused finds what a cancelled transaction means. The idempotency key comes first: a repeated request also finds the
// record changed, by itself.
func refused(err error, act audit.Act, writes []write) error {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || len(cancelled.CancellationReasons) != len(writes) {
		return away(err)
	}
	reasons := cancelled.CancellationReasons
	if last := len(reasons) - 1; act.Once != nil && aws.ToString(reasons[last].Code) == "ConditionalCheckFailed" {
		return replay(reasons[last].Item, act)
	}
	for i, reason := range reasons {
		if aws.ToString(reason.Code) == "ConditionalCheckFailed" {
			return writes[i].meaning(reason.Item)
		}
	}
	for _, reason := range reasons {
		switch aws.ToString(reason.Code) {
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			return fault.Unavailable.Because("Another change is in progress; try again.")
		}
	}
	return err
}
