package staging

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/inspection"
	"waybill/internal/upload"
)

// Reader opens what is staged. It implements inspection.Objects, for the one function that may decrypt.
type Reader struct{ client *s3.Client }

// NewReader makes one.
func NewReader(cfg aws.Config) Reader { return Reader{client(cfg)} }

var _ inspection.Objects = Reader{}

// Open answers the bytes of an upload, which are fetched range by range as they are asked for, and until the context
// ends. What the key does not admit is fault.KeyUnusable.
func (r Reader) Open(ctx context.Context, u upload.Upload) io.ReaderAt {
	return object{ctx, r.client, u}
}

// object is one version. It holds no position, and may be read at several places at once.
type object struct {
	ctx    context.Context
	client *s3.Client
	upload upload.Upload
}

// again is how often a body that broke off is asked for anew, from where it broke: the SDK repeats calls, not bodies.
const again = 3

// ReadAt keeps the promise of io.ReaderAt.
func (o object) ReadAt(p []byte, from int64) (n int, err error) {
	for range again {
		var read int
		read, err = o.fetch(p[n:], from+int64(n))
		if n += read; n == len(p) || errors.Is(err, io.EOF) || read == 0 && err != nil {
			return n, err
		}
	}
	return n, err
}

func (o object) fetch(p []byte, from int64) (n int, err error) {
	left := o.upload.Size - from
	if left <= 0 {
		return 0, io.EOF
	}
	want := p[:min(int64(len(p)), left)]
	out, err := o.client.GetObject(o.ctx, &s3.GetObjectInput{Bucket: &o.upload.Bucket, Key: &o.upload.ObjectKey, VersionId: &o.upload.VersionID,
		Range: aws.String(fmt.Sprintf("bytes=%d-%d", from, from+int64(len(want))-1))})
	if err != nil {
		return 0, refusal("fetching a range", err)
	}
	defer out.Body.Close()
	if aws.ToString(out.ContentRange) == "" && from > 0 { // the local AWS knows no ranges of versions, and sends all of it
		if _, err := io.CopyN(io.Discard, out.Body, from); err != nil {
			return 0, fmt.Errorf("passing over %d bytes: %w", from, io.ErrUnexpectedEOF)
		}
	}
	if n, err = io.ReadFull(out.Body, want); err != nil {
		return n, fmt.Errorf("fetching a range: it broke off after %d bytes: %w", n, io.ErrUnexpectedEOF)
	}
	if len(want) < len(p) {
		return n, io.EOF
	}
	return n, nil
}
