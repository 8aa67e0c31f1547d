package localaws_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/localaws"
)

// orphan makes the test binary a program that starts a local AWS and waits to be killed.
const orphan = "LOCALAWS_TEST_ORPHAN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(orphan); dir != "" {
		beOrphaned(dir)
	}
	os.Exit(m.Run())
}

func beOrphaned(dir string) {
	address, _ := localaws.FreePort()
	server, err := localaws.Start(context.Background(), localaws.Options{Dir: dir, Address: address, Region: "eu-west-2"})
	if err != nil {
		println(err.Error())
		os.Exit(1)
	}
	os.Stdout.WriteString(strings.TrimPrefix(server.Endpoint, "http://") + "\n")
	select {}
}

func TestEndsWithItsParentHoweverThatEnds(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), orphan+"="+dir)
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	parent.Process.Kill()
	parent.Wait()
	eventually(t, "the port is free", func() bool { return localaws.Free(strings.TrimSpace(address)) == nil })
	eventually(t, "the directory is gone", func() bool { return absent(dir) })
}

func TestStopLeavesNothing(t *testing.T) {
	t.Parallel()
	server := start(t, localaws.Options{})
	address := strings.TrimPrefix(server.Endpoint, "http://")
	if err := localaws.Free(address); err == nil {
		t.Error("nothing listens after the start")
	}
	server.Stop()
	server.Stop()
	if err := localaws.Free(address); err != nil {
		t.Error(err)
	}
}

func TestKeptStateOutlivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, localaws.Options{Dir: dir, Keep: true})
	bucket, table := "kept-bucket", "kept-table"
	makeBucket(t, first, bucket)
	put := &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("k"), Body: strings.NewReader("kept")}
	if _, err := s3.NewFromConfig(first.Config()).PutObject(t.Context(), put); err != nil {
		t.Fatal(err)
	}
	makeTable(t, first, table)
	first.Stop()

	second := start(t, localaws.Options{Dir: dir, Keep: true})
	head := &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String("k")}
	if _, err := s3.NewFromConfig(second.Config()).HeadObject(t.Context(), head); err != nil {
		t.Error(err)
	}
	describe := &dynamodb.DescribeTableInput{TableName: &table}
	if _, err := dynamodb.NewFromConfig(second.Config()).DescribeTable(t.Context(), describe); err != nil {
		t.Error(err)
	}
}

func TestStartRefusesBeforeStarting(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for address, reason := range map[string]string{
		taken.Addr().String(): "address already in use",
		"0.0.0.0:4566":        "is not a loopback address",
		"192.0.2.1:4566":      "is not a loopback address",
		"localhost:4566":      "is not a loopback address",
		"127.0.0.1":           "missing port",
		"127.0.0.1:0":         "names no port",
	} {
		dir := filepath.Join(t.TempDir(), "state")
		_, err := localaws.Start(t.Context(), localaws.Options{Dir: dir, Address: address})
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v, want %q", address, err, reason)
		}
		if !absent(dir) {
			t.Errorf("%s: something was made", address)
		}
	}
}

func TestConfigNeverLeavesThisMachine(t *testing.T) {
	t.Parallel()
	cfg := start(t, localaws.Options{}).Config()
	cfg.BaseEndpoint = aws.String("http://192.0.2.1:80")
	cfg.RetryMaxAttempts = 1
	_, err := s3.NewFromConfig(cfg).ListBuckets(t.Context(), &s3.ListBucketsInput{})
	if err == nil || !strings.Contains(err.Error(), "is not a loopback address") {
		t.Error(err)
	}
}

func start(t *testing.T, o localaws.Options) *localaws.Server {
	t.Helper()
	address, err := localaws.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	if o.Dir == "" {
		o.Dir = filepath.Join(t.TempDir(), "state")
	}
	o.Address, o.Region = address, "eu-west-2"
	server, err := localaws.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}

func makeBucket(t *testing.T, server *localaws.Server, name string) {
	t.Helper()
	if _, err := s3.NewFromConfig(server.Config()).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "eu-west-2"},
	}); err != nil {
		t.Fatal(err)
	}
}

func makeTable(t *testing.T, server *localaws.Server, name string) {
	t.Helper()
	pk := aws.String("pk")
	if _, err := dynamodb.NewFromConfig(server.Config()).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: pk, AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: pk, KeyType: types.KeyTypeHash}},
	}); err != nil {
		t.Fatal(err)
	}
}

func absent(dir string) bool {
	_, err := os.Stat(dir)
	return os.IsNotExist(err)
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(15 * time.Second); !holds(); {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("never: %s", what)
		}
	}
}
