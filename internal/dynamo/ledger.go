package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/fault"
	"waybill/internal/ledger"
)

// Ledger is where the order of the ledger's leaves is made. It implements ledger.Store, in a table of its own:
//
//	pk          sk               what
//	ledger      head             leaves (how many are committed), published, checkpoint
//	batch       {index, 20 digits}  leaves committed at once, from that index on: a list of {id, data}
//	leaf#{id}   leaf             the index of a leaf
//
// A batch is needed until its tiles are out, which takes seconds; it carries expiresAt, a season later, so that TTL takes
// it away for nothing and no call is made to delete it. The table is never restored from a backup: it and the tiles are
// what a restore is judged by.
type Ledger struct {
	Client *dynamodb.Client
	Table  string
	Now    func() time.Time // for expiresAt only
}

var _ ledger.Store = Ledger{}

// OpenLedger is the ledger's table, over a client as patient as that of the records.
func OpenLedger(cfg aws.Config, table string, now func() time.Time) Ledger {
	return Ledger{Open(cfg, "", "").Client, table, now}
}

// season is how long a batch stays, at least.
const season = 90 * 24 * time.Hour

// Head reads how far the ledger is.
func (l Ledger) Head(ctx context.Context) (ledger.Head, error) {
	var head struct {
		Size       int64  `dynamodbav:"leaves"`
		Published  int64  `dynamodbav:"published"`
		Checkpoint string `dynamodbav:"checkpoint"`
	}
	err := Records{Client: l.Client, Table: l.Table}.get(ctx, "ledger", "head", &head)
	if errors.Is(err, fault.NotFound) {
		return ledger.Head{}, nil
	}
	return ledger.Head(head), err
}

// Indices reads where leaves stand, 100 ids at a time.
func (l Ledger) Indices(ctx context.Context, ids []string) (map[string]int64, error) {
	known := map[string]int64{}
	if len(ids) == 0 {
		return known, nil
	}
	keys := make([]map[string]types.AttributeValue, len(ids))
	for i, id := range ids {
		keys[i] = key("leaf#"+id, "leaf")
	}
	asked := map[string]types.KeysAndAttributes{l.Table: {Keys: keys, ConsistentRead: aws.Bool(true)}}
	for range tries {
		found, err := l.Client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: asked})
		if err != nil {
			return nil, fmt.Errorf("finding leaves: %w", away(err))
		}
		if err := indices(known, found.Responses[l.Table]); err != nil || len(found.UnprocessedKeys) == 0 {
			return known, err
		}
		asked = found.UnprocessedKeys
	}
	return nil, fault.Unavailable.Because("The ledger is busy; try again.")
}

func indices(known map[string]int64, items []item) error {
	for _, it := range items {
		var at struct {
			Pk    string `dynamodbav:"pk"`
			Index int64  `dynamodbav:"index"`
		}
		if err := decode(it, &at); err != nil {
			return err
		}
		known[at.Pk[len("leaf#"):]] = at.Index
	}
	return nil
}

type batchLeaf struct {
	ID   string `dynamodbav:"id"`
	Data []byte `dynamodbav:"data"`
}

// Append commits leaves in one transaction.
func (l Ledger) Append(ctx context.Context, size int64, leaves []ledger.Leaf) error {
	held := make([]batchLeaf, len(leaves))
	for i, leaf := range leaves {
		held[i] = batchLeaf(leaf)
	}
	batch, err := encode(map[string]any{"leaves": held})
	if err != nil {
		return err
	}
	batch["pk"], batch["sk"] = str("batch"), str(batchSort(size))
	batch["expiresAt"] = num(l.Now().Add(season).Unix())
	writes := []types.TransactWriteItem{l.headTo(size, len(leaves)), l.fresh(batch)}
	for i, leaf := range leaves {
		it := key("leaf#"+leaf.ID, "leaf")
		it["index"] = num(size + int64(i))
		writes = append(writes, l.fresh(it))
	}
	if _, err = l.Client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes}); err != nil {
		return fmt.Errorf("committing leaves from %d on: %w", size, stale(err))
	}
	return nil
}

