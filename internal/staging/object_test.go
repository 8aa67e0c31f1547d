package staging_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/bundle"
	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/specimen"
	"waybill/internal/fault"
	"waybill/internal/faultline"
	"waybill/internal/upload"
)

// lying puts bytes into the bucket, and answers the upload that they are of.
func (p *place) lying(body []byte) upload.Upload {
	p.t.Helper()
	u := p.single(body)
	out, err := p.s3.PutObject(p.t.Context(), &s3.PutObjectInput{Bucket: &p.bucket, Key: &u.ObjectKey, Body: bytes.NewReader(body)})
	p.must(err)
	u.VersionID = aws.ToString(out.VersionId)
	return u
}

// A version is read at any place, as a file would be.
func TestObjectIsReadByRanges(t *testing.T) {
	p := newPlace(t)
	body := noise(100_000)
	u := p.lying(body)
	p.lying(noise(10)) // a later version under the same key is another's
	object := p.reader.Open(t.Context(), u)
	for _, test := range []struct{ from, length int }{{0, 1}, {0, 100_000}, {99_999, 1}, {50_000, 1000}, {99_000, 5000}, {100_000, 1}, {200_000, 10}} {
		got := make([]byte, test.length)
		n, err := object.ReadAt(got, int64(test.from))
		want := body[min(test.from, len(body)):min(test.from+test.length, len(body))]
		if !bytes.Equal(got[:n], want) || (n < test.length) != errors.Is(err, io.EOF) || n == test.length && err != nil {
			t.Errorf("%d bytes from %d: %d, %v", test.length, test.from, n, err)
		}
	}
}

// What is gone, and what a context ended, are errors and no ends of files.
func TestObjectThatIsGone(t *testing.T) {
	p := newPlace(t)
	u := p.lying(noise(1000))
	ctx, cancel := context.WithCancel(t.Context())
	object := p.reader.Open(ctx, u)
	_, err := p.s3.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &p.bucket, Key: &u.ObjectKey, VersionId: &u.VersionID})
	p.must(err)
	if n, err := object.ReadAt(make([]byte, 10), 0); n != 0 || err == nil || errors.Is(err, io.EOF) {
		t.Errorf("%d, %v", n, err)
	}
	cancel()
	if _, err := object.ReadAt(make([]byte, 10), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: %v", err)
	}
}

// A key that has stopped working is said to have.
func TestObjectUnderALostKey(t *testing.T) {
	p := newPlace(t)
	u := p.lying(noise(1000))
	p.line.Reply("GetObject", faultline.S3Error(http.StatusBadRequest, "KMS.DisabledException", "disabled"), 1)
	if _, err := p.reader.Open(t.Context(), u).ReadAt(make([]byte, 10), 0); !errors.Is(err, fault.KeyUnusable) {
		t.Error(err)
	}
}

// A support bundle is read in few ranges, and hardly a byte of it twice.
func TestABundleIsFetchedOnce(t *testing.T) {
	p := newPlace(t)
	var text bytes.Buffer
	_, err := specimen.Write(&text, specimen.Options{Seed: 1, Size: 64 << 20})
	p.must(err)
	u := p.lying(text.Bytes())
	scanner, err := bundle.NewScanner()
	p.must(err)
	report, err := scanner.Scan(t.Context(), p.reader.Open(t.Context(), u), u.Size, bundle.Options{Workers: 2, Limits: archive.DefaultLimits()})
	p.must(err)
	if report.Failure != nil || report.Product.Name != "jira" {
		t.Fatalf("%+v, %v", report.Product, report.Failure)
	}
	var calls, fetched int64
	for _, in := range p.line.Inputs() {
		if get, is := in.(*s3.GetObjectInput); is {
			var from, to int64
			_, err := fmt.Sscanf(*get.Range, "bytes=%d-%d", &from, &to)
			p.must(err)
			calls, fetched = calls+1, fetched+to-from+1
		}
	}
	if calls > u.Size>>20+3 || float64(fetched) > 1.02*float64(u.Size) {
		t.Errorf("%d bytes were fetched in %d calls, of %d", fetched, calls, u.Size)
	}
}
