package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/fault"
	"waybill/internal/keyring"
)

var _ keyring.Store = Records{}

// sealItem is an organisation's sealing key, wrapped; once it was destroyed, the mark that it was.
type sealItem struct {
	Pk          string `dynamodbav:"pk"`
	Sk          string `dynamodbav:"sk"`
	Wrapped     []byte `dynamodbav:"wrapped,omitempty"`
	DestroyedAt string `dynamodbav:"destroyedAt,omitempty"`
}

// SealingKey answers fault.NotFound before there is one, keyring.ErrDestroyed when it was destroyed.
func (r Records) SealingKey(ctx context.Context, organisation string) ([]byte, error) {
	var i sealItem
	err := r.get(ctx, partition(organisation), sealSort, &i)
	if err == nil && i.DestroyedAt != "" {
		return nil, keyring.ErrDestroyed
	}
	return i.Wrapped, err
}

// KeepSealingKey writes an organisation's first one; fault.Conflict when there is or was one.
func (r Records) KeepSealingKey(ctx context.Context, organisation string, wrapped []byte) error {
	it, err := encode(sealItem{Pk: partition(organisation), Sk: sealSort, Wrapped: wrapped})
	if err != nil {
		return err
	}
	_, err = r.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &r.Table, Item: it, ConditionExpression: &absent.expression})
	var there *types.ConditionalCheckFailedException
	if errors.As(err, &there) {
		return fault.Conflict
	}
	if err != nil {
		return fmt.Errorf("keeping a sealing key: %w", away(err))
	}
	return nil
}
