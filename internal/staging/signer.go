package staging

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/upload"
)

// Lifetime is how long a signed URL is good for, by the wall clock: S3 knows no other.
const Lifetime = 15 * time.Minute

// LastResort is the tag of every staged object. The bucket's lifecycle expires what carries it, some days after its rule
// should have; a purge takes it off what is under a legal hold (see Eraser.Spare), since a lifecycle knows nothing of holds
// and can only be told what to take, not what to leave.
const LastResort = "waybill=staged"

// Signer is the way into the bucket. It implements upload.Objects.
//
// What it signs is good for one key, one size, one digest and one KMS key, and only while nothing lies under the key: each
// of these is a signed header, so a request that leaves one out or changes one has no valid signature. S3 itself holds the
// body against the size and the digest. Signing is arithmetic: it calls nobody.
type Signer struct {
	client  *s3.Client
	presign *s3.PresignClient
}

// NewSigner makes one that signs as the credentials of the configuration.
func NewSigner(cfg aws.Config) *Signer {
	c := client(cfg)
	return &Signer{c, s3.NewPresignClient(c, s3.WithPresignExpires(Lifetime))}
}

var _ upload.Objects = (*Signer)(nil)

// SignPut signs one PUT of the whole object.
func (s *Signer) SignPut(ctx context.Context, u upload.Upload) (upload.Signed, error) {
	return signed(s.presign.PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket:               &u.Bucket,
		Key:                  &u.ObjectKey,
		ContentLength:        &u.Size,
		ChecksumSHA256:       &u.SHA256,
		ServerSideEncryption: types.ServerSideEncryptionAwsKms,
		SSEKMSKeyId:          &u.KMSKeyARN,
		Tagging:              aws.String(LastResort),
		IfNoneMatch:          aws.String("*"),
	}))
}

// SignPart signs one PUT of one part. Key and encryption are those that the multipart upload was opened with, and S3 takes
// no others.
func (s *Signer) SignPart(ctx context.Context, u upload.Upload, p upload.PartDigest) (upload.Signed, error) {
	return signed(s.presign.PresignUploadPart(ctx, &s3.UploadPartInput{
		Bucket:         &u.Bucket,
		Key:            &u.ObjectKey,
		UploadId:       &u.UploadID,
		PartNumber:     aws.Int32(int32(p.Number)),
		ContentLength:  aws.Int64(u.PartLength(p.Number)),
		ChecksumSHA256: &p.SHA256,
	}))
}

// signed shows what the client must send. Host is left out: every client sends the URL's.
func signed(r *v4.PresignedHTTPRequest, err error) (upload.Signed, error) {
	if err != nil {
		return upload.Signed{}, doing("signing", err)
	}
	headers := make(map[string]string, len(r.SignedHeader))
	for name := range r.SignedHeader {
		if name != "Host" {
			headers[name] = r.SignedHeader.Get(name)
		}
	}
	return upload.Signed{URL: r.URL, Headers: headers}, nil
}
