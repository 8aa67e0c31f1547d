package staging_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/localaws/awstest"
	"waybill/internal/staging"
	"waybill/internal/upload"
)

func TestKeyOf(t *testing.T) {
	p := newPlace(t)
	other := awstest.Start(t).Key(t)
	first, second, plain := p.drop("a+b ü.zip", p.key), p.drop("a+b ü.zip", other), p.drop("plain.zip", "")
	for _, test := range []struct {
		what    string
		arrival upload.Arrival
		want    string
	}{
		{"a version", first, p.key},
		{"another of the same key", second, other},
		{"no key of KMS's", plain, ""},
	} {
		if got, err := p.drops.KeyOf(t.Context(), test.arrival); err != nil || got != test.want {
			t.Errorf("%s: %q, %v, want %q", test.what, got, err, test.want)
		}
	}
	_, err := p.s3.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &p.bucket, Key: &first.Key, VersionId: &first.VersionID})
	p.must(err)
	_, err = p.drops.KeyOf(t.Context(), first)
	notFound(t, err)
}

func (p *place) drop(name, keyARN string) upload.Arrival {
	p.t.Helper()
	in := &s3.PutObjectInput{Bucket: &p.bucket, Key: aws.String("drop/" + org + "/" + name), Body: strings.NewReader("x")}
	if keyARN != "" {
		in.ServerSideEncryption, in.SSEKMSKeyId = types.ServerSideEncryptionAwsKms, &keyARN
	}
	out, err := p.s3.PutObject(p.t.Context(), in)
	p.must(err)
	return upload.Arrival{Bucket: p.bucket, Key: *in.Key, VersionID: aws.ToString(out.VersionId)}
}

// The name of a hand drop is a file's, and may be a person's: it stands in no error, so in no log.
func TestErrorsHoldNoKey(t *testing.T) {
	t.Parallel()
	nowhere := aws.Config{Region: "eu-central-1", BaseEndpoint: aws.String("http://127.0.0.1:1"), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", "")}
	_, err := staging.NewDrops(nowhere).KeyOf(t.Context(), upload.Arrival{Bucket: "b", Key: "drop/" + org + "/Ada.zip", VersionID: "v"})
	if err == nil || strings.Contains(err.Error(), "Ada") {
		t.Error(err)
	}
}
