package awstest

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Bucket makes an empty versioned bucket in Region, and returns its name.
func (c *Cloud) Bucket(t testing.TB) string {
	t.Helper()
	name := aws.String(unique())
	if _, err := c.S3().CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: name,
		CreateBucketConfiguration: &types.CreateBucketConfiguration{
			LocationConstraint: types.BucketLocationConstraint(c.Region),
		},
	}); err != nil && !errors.As(err, new(*types.BucketAlreadyOwnedByYou)) { // as with a table: see create
		t.Fatalf("making a bucket: %v", err)
	}
	if _, err := c.S3().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatalf("versioning a bucket: %v", err)
	}
	return *name
}

// Key makes a symmetric encryption key, as an organisation's, and returns its ARN.
func (c *Cloud) Key(t testing.TB) string {
	t.Helper()
	return c.key(t, &kms.CreateKeyInput{})
}

// MACKey makes an HMAC_256 key, as the one cursors are signed with, and returns its ARN.
func (c *Cloud) MACKey(t testing.TB) string {
	t.Helper()
	return c.key(t, &kms.CreateKeyInput{KeySpec: kmstypes.KeySpecHmac256, KeyUsage: kmstypes.KeyUsageTypeGenerateVerifyMac})
}

// SigningKey makes an Ed25519 key, as the one certificates and checkpoints are signed with, and returns its ARN.
func (c *Cloud) SigningKey(t testing.TB) string {
	t.Helper()
	return c.key(t, &kms.CreateKeyInput{KeySpec: kmstypes.KeySpecEccNistEdwards25519, KeyUsage: kmstypes.KeyUsageTypeSignVerify})
}

func (c *Cloud) key(t testing.TB, in *kms.CreateKeyInput) string {
	t.Helper()
	out, err := c.KMS().CreateKey(t.Context(), in)
	if err != nil {
		t.Fatalf("making a key: %v", err)
	}
	return *out.KeyMetadata.Arn
}

// unique fits every kind of name: lower-case letters and digits, and short.
func unique() string { return "t-" + strings.ToLower(rand.Text()) }
