package staging_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/faultline"
	"waybill/internal/localaws/awstest"
	"waybill/internal/staging"
	"waybill/internal/upload"
)

const org = "org_01hf7yat00aaaaaaaaaaaaaaaa"

// place is a bucket of one test's own, and the package's three under one fault line.
type place struct {
	t      *testing.T
	s3     *s3.Client // beside the fault line
	line   *faultline.Line
	bucket string
	key    string // ARN
	signer *staging.Signer
	drops  staging.Drops
	eraser staging.Eraser
	reader staging.Reader
}

func newPlace(t *testing.T) *place {
	t.Helper()
	t.Parallel()
	cloud := awstest.Start(t)
	p := &place{t: t, s3: cloud.S3(), line: faultline.New(), bucket: cloud.Bucket(t), key: cloud.Key(t)}
	cfg := cloud.Config()
	cfg.Retryer = impatient
	p.line.Attach(&cfg)
	p.signer, p.drops, p.eraser = staging.NewSigner(cfg), staging.NewDrops(cfg), staging.NewEraser(cfg, p.bucket)
	p.reader = staging.NewReader(cfg)
	return p
}

// impatient retries as the standard mode does, without the waiting.
func impatient() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}

// single is an upload in one PUT of the body.
func (p *place) single(body []byte) upload.Upload {
	return upload.Upload{Method: upload.Single, Size: int64(len(body)), SHA256: digest(body),
		Bucket: p.bucket, ObjectKey: "staged/debug/" + org + "/upl_1", KMSKeyARN: p.key}
}

// multipart is an open upload in parts of that many bytes.
func (p *place) multipart(size, partSize int64) upload.Upload {
	p.t.Helper()
	u := upload.Upload{Method: upload.Multipart, Size: size, PartSize: partSize, Parts: int((size + partSize - 1) / partSize),
		Bucket: p.bucket, ObjectKey: "staged/debug/" + org + "/upl_2", KMSKeyARN: p.key}
	var err error
	u.UploadID, err = p.signer.Open(p.t.Context(), u)
	p.must(err)
	return u
}

// sendParts signs and sends every part, and answers them as a client knows them.
func (p *place) sendParts(u upload.Upload) (parts []upload.Part) {
	p.t.Helper()
	for n := 1; n <= u.Parts; n++ {
		body := noise(u.PartLength(n))
		way, err := p.signer.SignPart(p.t.Context(), u, upload.PartDigest{Number: n, SHA256: digest(body)})
		p.must(err)
		answer := p.send(way, body, nil)
		if answer.status != http.StatusOK {
			p.t.Fatalf("part %d: %+v", n, answer)
		}
		parts = append(parts, upload.Part{Number: n, ETag: answer.etag, SHA256: digest(body)})
	}
	return parts
}

func (p *place) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

type answer struct {
	status int
	code   string // S3's, when it refuses
	etag   string
}

// send does what a client does with a signed way: all headers, the body. edit spoils the request.
func (p *place) send(way upload.Signed, body []byte, edit func(*http.Request)) answer {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPut, way.URL, bytes.NewReader(body))
	p.must(err)
	for name, value := range way.Headers {
		req.Header.Set(name, value)
	}
	if edit != nil {
		edit(req)
	}
	resp, err := http.DefaultClient.Do(req)
	p.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	p.must(err)
	_, code, _ := strings.Cut(string(text), "<Code>")
	code, _, _ = strings.Cut(code, "</Code>")
	return answer{resp.StatusCode, code, resp.Header.Get("ETag")}
}

// put writes an object beside everything, and answers its version.
func (p *place) put(key string) string {
	p.t.Helper()
	out, err := p.s3.PutObject(p.t.Context(), &s3.PutObjectInput{Bucket: &p.bucket, Key: &key, Body: strings.NewReader("x")})
	p.must(err)
	return aws.ToString(out.VersionId)
}

func noise(n int64) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails: crypto/rand
	return b
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}
