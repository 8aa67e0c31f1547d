package stack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const bucket = "waybill-artefacts"

// Place is where a function's code lies.
type Place struct{ Bucket, Key string }

type artefacts struct {
	s3               *s3.Client
	endpoint, region string
}

func (a artefacts) make(ctx context.Context) error {
	in := &s3.CreateBucketInput{Bucket: aws.String(bucket)}
	if a.region != "us-east-1" { // the one region that S3 does not accept as a constraint
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{
			LocationConstraint: types.BucketLocationConstraint(a.region),
		}
	}
	var ours *types.BucketAlreadyOwnedByYou
	if _, err := a.s3.CreateBucket(ctx, in); err != nil && !errors.As(err, &ours) {
		return fmt.Errorf("making the artefact bucket: %w", err)
	}
	return nil
}

// function stores a zip, and returns where it lies.
func (a artefacts) function(ctx context.Context, dir, name string) (Place, error) {
	zip, err := os.ReadFile(filepath.Join(dir, name+".zip"))
	if err != nil {
		return Place{}, fmt.Errorf("reading a function (run `make build`): %w", err)
	}
	key, err := a.put(ctx, name, ".zip", zip)
	return Place{Bucket: bucket, Key: key}, err
}

// template stores a template, and returns its URL: a template as long as ours may be too long to be sent to
// CloudFormation.
func (a artefacts) template(ctx context.Context, body []byte) (string, error) {
	key, err := a.put(ctx, "template", ".yaml", body)
	return a.endpoint + "/" + bucket + "/" + key, err
}

func (a artefacts) put(ctx context.Context, name, suffix string, body []byte) (string, error) {
	key := fmt.Sprintf("%s/%x%s", name, sha256.Sum256(body), suffix)
	if _, err := a.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: &key, Body: bytes.NewReader(body),
	}); err != nil {
		return "", fmt.Errorf("storing %s: %w", key, err)
	}
	return key, nil
}
