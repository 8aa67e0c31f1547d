package staging_test

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/localaws/awstest"
	"waybill/internal/staging"
	"waybill/internal/upload"
)

// All that must hold of a request is inside its signature, and the client is told to send exactly that.
func TestSignedHeaders(t *testing.T) {
	p := newPlace(t)
	put, err := p.signer.SignPut(t.Context(), p.single([]byte("hello")))
	p.must(err)
	part, err := p.signer.SignPart(t.Context(), p.multipart(25, 10), upload.PartDigest{Number: 3, SHA256: digest([]byte("hello"))})
	p.must(err)
	for _, test := range []struct {
		what string
		way  upload.Signed
		want map[string]string
	}{
		{"put", put, map[string]string{
			"Content-Length":                              "5",
			"If-None-Match":                               "*",
			"X-Amz-Checksum-Sha256":                       digest([]byte("hello")),
			"X-Amz-Server-Side-Encryption":                "aws:kms",
			"X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": p.key,
			"X-Amz-Tagging":                               "waybill=staged",
		}},
		{"part", part, map[string]string{
			"Content-Length":        "5",
			"X-Amz-Checksum-Sha256": digest([]byte("hello")),
		}},
	} {
		if !maps.Equal(test.way.Headers, test.want) {
			t.Errorf("%s: headers %v, want %v", test.what, test.way.Headers, test.want)
		}
		query := query(t, test.way)
		if got := query.Get("X-Amz-SignedHeaders"); got != names(test.want) {
			t.Errorf("%s: signs %q, want %q", test.what, got, names(test.want))
		}
		if got := query.Get("X-Amz-Expires"); got != "900" {
			t.Errorf("%s: lives for %s seconds", test.what, got)
		}
	}
}

// names is the list of signed headers as it stands in a URL: host is always one.
func names(headers map[string]string) string {
	list := []string{"host"}
	for name := range headers {
		list = append(list, strings.ToLower(name))
	}
	slices.Sort(list)
	return strings.Join(list, ";")
}

func query(t *testing.T, way upload.Signed) url.Values {
	t.Helper()
	u, err := url.Parse(way.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// S3 takes the one request that was signed, and no other; then the object lies under the organisation's key.
func TestSignedPutIsEnforced(t *testing.T) {
	p := newPlace(t)
	body := noise(100)
	u := p.single(body)
	way, err := p.signer.SignPut(t.Context(), u)
	p.must(err)
	for header := range way.Headers {
		p.refuses("without "+header, way, body, http.StatusForbidden, without(header))
		p.refuses("another "+header, way, body, http.StatusForbidden, another(header))
	}
	p.refuses("another size", way, noise(101), http.StatusForbidden, nil)
	p.refuses("another body of the same size", way, noise(100), http.StatusBadRequest, nil)
	p.refuses("another key", way, body, http.StatusForbidden, func(r *http.Request) { r.URL.Path += "x" })
	p.refuses("another method", way, body, http.StatusForbidden, func(r *http.Request) { r.Method = http.MethodGet })
	p.refuses("a longer life", way, body, http.StatusForbidden, func(r *http.Request) {
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "Expires=900", "Expires=9000", 1)
	})

	if got := p.send(way, body, nil); got.status != http.StatusOK {
		t.Fatalf("as signed: %+v", got)
	}
	p.refuses("a second time", way, body, http.StatusPreconditionFailed, nil)
	head, err := p.s3.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &u.Bucket, Key: &u.ObjectKey})
	p.must(err)
	if aws.ToString(head.SSEKMSKeyId) != p.key || aws.ToInt64(head.ContentLength) != u.Size {
		t.Errorf("it lies under %s with %d bytes", aws.ToString(head.SSEKMSKeyId), aws.ToInt64(head.ContentLength))
	}
}

func TestSignedPartIsEnforced(t *testing.T) {
	p := newPlace(t)
	u := p.multipart(250, 100)
	body := noise(50)
	way, err := p.signer.SignPart(t.Context(), u, upload.PartDigest{Number: 3, SHA256: digest(body)})
	p.must(err)
	for header := range way.Headers {
		p.refuses("without "+header, way, body, http.StatusForbidden, without(header))
		p.refuses("another "+header, way, body, http.StatusForbidden, another(header))
	}
	p.refuses("another size", way, noise(100), http.StatusForbidden, nil)
	p.refuses("another body of the same size", way, noise(50), http.StatusBadRequest, nil)
	p.refuses("another part", way, body, http.StatusForbidden, func(r *http.Request) {
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "partNumber=3", "partNumber=2", 1)
	})
	for range 2 { // a client that heard nothing sends it again
		if got := p.send(way, body, nil); got.status != http.StatusOK {
			t.Errorf("as signed: %+v", got)
		}
	}
}

func (p *place) refuses(what string, way upload.Signed, body []byte, status int, edit func(*http.Request)) {
	p.t.Helper()
	if got := p.send(way, body, edit); got.status != status {
		p.t.Errorf("%s: %+v, want %d", what, got, status)
	}
}

func without(header string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del(header)
		if header == "Content-Length" {
			r.ContentLength = -1 // chunked
		}
	}
}

func another(header string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set(header, r.Header.Get(header)+"0")
		if header == "Content-Length" {
			r.ContentLength, r.Body = 1000, io.NopCloser(strings.NewReader(strings.Repeat("x", 1000)))
		}
	}
}

// Signing calls nobody, so it costs nothing and cannot be throttled.
func TestSigningCallsNobody(t *testing.T) {
	t.Parallel()
	cfg := awstest.Start(t).Config()
	cfg.HTTPClient = unreachable{t}
	u := upload.Upload{Bucket: "b", ObjectKey: "k", UploadID: "u", Size: 10, PartSize: 5, Parts: 2, KMSKeyARN: "arn:aws:kms:r:1:key/k"}
	signer := staging.NewSigner(cfg)
	if _, err := signer.SignPut(t.Context(), u); err != nil {
		t.Error(err)
	}
	if _, err := signer.SignPart(t.Context(), u, upload.PartDigest{Number: 1}); err != nil {
		t.Error(err)
	}
}

type unreachable struct{ t *testing.T }

func (u unreachable) Do(r *http.Request) (*http.Response, error) {
	u.t.Errorf("%s was called", r.URL)
	return nil, io.ErrUnexpectedEOF
}

func BenchmarkSignPart(b *testing.B) {
	signer := staging.NewSigner(aws.Config{Region: awstest.Region, Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", strings.Repeat("token", 200))})
	u := upload.Upload{Bucket: "b", ObjectKey: "staged/debug/org/upl", UploadID: "u", Size: 10, PartSize: 5, Parts: 2}
	for b.Loop() {
		if _, err := signer.SignPart(b.Context(), u, upload.PartDigest{Number: 1, SHA256: digest(nil)}); err != nil {
			b.Fatal(err)
		}
	}
}
