package staging

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/awsenv"
	"waybill/internal/fault"
	"waybill/internal/upload"
)

// Drops looks at what was dropped by hand. It implements upload.Drops.
//
// S3 knows no permission for the head of an object alone: HEAD of a version asks for s3:GetObjectVersion. What keeps the
// body closed is that the role holds no kms:Decrypt.
type Drops struct{ client *s3.Client }

// NewDrops makes one.
func NewDrops(cfg aws.Config) Drops { return Drops{client(cfg)} }

var _ upload.Drops = Drops{}

// KeyOf answers the ARN of the KMS key under which the version lies, empty when it lies under none of KMS's; fault.NotFound
// when it is gone. Without s3:ListBucket S3 does not say that something is gone, but AccessDenied.
func (d Drops) KeyOf(ctx context.Context, a upload.Arrival) (keyARN string, err error) {
	in := &s3.HeadObjectInput{Bucket: &a.Bucket, Key: &a.Key}
	if a.VersionID != "" {
		in.VersionId = &a.VersionID
	}
	out, err := d.client.HeadObject(ctx, in)
	if awsenv.Code(err) == "NotFound" {
		return "", fault.NotFound
	}
	if err != nil {
		return "", doing("asking for the head of a hand drop", err)
	}
	return aws.ToString(out.SSEKMSKeyId), nil
}
