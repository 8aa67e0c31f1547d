package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/clock"
)

const (
	uploadSize = 1 << 30
	uploadRuns = 3
)

// uploads is the whole command, `waybill upload` beside `aws s3 cp`, of the same file to the same local S3 under the
// same key; by turns, the median of the runs. Ours also hashes the file, records it and completes it.
func (p place) uploads(ctx context.Context) ([]Figure, error) {
	home := filepath.Join(p.root, "build", "bench")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, err
	}
	file := filepath.Join(home, "export.bin")
	if err := fill(file, uploadSize); err != nil {
		return nil, err
	}
	defer os.Remove(file)
	var ours, theirs []time.Duration
	for range uploadRuns {
		took, err := p.timed(ctx, p.waybill(ctx, file))
		if err != nil {
			return nil, err
		}
		ours = append(ours, took)
		if took, err = p.timed(ctx, p.awsCopy(ctx, file)); err != nil {
			return nil, err
		}
		theirs = append(theirs, took)
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	mine, peer := ours[uploadRuns/2].Seconds(), theirs[uploadRuns/2].Seconds()
	return []Figure{against("upload of 1 GB", "s", mine, peer, 1, "aws s3 cp to the same S3")}, nil
}

func fill(file string, size int64) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.CopyN(f, rand.Reader, size)
	return err
}

func (p place) waybill(ctx context.Context, file string) *exec.Cmd {
	c := exec.CommandContext(ctx, filepath.Join(p.root, "build", "waybill"), "upload", file, "--org", p.organisation, "--kind", "export", "--wait", "0")
	c.Env = environ(p.root, "WAYBILL_URL="+p.url, "WAYBILL_TOKEN="+p.token, "WAYBILL_CACHE="+filepath.Join(p.root, "build", "bench", "cache"))
	return c
}

func (p place) awsCopy(ctx context.Context, file string) *exec.Cmd {
	c := exec.CommandContext(ctx, filepath.Join(p.root, "build", "bench-venv", "bin", "aws"), "--endpoint-url", p.aws.Endpoint,
		"s3", "cp", "--quiet", "--sse", "aws:kms", file, "s3://"+p.aws.Bucket+"/bench/export.bin")
	c.Env = environ(p.root, "AWS_ACCESS_KEY_ID="+p.aws.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+p.aws.SecretAccessKey, "AWS_DEFAULT_REGION="+p.aws.Region)
	return c
}

// timed runs a command, and empties the bucket after it, so that each finds the same.
func (p place) timed(ctx context.Context, c *exec.Cmd) (time.Duration, error) {
	begun := clock.Now()
	out, err := c.CombinedOutput()
	took := clock.Now().Sub(begun)
	if err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", filepath.Base(c.Path), err, out)
	}
	return took, p.empty(ctx)
}

func (p place) empty(ctx context.Context) error {
	client := s3.New(s3.Options{BaseEndpoint: &p.aws.Endpoint, Region: p.aws.Region, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(p.aws.AccessKeyID, p.aws.SecretAccessKey, "")})
	all, err := client.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: aws.String(p.aws.Bucket)})
	if err != nil {
		return err
	}
	for _, v := range all.Versions {
		if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &p.aws.Bucket, Key: v.Key, VersionId: v.VersionId}); err != nil {
			return err
		}
	}
	return nil
}
