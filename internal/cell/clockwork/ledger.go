package clockwork

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Ledger waits until all that is on record stands in the ledger: as many leaves are published as there are items that
// have one. So whatever a move of the clock brought can be proven when it has ended.
type Ledger struct {
	DynamoDB *dynamodb.Client
	Audit    string // table of what is on record
	Table    string // the ledger's
}

// behind is how long the ledger may take.
const behind = 30 * time.Second

var errBehind = errors.New("the ledger does not catch up with what is on record; look at the function sequence")

// Settle returns when the ledger has caught up.
func (l Ledger) Settle(ctx context.Context) error {
	late := time.NewTimer(behind)
	defer late.Stop()
	for {
		leaves, err := l.leaves(ctx)
		if err != nil {
			return fmt.Errorf("counting what is on record: %w", err)
		}
		published, err := l.published(ctx)
		if err != nil || published >= leaves {
			return err
		}
		select {
		case <-time.After(gap):
		case <-late.C:
			return errBehind
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l Ledger) leaves(ctx context.Context) (n int, err error) {
	pages := dynamodb.NewScanPaginator(l.DynamoDB, &dynamodb.ScanInput{TableName: &l.Audit, ConsistentRead: aws.Bool(true),
		Select: types.SelectCount, FilterExpression: aws.String("attribute_exists(leaf)")})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return 0, err
		}
		n += int(page.Count)
	}
	return n, nil
}

func (l Ledger) published(ctx context.Context) (int, error) {
	head, err := l.DynamoDB.GetItem(ctx, &dynamodb.GetItemInput{TableName: &l.Table, ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "ledger"}, "sk": &types.AttributeValueMemberS{Value: "head"}}})
	if err != nil {
		return 0, fmt.Errorf("reading the ledger's head: %w", err)
	}
	number, _ := head.Item["published"].(*types.AttributeValueMemberN)
	if number == nil {
		return 0, nil
	}
	return strconv.Atoi(number.Value)
}