func batchSort(size int64) string { return fmt.Sprintf("%020d", size) }

func (l Ledger) headTo(size int64, more int) types.TransactWriteItem {
	condition := "leaves = :was"
	if size == 0 {
		condition = "attribute_not_exists(pk)"
	}
	update := &types.Update{TableName: &l.Table, Key: key("ledger", "head"), ConditionExpression: &condition,
		UpdateExpression:          aws.String("SET leaves = :is, published = if_not_exists(published, :none)"),
		ExpressionAttributeValues: item{":is": num(size + int64(more)), ":none": num(0)}}
	if size > 0 {
		update.ExpressionAttributeValues[":was"] = num(size)
	}
	return types.TransactWriteItem{Update: update}
}

func (l Ledger) fresh(it item) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: &l.Table, Item: it, ConditionExpression: &absent.expression}}
}

// stale finds in a cancelled transaction whether the ledger moved meanwhile.
func stale(err error) error {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		for _, reason := range cancelled.CancellationReasons {
			if code := aws.ToString(reason.Code); code == "ConditionalCheckFailed" || code == "TransactionConflict" {
				return fault.Stale
			}
		}
	}
	return away(err)
}

// Committed reads batches from that index on, as many as one answer of DynamoDB's holds (1 MB).
func (l Ledger) Committed(ctx context.Context, from int64) ([]ledger.Leaf, error) {
	page, err := l.Client.Query(ctx, &dynamodb.QueryInput{TableName: &l.Table, ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("pk = :b AND sk >= :from"),
		ExpressionAttributeValues: item{":b": str("batch"), ":from": str(batchSort(from))}})
	if err != nil {
		return nil, fmt.Errorf("reading committed leaves: %w", away(err))
	}
	var leaves []ledger.Leaf
	for _, it := range page.Items {
		var batch struct {
			Sk     string      `dynamodbav:"sk"`
			Leaves []batchLeaf `dynamodbav:"leaves"`
		}
		if err := decode(it, &batch); err != nil {
			return nil, err
		}
		if start, err := strconv.ParseInt(batch.Sk, 10, 64); err != nil || start != from+int64(len(leaves)) {
			return nil, fmt.Errorf("a batch begins at %s and not at %d", batch.Sk, from+int64(len(leaves)))
		}
		for _, leaf := range batch.Leaves {
			leaves = append(leaves, ledger.Leaf(leaf))
		}
	}
	return leaves, nil
}

// Publish moves what is published. It says nothing of the size, which may have grown meanwhile.
func (l Ledger) Publish(ctx context.Context, before, after ledger.Head) error {
	_, err := l.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &l.Table, Key: key("ledger", "head"),
		ConditionExpression: aws.String("published = :was"), UpdateExpression: aws.String("SET published = :is, checkpoint = :signed"),
		ExpressionAttributeValues: item{":was": num(before.Published), ":is": num(after.Published), ":signed": str(after.Checkpoint)}})
	var moved *types.ConditionalCheckFailedException
	if errors.As(err, &moved) {
		return fault.Stale
	}
	if err != nil {
		return fmt.Errorf("publishing a checkpoint: %w", away(err))
	}
	return nil
}

// Leaf is the leaf in the new image of a record of the audit table's stream; there is none in what is no leaf.
func Leaf(image map[string]events.DynamoDBAttributeValue) (ledger.Leaf, bool) {
	id, named := image["sk"]
	data, has := image["leaf"] // which, absent, would call itself binary
	if !named || !has || id.DataType() != events.DataTypeString || data.DataType() != events.DataTypeBinary {
		return ledger.Leaf{}, false
	}
	return ledger.Leaf{ID: id.String(), Data: data.Binary()}, true
}
