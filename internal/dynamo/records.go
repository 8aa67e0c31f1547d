// Package dynamo keeps the records of a cell in one DynamoDB table, and its audit trail in another.
//
// # How data lies
//
// Records. Everything of an organisation is in its own partition: pk is its id. A caller's organisation comes from the
// token and is the partition of every key that is read or written, so another organisation's things cannot be named.
//
//	pk        sk               what                       attributes beside its own
//	org_…     org              the organisation          dueShard, dueAt while its termination runs
//	org_…     mig#mig_…        a migration                scope: its projects and apps, deflated JSON
//	org_…     upl#upl_…        an upload                  dueShard, dueAt, parent, expiresAt
//	org_…     ins#upl_…        what was read in that upload
//	org_…     once#{sha256}    an idempotency key         expiresAt
//	org_…     seal             the sealing key, wrapped   (package keyring)
//	org_…     retention#guard  a count: of holds placed and released, and purges begun
//	org_…     retention#hld#…  a legal hold               dueShard "holds", dueAt its review, while it is in force
//	org_…     retention#int#…  an intent: a purge that has begun
//	cell      found#crt_…      what a restore had brought back of a certificate, until its addendum is written
//	cell      upl#upl_…        a quarantined upload       dueShard, dueAt, expiresAt
//	cell      once#{sha256}    an operator's idempotency key
//
// Audit. pk is the organisation (or cell), sk the id of an event or of a certificate. It is only ever put to and queried.
// Each item has a leaf, which the table's stream takes to the ledger; what is personal of an event lies sealed beside it.
//
// # Access patterns
//
//	one thing                         GetItem
//	an organisation's, newest first   Query pk, sk begins with "mig#", "upl#" or "retention#hld#", backwards: ids sort by time
//	a migration's uploads             Query index parent: parent = "{org}/{mig}", sorted by sk
//	what is due                       Query index due, once per shard: dueShard = 0…f, dueAt ≤ now
//	overdue reviews of holds          Query index due: dueShard = holds, dueAt ≤ now
//	what suspends a purge             Query pk, sk begins with "retention#": guard, holds and intents at once
//	an organisation's events          Query audit pk, sk between two event ids
//
// The due index is sparse: an item is in it while something is left to do. It has 16 shards by a hash of the id, so that
// a hot hour is spread evenly; a sweep costs 16 queries and what is due, however much is
// stored and however long nobody swept. (Sharding by hour as well would make a sweep ask for every hour since the last.)
//
// TTL (expiresAt) is a broom, not a clock: it stands a day after the deadline, so that it only finds what purge missed,
// and what must not be seen after its time (idempotency keys) is filtered on reading.
//
// # Writes
//
// Every change is one TransactWriteItems: the record, on condition that it is as it was read; its audit entry; and the
// idempotency key, on condition that it is new. The SDK's client request token makes its own retries harmless.
package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/fault"
)

// Records is the store. It implements what org, hold, migration, upload, purge and web declare.
type Records struct {
	Client *dynamodb.Client
	Table  string // records
	Audit  string // audit entries
	Seals  Seals  // for the acts of persons; nil where none are recorded
}

// The partition of what belongs to no organisation, and the sort keys.
const (
	cellPartition = "cell"
	orgSort       = "org"
	migrationSort = "mig#"
	uploadSort    = "upl#"
	onceSort      = "once#"
	insSort       = "ins#"
	sealSort      = "seal"
)

// item is one item as DynamoDB has it.
type item = map[string]types.AttributeValue

func str(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func num[N int | int64](n N) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: fmt.Sprint(n)}
}

func key(partition, sort string) item { return item{"pk": str(partition), "sk": str(sort)} }

// partition is where an organisation's things lie; what has none lies in the cell's.
func partition(organisation string) string {
	if organisation == "" {
		return cellPartition
	}
	return organisation
}

// get reads one item into out; fault.NotFound when there is none. Reads are strongly consistent: what a customer wrote
// they also see.
func (r Records) get(ctx context.Context, partition, sort string, out any) error {
	found, err := r.Client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &r.Table, Key: key(partition, sort), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return fmt.Errorf("reading %s %s: %w", partition, sort, away(err))
	}
	if found.Item == nil {
		return fault.NotFound
	}
	return decode(found.Item, out)
}

func decode(from item, out any) error {
	if err := attributevalue.UnmarshalMap(from, out); err != nil {
		return fmt.Errorf("decoding an item: %w", err)
	}
	return nil
}

func encode(from any) (item, error) {
	it, err := attributevalue.MarshalMap(from)
	if err != nil {
		return nil, fmt.Errorf("encoding an item: %w", err)
	}
	return it, nil
}

// away marks what passes by itself: throttling, and another change in progress.
func away(err error) error {
	var slow *types.ProvisionedThroughputExceededException
	var limit *types.RequestLimitExceeded
	var conflict *types.TransactionConflictException
	if errors.As(err, &slow) || errors.As(err, &limit) || errors.As(err, &conflict) {
		return errors.Join(fault.Unavailable, err)
	}
	return err
}
