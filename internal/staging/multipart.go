package staging

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/awsenv"
	"waybill/internal/fault"
	"waybill/internal/upload"
)

// Open begins a multipart upload under the upload's KMS key, each part of which must come with its SHA-256.
func (s *Signer) Open(ctx context.Context, u upload.Upload) (uploadID string, err error) {
	out, err := s.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket:               &u.Bucket,
		Key:                  &u.ObjectKey,
		ChecksumAlgorithm:    types.ChecksumAlgorithmSha256,
		ChecksumType:         types.ChecksumTypeComposite,
		ServerSideEncryption: types.ServerSideEncryptionAwsKms,
		SSEKMSKeyId:          &u.KMSKeyARN,
		Tagging:              aws.String(LastResort),
	})
	if err != nil {
		return "", refusal("opening a multipart upload", err)
	}
	return aws.ToString(out.UploadId), nil
}

// Parts lists what S3 already has, by number; none when the multipart upload is no longer there.
func (s *Signer) Parts(ctx context.Context, u upload.Upload) ([]upload.Part, error) {
	parts := []upload.Part{}
	pages := s3.NewListPartsPaginator(s.client, &s3.ListPartsInput{Bucket: &u.Bucket, Key: &u.ObjectKey, UploadId: &u.UploadID})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if awsenv.Code(err) == "NoSuchUpload" {
			return []upload.Part{}, nil
		}
		if err != nil {
			return nil, refusal("listing parts", err)
		}
		for _, p := range page.Parts {
			parts = append(parts, upload.Part{Number: int(aws.ToInt32(p.PartNumber)), ETag: aws.ToString(p.ETag),
				SHA256: aws.ToString(p.ChecksumSHA256), Size: aws.ToInt64(p.Size)})
		}
	}
	return parts, nil
}

// Complete joins the parts, given in any order, into the object, and answers its version.
//
// fault.NotFound stands for three answers that mean the same: the multipart upload is not there any more, or an object lies
// under the key already, or becomes one at this moment. Only a multipart upload of ours can write there, so an earlier call
// succeeded, perhaps without hearing so, and S3's event seals the upload; or purge was quicker, and the record says so.
func (s *Signer) Complete(ctx context.Context, u upload.Upload, parts []upload.Part) (versionID string, err error) {
	out, err := s.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket:          &u.Bucket,
		Key:             &u.ObjectKey,
		UploadId:        &u.UploadID,
		IfNoneMatch:     aws.String("*"),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: inOrder(parts)},
	})
	switch awsenv.Code(err) {
	case "NoSuchUpload", "PreconditionFailed", "ConditionalRequestConflict":
		return "", fault.NotFound
	case "InvalidPart", "EntityTooSmall", "BadDigest":
		return "", wrongParts()
	}
	if err != nil {
		return "", refusal("completing a multipart upload", err)
	}
	return aws.ToString(out.VersionId), nil
}

// inOrder puts parts in ascending order: S3 refuses any other.
func inOrder(parts []upload.Part) []types.CompletedPart {
	parts = slices.SortedFunc(slices.Values(parts), func(a, b upload.Part) int { return cmp.Compare(a.Number, b.Number) })
	completed := make([]types.CompletedPart, len(parts))
	for i, p := range parts {
		completed[i] = types.CompletedPart{PartNumber: aws.Int32(int32(p.Number)), ETag: &p.ETag, ChecksumSHA256: &p.SHA256}
	}
	return completed
}
