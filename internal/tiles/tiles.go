// Package tiles is the bucket of what is public of the ledger: entry bundles and tiles, each under the path that C2SP
// tlog-tiles gives it.
//
// A tile is written before the checkpoint that needs it and never changes: writing it again writes the same bytes. So
// nothing here is conditional, and nothing is deleted. What lies here holds neither a person nor content (package
// ledger), and is encrypted under S3's own key.
package tiles

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/awsenv"
	"waybill/internal/fault"
	"waybill/internal/ledger"
)

// Bucket implements ledger.Tiles.
type Bucket struct {
	client *s3.Client
	name   string
}

var _ ledger.Tiles = Bucket{}

// Open is the bucket of that name.
func Open(cfg aws.Config, name string) Bucket {
	return Bucket{s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = cfg.BaseEndpoint != nil }), name}
}

// Put writes a tile.
func (b Bucket) Put(ctx context.Context, path string, data []byte) error {
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.name, Key: &path, Body: bytes.NewReader(data),
		ContentType: aws.String("application/octet-stream")})
	return busy("writing a tile", err)
}

// Get reads a tile; fault.NotFound when there is none. Who may not list the bucket is answered AccessDenied by S3 for
// what is not there, so that is taken for absence as well.
func (b Bucket) Get(ctx context.Context, path string) ([]byte, error) {
	found, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &path})
	if code := awsenv.Code(err); code == "NoSuchKey" || code == "AccessDenied" {
		return nil, fmt.Errorf("%w (S3: %s)", fault.NotFound.Because("There is no such tile."), code)
	}
	if err != nil {
		return nil, busy("reading a tile", err)
	}
	data, readErr := io.ReadAll(found.Body)
	return data, errors.Join(readErr, found.Body.Close())
}

func busy(what string, err error) error {
	if awsenv.Throttled(err) {
		return fault.Unavailable.Because("The ledger's bucket is busy; try again.")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
