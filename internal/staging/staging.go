// Package staging is the bucket where handed-over bytes wait: S3, in the cell's own region.
//
// It is four things, one for each function that meets the bucket, and none can do another's work. A Signer (api) signs
// the way in, opens multipart uploads and joins their parts. Drops (intake) tells under which key a hand drop lies. A
// Reader (inspect) reads support bundles by ranges. An Eraser (purge, reap) deletes and looks. No byte passes through on
// its way in or out: clients talk to S3.
//
// How the bytes lie is decided by package upload (staged/{rule}/{organisation}/{upload}, drop/{organisation}/…). The bucket
// is versioned, so a key is gone only with its last version, delete marker and unfinished multipart upload.
//
// Errors. What S3 refuses in a customer's name becomes a fault that the customer may read: a lost KMS key, a wrong part, a
// busy bucket. The rest is returned as it is, less the addresses of requests: keys of hand drops are file names.
package staging

import (
	"errors"
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// client puts the bucket into the path where the endpoint is not S3's own: no other answers to bucket names.
func client(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = cfg.BaseEndpoint != nil })
}

// doing says what failed, without the address of the request: it holds the key, and the key may be a person's.
func doing(what string, err error) error {
	if err == nil {
		return nil
	}
	var unsent *url.Error
	if errors.As(err, &unsent) {
		return fmt.Errorf("%s: %s: %w", what, unsent.Op, unsent.Err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
