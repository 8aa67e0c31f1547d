package awstest_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/localaws/awstest"
)

func TestRecordsIsQueriedByDeadline(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	table, db := cloud.Records(t), cloud.DynamoDB()
	for _, sk := range []string{"upl#b", "upl#a"} {
		put(t, db, table, map[string]string{
			"pk": "org_1", "sk": sk, "dueShard": "0", "dueAt": "2026-01-01T00:00:00.000Z", "parent": "org_1/mig_1",
		})
	}
	put(t, db, table, map[string]string{"pk": "org_1", "sk": "org"})
	for index, partition := range map[string][2]string{"due": {"dueShard", "0"}, "parent": {"parent", "org_1/mig_1"}} {
		out, err := db.Query(t.Context(), &dynamodb.QueryInput{
			TableName: &table, IndexName: &index, KeyConditionExpression: aws.String("#p = :v"),
			ExpressionAttributeNames:  map[string]string{"#p": partition[0]},
			ExpressionAttributeValues: map[string]types.AttributeValue{":v": &types.AttributeValueMemberS{Value: partition[1]}},
		})
		if err != nil || out.Count != 2 {
			t.Errorf("index %s: %v, %v", index, out, err)
		}
	}
}

func TestAuditAndBucketAreOfTheirOwn(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	if a, b := cloud.Audit(t), cloud.Audit(t); a == b {
		t.Errorf("two audit tables are one: %s", a)
	}
	bucket := cloud.Bucket(t)
	put := func() *string {
		in := &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("k"), Body: strings.NewReader("x")}
		out, err := cloud.S3().PutObject(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return out.VersionId
	}
	if a, b := put(), put(); a == nil || b == nil || *a == *b {
		t.Errorf("the bucket is not versioned: %v, %v", a, b)
	}
}

func TestKeysAreUsable(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	key, mac := cloud.Key(t), cloud.MACKey(t)
	if _, err := cloud.KMS().GenerateDataKey(t.Context(), &kms.GenerateDataKeyInput{
		KeyId: &key, KeySpec: kmstypes.DataKeySpecAes256,
	}); err != nil {
		t.Error(err)
	}
	if _, err := cloud.KMS().GenerateMac(t.Context(), &kms.GenerateMacInput{
		KeyId: &mac, Message: []byte("cursor"), MacAlgorithm: kmstypes.MacAlgorithmSpecHmacSha256,
	}); err != nil {
		t.Error(err)
	}
}

func put(t *testing.T, db *dynamodb.Client, table string, item map[string]string) {
	t.Helper()
	values := map[string]types.AttributeValue{}
	for name, value := range item {
		values[name] = &types.AttributeValueMemberS{Value: value}
	}
	if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: values}); err != nil {
		t.Fatal(err)
	}
}
