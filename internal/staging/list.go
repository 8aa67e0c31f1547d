package staging

import (
	"context"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// versions lists versions and delete markers. S3 answers the two apart from each other; their order does not matter here.
func (e Eraser) versions(ctx context.Context, prefix string, after mark) (listing, error) {
	out, err := e.client.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{
		Bucket: &e.bucket, Prefix: &prefix, EncodingType: types.EncodingTypeUrl,
		KeyMarker: given(after.key), VersionIdMarker: given(after.id),
	})
	if err != nil {
		return listing{}, err
	}
	p := pager{encoding: out.EncodingType}
	for _, v := range out.Versions {
		p.add(v.Key, v.VersionId)
	}
	for _, m := range out.DeleteMarkers {
		p.add(m.Key, m.VersionId)
	}
	return p.page(out.IsTruncated, out.NextKeyMarker, out.NextVersionIdMarker)
}

// unfinished lists multipart uploads that were neither completed nor aborted.
func (e Eraser) unfinished(ctx context.Context, prefix string, after mark) (listing, error) {
	out, err := e.client.ListMultipartUploads(ctx, &s3.ListMultipartUploadsInput{
		Bucket: &e.bucket, Prefix: &prefix, EncodingType: types.EncodingTypeUrl,
		KeyMarker: given(after.key), UploadIdMarker: given(after.id),
	})
	if err != nil {
		return listing{}, err
	}
	p := pager{encoding: out.EncodingType}
	for _, u := range out.Uploads {
		p.add(u.Key, u.UploadId)
	}
	return p.page(out.IsTruncated, out.NextKeyMarker, out.NextUploadIdMarker)
}

// given leaves an empty marker out of the request: S3 takes an empty version for a mistake.
func given(marker string) *string {
	if marker == "" {
		return nil
	}
	return &marker
}

// pager makes one page of what S3 answered. Keys come URL-encoded, since XML cannot carry all that a key can.
type pager struct {
	encoding types.EncodingType
	listing  listing
	err      error
}

func (p *pager) add(key, id *string) {
	p.listing.marks = append(p.listing.marks, mark{p.decode(key), aws.ToString(id)})
}

func (p *pager) page(truncated *bool, nextKey, nextID *string) (listing, error) {
	p.listing.truncated = aws.ToBool(truncated)
	p.listing.last = mark{p.decode(nextKey), aws.ToString(nextID)}
	return p.listing, p.err
}

func (p *pager) decode(key *string) string {
	if p.encoding != types.EncodingTypeUrl {
		return aws.ToString(key)
	}
	plain, err := url.QueryUnescape(aws.ToString(key))
	if err != nil && p.err == nil {
		p.err = err
	}
	return plain
}
