package staging

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/purge"
	"waybill/internal/restore"
)

// All lists everything that lies in the bucket. It implements restore.Bucket, and is for a replay after a restore; a purge
// asks for what it knows.
type All struct {
	client *s3.Client
	bucket string
}

// NewAll makes one for the bucket.
func NewAll(cfg aws.Config, bucket string) All {
	cfg.RetryMaxAttempts = attempts
	return All{client(cfg), bucket}
}

var _ restore.Bucket = All{}

// Versions lists a page of versions, and the delete markers among them.
func (a All) Versions(ctx context.Context, after restore.Mark) (page []restore.Version, next restore.Mark, more bool, err error) {
	out, err := a.client.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &a.bucket, EncodingType: types.EncodingTypeUrl,
		KeyMarker: given(after.Key), VersionIdMarker: given(after.ID)})
	if err != nil {
		return nil, next, false, doing("listing versions", err)
	}
	p := pager{encoding: out.EncodingType}
	for _, v := range out.Versions {
		page = append(page, restore.Version{Version: purge.Version{Key: p.decode(v.Key), ID: aws.ToString(v.VersionId)},
			Size: aws.ToInt64(v.Size), Put: aws.ToTime(v.LastModified)})
	}
	for _, m := range out.DeleteMarkers {
		page = append(page, restore.Version{Version: purge.Version{Key: p.decode(m.Key), ID: aws.ToString(m.VersionId)}, Marker: true})
	}
	listed, err := p.page(out.IsTruncated, out.NextKeyMarker, out.NextVersionIdMarker)
	return page, restore.Mark{Key: listed.last.key, ID: listed.last.id}, listed.truncated, doing("listing versions", err)
}

// Unfinished lists a page of multipart uploads that were neither completed nor aborted.
func (a All) Unfinished(ctx context.Context, after restore.Mark) (page []purge.Unfinished, next restore.Mark, more bool, err error) {
	listed, err := Eraser(a).unfinished(ctx, "", mark{after.Key, after.ID})
	for _, m := range listed.marks {
		page = append(page, purge.Unfinished{Key: m.key, UploadID: m.id})
	}
	return page, restore.Mark{Key: listed.last.key, ID: listed.last.id}, listed.truncated, doing("listing multipart uploads", err)
}
