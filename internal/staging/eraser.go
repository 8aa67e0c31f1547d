package staging

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"waybill/internal/awsenv"
	"waybill/internal/purge"
)

const (
	perCall  = 1000 // versions in one DeleteObjects: S3's own limit
	deletes  = 3    // of those at a time: S3 takes 3,500 deletions a second and prefix, and a batch counts as its size
	aborts   = 16   // AbortMultipartUpload at a time
	attempts = 6    // of one call, the first included; see Eraser
)

// Eraser deletes and looks. It implements purge.Objects.
//
// A busy S3 (SlowDown) is asked up to six times, up to half a minute in all: a sweep is in no hurry, unlike a request
// of the api. The SDK's adaptive mode is not used: it holds back every call of a client for the sake of one busy prefix.
// What S3 refuses within a batch it does not retry, nor does the SDK; package purge erases once more what its look
// found, and after that the next sweep does. So throttling delays, and loses nothing.
type Eraser struct {
	client *s3.Client
	bucket string
}

// NewEraser makes one for the bucket.
func NewEraser(cfg aws.Config, bucket string) Eraser {
	cfg.RetryMaxAttempts = attempts
	return Eraser{client(cfg), bucket}
}

var _ purge.Objects = Eraser{}

// Erase deletes versions and answers those that S3 refused. A batch that failed as a whole is in err, and stops no other.
func (e Eraser) Erase(ctx context.Context, versions []purge.Version) (refused map[purge.Version]error, err error) {
	r := &results{refused: map[purge.Version]error{}}
	var g errgroup.Group
	g.SetLimit(deletes)
	listed, alone := partition(versions)
	for batch := range slices.Chunk(listed, perCall) {
		g.Go(func() error {
			r.batch(e.eraseBatch(ctx, batch))
			return nil
		})
	}
	for _, v := range alone {
		g.Go(func() error {
			r.one(v, e.eraseOne(ctx, v))
			return nil
		})
	}
	g.Wait()
	return r.refused, errors.Join(r.failures...)
}

func (e Eraser) eraseBatch(ctx context.Context, batch []purge.Version) ([]types.Error, error) {
	ids := make([]types.ObjectIdentifier, len(batch))
	for i, v := range batch {
		ids[i] = types.ObjectIdentifier{Key: &v.Key, VersionId: &v.ID}
	}
	out, err := e.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: &e.bucket, Delete: &types.Delete{Objects: ids, Quiet: aws.Bool(true)},
	})
	if err != nil {
		return nil, doing(fmt.Sprintf("deleting %d versions", len(batch)), err)
	}
	return out.Errors, nil
}

func (e Eraser) eraseOne(ctx context.Context, v purge.Version) error {
	_, err := e.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &e.bucket, Key: &v.Key, VersionId: &v.ID})
	return doing("deleting a version", err)
}

// partition puts aside the keys that XML cannot carry. In a list the SDK would write another character for theirs, and S3
// answer that a version of that other key is deleted; in a path they can be said.
func partition(versions []purge.Version) (listed, alone []purge.Version) {
	for _, v := range versions {
		if strings.ContainsFunc(v.Key, notInXML) || !utf8.ValidString(v.Key) {
			alone = append(alone, v)
		} else {
			listed = append(listed, v)
		}
	}
	return listed, alone
}

// notInXML is what the Char production of XML 1.0 leaves out of what S3 admits in a key.
func notInXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF
}

// Spare takes a version out of the lifecycle's reach. One that is gone is no error.
func (e Eraser) Spare(ctx context.Context, v purge.Version) error {
	_, err := e.client.DeleteObjectTagging(ctx, &s3.DeleteObjectTaggingInput{Bucket: &e.bucket, Key: &v.Key, VersionId: &v.ID})
	if code := awsenv.Code(err); code == "NoSuchKey" || code == "NoSuchVersion" {
		return nil
	}
	return doing("sparing a version", err)
}

// Abort ends unfinished multipart uploads; one that is gone already is no error.
func (e Eraser) Abort(ctx context.Context, uploads []purge.Unfinished) error {
	r := &results{}
	var g errgroup.Group
	g.SetLimit(aborts)
	for _, u := range uploads {
		g.Go(func() error {
			r.fail(e.abort(ctx, u))
			return nil
		})
	}
	g.Wait()
	return errors.Join(r.failures...)
}

func (e Eraser) abort(ctx context.Context, u purge.Unfinished) error {
	_, err := e.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &e.bucket, Key: &u.Key, UploadId: &u.UploadID})
	if awsenv.Code(err) == "NoSuchUpload" {
		return nil
	}
	return doing("aborting a multipart upload", err)
}
