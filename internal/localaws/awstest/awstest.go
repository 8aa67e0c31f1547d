// Package awstest gives tests a local AWS: one process for each test binary, and tables, buckets and keys of each
// test's own, so that tests run in parallel and leave nothing to each other.
//
//	cloud := awstest.Start(t)
//	store := dynamo.Open(cloud.Config(), cloud.Records(t), cloud.Audit(t))
//
// The process is not ended by a test: it ends with the test binary (package localaws), and takes its directory below
// build/test with it. What a test made is therefore not removed one by one.
//
// Time to live is not enabled on the tables. The local AWS expires items by the wall clock, once a minute and without a
// stream record; a test whose items lie in the past would lose them when it happens to run long.
package awstest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/localaws"
)

// Region is where the local AWS is.
const Region = "eu-central-1"

// Cloud is the local AWS of this test binary; its Config is root's.
type Cloud struct{ *localaws.Server }

// Start returns the local AWS, and starts it at the first call. The test fails when it cannot.
func Start(t testing.TB) *Cloud {
	t.Helper()
	cloud, err := start()
	if err != nil {
		t.Fatal(err)
	}
	return cloud
}

var start = sync.OnceValues(func() (*Cloud, error) {
	root, err := localaws.Checkout()
	if err != nil {
		return nil, err
	}
	parent := filepath.Join(root, "build", "test")
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, fmt.Errorf("making %s: %w", parent, err)
	}
	for try := 1; ; try++ {
		server, err := attempt(parent)
		if err == nil {
			return &Cloud{server}, nil
		}
		if try == 3 { // a free port may be taken by another test binary before its use
			return nil, err
		}
	}
})

func attempt(parent string) (*localaws.Server, error) {
	dir, err := os.MkdirTemp(parent, "aws-")
	if err != nil {
		return nil, fmt.Errorf("making a state directory: %w", err)
	}
	address, err := localaws.FreePort()
	if err != nil {
		return nil, err
	}
	return localaws.Start(context.Background(), localaws.Options{Dir: dir, Address: address, Region: Region})
}

// DynamoDB is a client as root.
func (c *Cloud) DynamoDB() *dynamodb.Client { return dynamodb.NewFromConfig(c.Config()) }

// KMS is a client as root.
func (c *Cloud) KMS() *kms.Client { return kms.NewFromConfig(c.Config()) }

// S3 is a client as root. Buckets are in the path: no name resolves to a bucket on this machine.
func (c *Cloud) S3() *s3.Client {
	return s3.NewFromConfig(c.Config(), func(o *s3.Options) { o.UsePathStyle = true })
}
