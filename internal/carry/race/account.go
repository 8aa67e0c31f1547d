package race

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Account is a local S3 and who may do everything there.
type Account struct {
	Endpoint  string
	Region    string
	AccessKey string
	SecretKey string
	Bucket    string
	KeyARN    string // of the KMS key for both
}

// environ points the AWS CLI there, and keeps the user's own configuration out of it.
func (a Account) environ() []string {
	others := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
	return append(others, "AWS_ACCESS_KEY_ID="+a.AccessKey, "AWS_SECRET_ACCESS_KEY="+a.SecretKey, "AWS_DEFAULT_REGION="+a.Region,
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true")
}

// empty deletes every version of the bucket's objects.
func (a Account) empty(ctx context.Context) error {
	client := s3.New(s3.Options{Region: a.Region, BaseEndpoint: &a.Endpoint, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(a.AccessKey, a.SecretKey, "")})
	pages := s3.NewListObjectVersionsPaginator(client, &s3.ListObjectVersionsInput{Bucket: &a.Bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("listing the bucket: %w", err)
		}
		if err := remove(ctx, client, a.Bucket, page.Versions); err != nil {
			return err
		}
	}
	return nil
}

func remove(ctx context.Context, client *s3.Client, bucket string, versions []types.ObjectVersion) error {
	for _, v := range versions {
		if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: v.Key, VersionId: v.VersionId}); err != nil {
			return fmt.Errorf("emptying the bucket: %w", err)
		}
	}
	return nil
}
