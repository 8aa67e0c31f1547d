package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// query reads one partition of a table or index backwards: newest first.
type query struct {
	table, index  string
	partition     string
	partitionName string // "pk" unless an index has another
	condition     string // on the sort key
	prefix        string // what stands before the id in the sort key
	start         item   // what else the start key needs, for an index
	after         string // the id after which to go on
	limit         int
	filters       []string
	values        item
	names         map[string]string
	sieve         bool // what is read may be passed over: see errPassed
}

// errPassed is what a reader answers of an item that the list is not to show.
var errPassed = errors.New("passed over")

func (q *query) value(name string, v types.AttributeValue) {
	if q.values == nil {
		q.values = item{}
	}
	q.values[name] = v
}

// startsWith narrows to sort keys with that prefix.
func (q *query) startsWith(prefix string) {
	q.condition, q.prefix = "begins_with(sk, :sk)", prefix
	q.value(":sk", str(prefix))
}

// only narrows to ids with that prefix, where the sort key is the id.
func (q *query) only(prefix string) {
	q.startsWith(prefix)
	q.prefix = ""
}

// between narrows to sort keys from low to high. Ids of events never equal a ceiling made by ident.Floor except for
// entropy that is all zero.
func (q *query) between(low, high string) {
	q.condition = "sk BETWEEN :low AND :high"
	q.value(":low", str(low))
	q.value(":high", str(high))
}

// filter keeps the items whose attribute is the value; an empty value keeps all.
func (q *query) filter(attribute, value string) {
	if value != "" {
		q.filterBy(attribute, str(value))
	}
}

func (q *query) filterBy(attribute string, v types.AttributeValue) {
	if q.names == nil {
		q.names = map[string]string{}
	}
	q.names["#"+attribute] = attribute
	q.value(":"+attribute, v)
	q.filters = append(q.filters, "#"+attribute+" = :"+attribute)
}

func (q *query) input() *dynamodb.QueryInput {
	name := q.partitionName
	if name == "" {
		name = "pk"
	}
	q.value(":p", str(q.partition))
	in := &dynamodb.QueryInput{TableName: &q.table, KeyConditionExpression: aws.String(name + " = :p AND " + q.condition),
		ExpressionAttributeValues: q.values, ExpressionAttributeNames: q.names, ScanIndexForward: aws.Bool(false)}
	if q.index == "" {
		in.ConsistentRead = aws.Bool(true)
	} else {
		in.IndexName = &q.index
	}
	if len(q.filters) > 0 {
		in.FilterExpression = aws.String(strings.Join(q.filters, " AND "))
	} else if !q.sieve {
		in.Limit = aws.Int32(int32(q.limit + 1)) // one more than asked tells whether there are more
	}
	in.ExclusiveStartKey = q.startKey()
	return in
}

func (q *query) startKey() item {
	if q.after == "" {
		return nil
	}
	k := item{"sk": str(q.prefix + q.after)}
	if q.index == "" {
		k["pk"] = str(q.partition)
	}
	for name, v := range q.start {
		k[name] = v
	}
	return k
}

// list reads up to limit items, page by page, and tells whether there are more.
func list[T any](ctx context.Context, r Records, q query, read func(item) (T, error)) (all []T, more bool, err error) {
	in := q.input()
	for {
		page, err := r.Client.Query(ctx, in)
		if err != nil {
			return nil, false, fmt.Errorf("listing %s: %w", q.partition, away(err))
		}
		for _, it := range page.Items {
			one, err := read(it)
			if errors.Is(err, errPassed) {
				continue
			}
			if err != nil {
				return nil, false, err
			}
			if len(all) == q.limit {
				return all, true, nil
			}
			all = append(all, one)
		}
		if page.LastEvaluatedKey == nil {
			return all, false, nil
		}
		in.ExclusiveStartKey = page.LastEvaluatedKey
	}
}
