package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/localaws"
	"waybill/internal/template"
)

// ground is a local AWS in which nothing runs: what one measurement makes there, as root, is all there is.
type ground struct {
	*localaws.Server
	root     string // of the checkout
	template template.Template
}

func newGround(ctx context.Context, root string) (*ground, error) {
	t, err := template.Read(filepath.Join(root, "template.yaml"))
	if err != nil {
		return nil, err
	}
	address, err := localaws.FreePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Join(root, "build"), "bench-aws-")
	if err != nil {
		return nil, fmt.Errorf("making a state directory: %w", err)
	}
	server, err := localaws.Start(ctx, localaws.Options{Dir: dir, Address: address, Region: "eu-central-1"})
	return &ground{server, root, t}, err
}

// on is a measurement on a ground of its own, which is gone after it.
func on(measure func(context.Context, *ground) ([]Figure, error)) func(context.Context, string) ([]Figure, error) {
	return func(ctx context.Context, root string) ([]Figure, error) {
		g, err := newGround(ctx, root)
		if err != nil {
			return nil, err
		}
		defer g.Stop()
		return measure(ctx, g)
	}
}

// table makes an empty one as the template has it: keys and indexes.
func (g *ground) table(ctx context.Context, resource string) (string, error) {
	properties := g.template.Resources[resource].Properties
	text, err := json.Marshal(map[string]any{"AttributeDefinitions": properties["AttributeDefinitions"],
		"KeySchema": properties["KeySchema"], "GlobalSecondaryIndexes": properties["GlobalSecondaryIndexes"]})
	if err != nil {
		return "", err
	}
	in := dynamodb.CreateTableInput{TableName: aws.String(unique()), BillingMode: types.BillingModePayPerRequest}
	if err := json.Unmarshal(text, &in); err != nil { // the SDK and CloudFormation name members alike
		return "", err
	}
	_, err = dynamodb.NewFromConfig(g.Config()).CreateTable(ctx, &in)
	if err != nil && !errors.As(err, new(*types.ResourceInUseException)) { // nobody else has its name: the SDK asked twice
		return "", fmt.Errorf("making a table as %s: %w", resource, err)
	}
	return *in.TableName, nil
}

func (g *ground) bucket(ctx context.Context) (string, error) {
	name := unique()
	_, err := g.s3().CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{
		LocationConstraint: s3types.BucketLocationConstraint(g.Region)}})
	if err != nil && !errors.As(err, new(*s3types.BucketAlreadyOwnedByYou)) {
		return "", fmt.Errorf("making a bucket: %w", err)
	}
	_, err = g.s3().PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &name,
		VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled}})
	return name, err
}

// key makes an Ed25519 key, as the one of the ledger.
func (g *ground) key(ctx context.Context) (string, error) {
	made, err := kms.NewFromConfig(g.Config()).CreateKey(ctx, &kms.CreateKeyInput{
		KeySpec: kmstypes.KeySpecEccNistEdwards25519, KeyUsage: kmstypes.KeyUsageTypeSignVerify})
	if err != nil {
		return "", fmt.Errorf("making a key: %w", err)
	}
	return *made.KeyMetadata.Arn, nil
}

func (g *ground) s3() *s3.Client {
	return s3.NewFromConfig(g.Config(), func(o *s3.Options) { o.UsePathStyle = true })
}

// unique fits every kind of name.
func unique() string { return "b-" + strings.ToLower(rand.Text()) }
