package kms_test

import (
	"crypto/rand"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"

	"waybill/internal/faultline"
	"waybill/internal/localaws/awstest"
)

// user is the configuration of somebody with that policy: IAM does not bind root.
func user(t *testing.T, policy string) aws.Config {
	t.Helper()
	cfg := awstest.Start(t).Config()
	client, name := iam.NewFromConfig(cfg), aws.String("u-"+rand.Text())
	if _, err := client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: name}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{UserName: name, PolicyName: name, PolicyDocument: &policy}); err != nil {
		t.Fatal(err)
	}
	out, err := client.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: name})
	if err != nil {
		t.Fatal(err)
	}
	cfg.Credentials = credentials.NewStaticCredentialsProvider(*out.AccessKey.AccessKeyId, *out.AccessKey.SecretAccessKey, "")
	return cfg
}

func operations(line *faultline.Line) (names []string) {
	for _, c := range line.Calls() {
		names = append(names, c.Operation)
	}
	return names
}

func made(t *testing.T, in *awskms.CreateKeyInput) (keyARN string) {
	t.Helper()
	out, err := awstest.Start(t).KMS().CreateKey(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(out.KeyMetadata.Arn)
}

func disabled(t *testing.T, keyARN string) string {
	t.Helper()
	if _, err := awstest.Start(t).KMS().DisableKey(t.Context(), &awskms.DisableKeyInput{KeyId: &keyARN}); err != nil {
		t.Fatal(err)
	}
	return keyARN
}

func condemned(t *testing.T, keyARN string) string {
	t.Helper()
	in := &awskms.ScheduleKeyDeletionInput{KeyId: &keyARN, PendingWindowInDays: aws.Int32(7)}
	if _, err := awstest.Start(t).KMS().ScheduleKeyDeletion(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	return keyARN
}
