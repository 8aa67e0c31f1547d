package tiles_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/fault"
	"waybill/internal/faultline"
	"waybill/internal/localaws/awstest"
	"waybill/internal/tiles"
)

// place is a bucket of the test's own, and the line under it.
func place(t *testing.T) (tiles.Bucket, *faultline.Line, string) {
	t.Helper()
	cloud, line := awstest.Start(t), faultline.New()
	cfg, name := cloud.Config(), cloud.Bucket(t)
	line.Attach(&cfg)
	return tiles.Open(cfg, name), line, name
}

func TestATileIsReadAsWritten(t *testing.T) {
	t.Parallel()
	b, _, name := place(t)
	for path, data := range map[string]string{
		"tile/0/000":                    strings.Repeat("\x00\xff", 4096),
		"tile/0/x001/x234/067.p/8":      "partial",
		"tile/entries/000.p/1":          "\x00\x01x",
		"tile/entries/x001/x234/067.p/": "",
	} {
		for range 2 { // twice is once
			if err := b.Put(t.Context(), path, []byte(data)); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := b.Get(t.Context(), path); err != nil || string(got) != data {
			t.Errorf("%s: %d bytes of %d, %v", path, len(got), len(data), err)
		}
		head, err := awstest.Start(t).S3().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &name, Key: &path})
		if err != nil || aws.ToString(head.ContentType) != "application/octet-stream" {
			t.Errorf("%s is kept as %q, %v", path, aws.ToString(head.ContentType), err)
		}
	}
}

// Who may not list a bucket is told AccessDenied of what is not there. The caller hears of absence; whoever reads the
// log, of what S3 said.
func TestWhatIsNotThereIsAbsent(t *testing.T) {
	t.Parallel()
	b, line, _ := place(t)
	if data, err := b.Get(t.Context(), "tile/0/000"); !errors.Is(err, fault.NotFound) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	line.Answer("GetObject", faultline.APIError("AccessDenied", "no"), 1)
	data, err := b.Get(t.Context(), "tile/0/000")
	var shown *fault.Refusal
	if !errors.As(err, &shown) || shown.Kind != fault.NotFound || strings.Contains(shown.Detail, "Denied") || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("denied: %d bytes, %v", len(data), err)
	}
}

func TestWhatFailsIsNeitherThereNorAbsent(t *testing.T) {
	t.Parallel()
	b, line, _ := place(t)
	for _, test := range []struct {
		answer error
		want   error
	}{
		{faultline.APIError("SlowDown", ""), fault.Unavailable},
		{faultline.ErrInjected, faultline.ErrInjected},
	} {
		line.Answer("PutObject", test.answer, 1)
		line.Answer("GetObject", test.answer, 1)
		if err := b.Put(t.Context(), "tile/0/000.p/1", []byte("x")); !errors.Is(err, test.want) {
			t.Errorf("writing, %v: %v", test.answer, err)
		}
		if data, err := b.Get(t.Context(), "tile/0/000.p/1"); !errors.Is(err, test.want) || errors.Is(err, fault.NotFound) || data != nil {
			t.Errorf("reading, %v: %d bytes, %v", test.answer, len(data), err)
		}
	}
}
