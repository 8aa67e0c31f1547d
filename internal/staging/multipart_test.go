package staging_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/fault"
	"waybill/internal/faultline"
	"waybill/internal/upload"
)

// Parts sent under signed ways become one object under the organisation's key; a second completion changes nothing.
func TestMultipart(t *testing.T) {
	p := newPlace(t)
	u := p.multipart(250, 100)
	sent := p.sendParts(u)
	stored, err := p.signer.Parts(t.Context(), u)
	p.must(err)
	want := slices.Clone(sent)
	for i := range want {
		want[i].Size = u.PartLength(i + 1)
	}
	if !slices.Equal(stored, want) {
		t.Errorf("S3 has %v, want %v", stored, want)
	}

	slices.Reverse(sent) // any order will do
	version, err := p.signer.Complete(t.Context(), u, sent)
	p.must(err)
	head, err := p.s3.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &u.Bucket, Key: &u.ObjectKey, VersionId: &version, ChecksumMode: types.ChecksumModeEnabled})
	p.must(err)
	if aws.ToInt64(head.ContentLength) != u.Size || aws.ToString(head.SSEKMSKeyId) != p.key || !strings.HasSuffix(aws.ToString(head.ChecksumSHA256), "-3") {
		t.Errorf("the object has %d bytes under %s, digest %s", aws.ToInt64(head.ContentLength), aws.ToString(head.SSEKMSKeyId), aws.ToString(head.ChecksumSHA256))
	}
	if again, err := p.signer.Complete(t.Context(), u, sent); !errors.Is(err, fault.NotFound) && again != version {
		t.Errorf("a second completion: %q, %v", again, err)
	}
	if parts, err := p.signer.Parts(t.Context(), u); err != nil || parts == nil || len(parts) != 0 {
		t.Errorf("after completion S3 has parts %v, %v", parts, err)
	}
}

// More parts than a page of S3's (1,000) are listed all the same: the first page is played, the second is real.
func TestPartsOfManyPages(t *testing.T) {
	p := newPlace(t)
	u := p.multipart(25, 10)
	p.sendParts(u)
	p.line.Reply("ListParts", faultline.Response{Status: http.StatusOK, Body: `<ListPartsResult><IsTruncated>true</IsTruncated>
		<NextPartNumberMarker>1</NextPartNumberMarker><Part><PartNumber>1</PartNumber></Part></ListPartsResult>`}, 1)
	parts, err := p.signer.Parts(t.Context(), u)
	if err != nil || len(parts) != 3 || parts[0].Number != 1 || parts[2].Number != 3 {
		t.Errorf("%v, %v", parts, err)
	}
}

// What a client can get wrong in a completion is refused with the field that it got wrong.
func TestCompleteRefusesWrongParts(t *testing.T) {
	p := newPlace(t)
	u := p.multipart(250, 100)
	right := p.sendParts(u)
	for what, spoil := range map[string]func(*upload.Part){
		"another ETag":    func(part *upload.Part) { part.ETag = `"0123456789abcdef0123456789abcdef"` },
		"another digest":  func(part *upload.Part) { part.SHA256 = digest([]byte("other")) },
		"a part not sent": func(part *upload.Part) { part.Number = 4 },
	} {
		wrong := slices.Clone(right)
		spoil(&wrong[1])
		_, err := p.signer.Complete(t.Context(), u, wrong)
		refusedField(t, what, err, fault.BadInput, "/parts", "stored")
	}
	for _, code := range []string{"EntityTooSmall", "BadDigest"} { // not played by the local AWS
		p.line.Reply("CompleteMultipartUpload", faultline.S3Error(http.StatusBadRequest, code, "no"), 1)
		_, err := p.signer.Complete(t.Context(), u, right)
		refusedField(t, code, err, fault.BadInput, "/parts", "stored")
	}
	if _, err := p.signer.Complete(t.Context(), u, right); err != nil {
		t.Errorf("after the refusals: %v", err)
	}
}

func refusedField(t *testing.T, what string, err error, kind fault.Kind, pointer, rule string) {
	t.Helper()
	var r *fault.Refusal
	if !errors.As(err, &r) || r.Kind != kind || len(r.Fields) != 1 || r.Fields[0].Pointer != pointer || r.Fields[0].Rule != rule {
		t.Errorf("%s: %v, want %s of %s for %s", what, err, kind, pointer, rule)
	}
}

// When the object is there, or on its way, or the multipart upload has ended, the record and S3's event decide.
func TestCompleteTooLate(t *testing.T) {
	p := newPlace(t)
	t.Run("an object lies there", func(t *testing.T) {
		u := p.multipart(10, 10)
		parts := p.sendParts(u)
		p.put(u.ObjectKey)
		_, err := p.signer.Complete(t.Context(), u, parts)
		notFound(t, err)
	})
	t.Run("aborted", func(t *testing.T) {
		u := p.multipart(10, 10)
		parts := p.sendParts(u)
		_, err := p.s3.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: &u.Bucket, Key: &u.ObjectKey, UploadId: &u.UploadID})
		p.must(err)
		_, err = p.signer.Complete(t.Context(), u, parts)
		notFound(t, err)
		if stored, err := p.signer.Parts(t.Context(), u); err != nil || len(stored) != 0 {
			t.Errorf("S3 has %v, %v", stored, err)
		}
	})
	t.Run("two at once", func(t *testing.T) { // the local AWS works one after the other
		p.line.Reply("CompleteMultipartUpload", faultline.S3Error(http.StatusConflict, "ConditionalRequestConflict", "no"), 1)
		_, err := p.signer.Complete(t.Context(), p.multipart(10, 10), nil)
		notFound(t, err)
	})
}

func notFound(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, fault.NotFound) {
		t.Errorf("%v, want %v", err, fault.NotFound)
	}
}
