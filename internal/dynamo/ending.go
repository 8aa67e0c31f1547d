package dynamo

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/org"
	"waybill/internal/purge"
)

var _ purge.Endings = Records{}

// Ending yields organisations whose termination was due by the act's time, however many cannot be ended yet. One that
// cannot be read is reported in its place.
func (r Records) Ending(ctx context.Context, act audit.Act) iter.Seq2[org.Organisation, error] {
	return func(yield func(org.Organisation, error) bool) {
		pages := dynamodb.NewQueryPaginator(r.Client, dueQuery(r.Table, endingShard, act.Time))
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(org.Organisation{}, fmt.Errorf("asking for organisations at their end: %w", away(err)))
				return
			}
			for _, it := range page.Items {
				if !yield(organisationIn(it)) {
					return
				}
			}
		}
	}
}

func organisationIn(it item) (org.Organisation, error) {
	var i orgItem
	if err := decode(it, &i); err != nil {
		return org.Organisation{}, err
	}
	return i.organisation()
}

// BeginEnd marks that the organisation's records go from now on, and moves the guard.
func (r Records) BeginEnd(ctx context.Context, act audit.Act, g hold.Guard, before, after org.Organisation) error {
	w, err := r.replaceOrg(before, after)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, after.ID, act.Entry(audit.OrgEnding, after.ID, audit.Done, ""), w, r.moveGuard(after.ID, g.Revision, staleGuard()))
}

// lasting holds while an organisation is not at its end.
var lasting = condition{expression: "attribute_not_exists(endingAt) AND attribute_not_exists(endedAt)"}

// notEnding holds an organisation to be there, and not at its end.
func (r Records) notEnding(id string) write {
	c := condition{expression: "attribute_exists(pk) AND " + lasting.expression}
	return r.check(key(id, orgSort), c, fault.NotFound)
}

// kinds are what an organisation's records are called when they are counted, by the beginning of their sort key.
var kinds = []struct{ prefix, name string }{{migrationSort, "migration"}, {uploadSort, "upload"}, {insSort, "inspection"}, {onceSort, "idempotencyKey"},
	{holdSort, "hold"}, {retentionSort, "retention"}}

// atOnce is how many records one transaction deletes: DynamoDB's own limit.
const atOnce = 100

// EraseRecords deletes all of an organisation's records but its own and its sealing key.
func (r Records) EraseRecords(ctx context.Context, organisation string) (map[string]int, error) {
	erased := map[string]int{}
	for {
		sorts, _, err := r.others(ctx, organisation, atOnce)
		if err != nil || len(sorts) == 0 {
			return erased, err
		}
		in := &dynamodb.TransactWriteItemsInput{}
		for _, sort := range sorts {
			in.TransactItems = append(in.TransactItems, types.TransactWriteItem{Delete: &types.Delete{TableName: &r.Table, Key: key(organisation, sort)}})
		}
		if _, err := r.Client.TransactWriteItems(ctx, in); err != nil {
			return erased, fmt.Errorf("erasing records of %s: %w", organisation, away(err))
		}
		for _, sort := range sorts {
			erased[kindOf(sort)]++
		}
	}
}

func kindOf(sort string) string {
	for _, k := range kinds {
		if strings.HasPrefix(sort, k.prefix) {
			return k.name
		}
	}
	return "other"
}

// Left counts what EraseRecords should have erased, by reading the partition anew, and answers the sealing key as it is stored.
func (r Records) Left(ctx context.Context, organisation string) (n int, sealingKey []byte, err error) {
	sorts, sealingKey, err := r.others(ctx, organisation, atOnce)
	return len(sorts), sealingKey, err
}

// others are the sort keys of an organisation's records, the first so many, without its own and its sealing key.
func (r Records) others(ctx context.Context, organisation string, limit int) (sorts []string, sealingKey []byte, err error) {
	pages := dynamodb.NewQueryPaginator(r.Client, &dynamodb.QueryInput{TableName: &r.Table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression: aws.String("pk = :p"), ExpressionAttributeValues: item{":p": str(organisation)},
		ProjectionExpression: aws.String("pk, sk, #w"), ExpressionAttributeNames: map[string]string{"#w": "wrapped"}})
	for pages.HasMorePages() && len(sorts) < limit {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("reading what is left of %s: %w", organisation, away(err))
		}
		for _, it := range page.Items {
			var i sealItem
			if err := decode(it, &i); err != nil {
				return nil, nil, err
			}
			switch {
			case i.Sk == sealSort:
				sealingKey = i.Wrapped
			case i.Sk != orgSort && len(sorts) < limit:
				sorts = append(sorts, i.Sk)
			}
		}
	}
	return sorts, sealingKey, nil
}

// End writes a mark in place of the organisation's record, destroys its sealing key, and writes the certificate.
func (r Records) End(ctx context.Context, act audit.Act, o org.Organisation, c certificate.Certificate) error {
	writes, err := r.mark(act, o.ID, unchanged(o.Revision))
	if err != nil {
		return err
	}
	signed, err := r.certified(c, act.Time)
	if err != nil {
		return err
	}
	return r.commit(ctx, act, o.ID, act.Entry(audit.OrgEnded, o.ID, audit.Done, ""), append(writes, signed)...)
}
