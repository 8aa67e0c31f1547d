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

// Table is the local AWS's records table.
type Table struct {
	DynamoDB *dynamodb.Client
	Name     string
}

// Look reads every item that falls due or expires.
func (t Table) Look(ctx context.Context) (*Picture, error) {
	pages := dynamodb.NewScanPaginator(t.DynamoDB, &dynamodb.ScanInput{
		TableName: &t.Name, ConsistentRead: aws.Bool(true),
		FilterExpression: aws.String("attribute_exists(dueAt) OR attribute_exists(expiresAt)"),
	})
	var items []Item
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("scanning %s: %w", t.Name, err)
		}
		for _, item := range page.Items {
			items = append(items, item)
		}
	}
	return NewPicture(items), nil
}

// Remove deletes an item, if it has expired in the meantime as well.
func (t Table) Remove(ctx context.Context, item Item, by time.Time) (bool, error) {
	_, err := t.DynamoDB.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName:           &t.Name,
		Key:                 map[string]types.AttributeValue{"pk": item["pk"], "sk": item["sk"]},
		ConditionExpression: aws.String("expiresAt <= :now"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":now": &types.AttributeValueMemberN{Value: strconv.FormatInt(by.Unix(), 10)},
		},
	})
	var changed *types.ConditionalCheckFailedException
	if errors.As(err, &changed) {
		return false, nil
	}
	return err == nil, err
}

// Suspend turns the local AWS's own time to live off, which would remove by the wall clock what is to be played here.
func (t Table) Suspend(ctx context.Context) error {
	_, err := t.DynamoDB.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &t.Name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{
			AttributeName: aws.String("expiresAt"), Enabled: aws.Bool(false),
		},
	})
	if err != nil {
		return fmt.Errorf("suspending time to live: %w", err)
	}
	return nil
}
