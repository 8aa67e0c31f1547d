package awstest

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Records makes an empty table as template.yaml's RecordsTable, and returns its name.
func (c *Cloud) Records(t testing.TB) string {
	t.Helper()
	return c.table(t, recordsTable())
}

// Audit makes an empty table as template.yaml's AuditTable, and returns its name.
func (c *Cloud) Audit(t testing.TB) string {
	t.Helper()
	return c.table(t, auditTable())
}

func recordsTable() *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: textual("pk", "sk", "dueShard", "dueAt", "parent"),
		KeySchema:            key("pk", "sk"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{
			index("due", "dueShard", "dueAt"),
			index("parent", "parent", "sk"),
		},
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	}
}

func auditTable() *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: textual("pk", "sk"),
		KeySchema:            key("pk", "sk"),
	}
}

func (c *Cloud) table(t testing.TB, in *dynamodb.CreateTableInput) string {
	t.Helper()
	in.TableName = aws.String(unique())
	if err := c.create(t.Context(), in); err != nil {
		t.Fatalf("making a table: %v", err)
	}
	return *in.TableName
}

// create takes a table that is there for made: nobody else has its name, so the SDK has tried again what had happened
// and was not heard.
func (c *Cloud) create(ctx context.Context, in *dynamodb.CreateTableInput) error {
	_, err := c.DynamoDB().CreateTable(ctx, in)
	var made *types.ResourceInUseException
	if errors.As(err, &made) {
		return nil
	}
	return err
}

func textual(names ...string) (all []types.AttributeDefinition) {
	for _, name := range names {
		all = append(all, types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS})
	}
	return all
}

func key(partition, sort string) []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: aws.String(partition), KeyType: types.KeyTypeHash},
		{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange},
	}
}

func index(name, partition, sort string) types.GlobalSecondaryIndex {
	return types.GlobalSecondaryIndex{
		IndexName: aws.String(name), KeySchema: key(partition, sort),
		Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
	}
}
