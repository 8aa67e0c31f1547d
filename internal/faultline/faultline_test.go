package faultline_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/faultline"
	"waybill/internal/localaws/awstest"
)

// watched is a bucket behind a line, and the truth about it.
type watched struct {
	t      *testing.T
	line   *faultline.Line
	client *s3.Client
	truth  *s3.Client
	bucket string
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	t.Parallel()
	cloud := awstest.Start(t)
	cfg, line := cloud.Config(), faultline.New()
	line.Attach(&cfg)
	return &watched{t, line, s3.NewFromConfig(cfg), cloud.S3(), cloud.Bucket(t)}
}

func (w *watched) put(key string) error {
	_, err := w.client.PutObject(w.t.Context(), &s3.PutObjectInput{Bucket: &w.bucket, Key: &key, Body: strings.NewReader("x")})
	return err
}

func (w *watched) stored(key string) bool {
	_, err := w.truth.HeadObject(w.t.Context(), &s3.HeadObjectInput{Bucket: &w.bucket, Key: &key})
	return err == nil
}

// The two modes look alike to the caller, and differ in what is stored.
func TestFailAt(t *testing.T) {
	w := newWatched(t)
	w.line.FailAt(1, faultline.DidNotHappen)
	w.line.FailAt(2, faultline.HappenedUnacknowledged)
	for _, test := range []struct {
		key    string
		want   error
		stored bool
	}{{"a", nil, true}, {"b", faultline.ErrInjected, false}, {"c", faultline.ErrInjected, true}, {"d", nil, true}} {
		if err := w.put(test.key); !errors.Is(err, test.want) || w.stored(test.key) != test.stored {
			t.Errorf("%s: %v, stored %t", test.key, err, w.stored(test.key))
		}
	}
	put := faultline.Call{Service: "S3", Operation: "PutObject"}
	if calls := w.line.Calls(); !slices.Equal(calls, []faultline.Call{put, put, put, put}) || !w.line.Struck() {
		t.Errorf("calls %v, struck %t", calls, w.line.Struck())
	}
}

// After a crash nothing is sent until the line heals; before it came to its fault, nothing is.
func TestCrashAt(t *testing.T) {
	w := newWatched(t)
	w.line.CrashAt(1, faultline.HappenedUnacknowledged)
	if err := w.put("a"); err != nil || w.line.Struck() {
		t.Errorf("before: %v", err)
	}
	for _, key := range []string{"b", "c"} {
		if err := w.put(key); !errors.Is(err, faultline.ErrInjected) {
			t.Errorf("%s: %v", key, err)
		}
	}
	w.line.Heal()
	if err := w.put("d"); err != nil || !w.stored("b") || w.stored("c") {
		t.Errorf("after: %v, b %t, c %t", err, w.stored("b"), w.stored("c"))
	}
}

func TestPause(t *testing.T) {
	w := newWatched(t)
	w.line.FailAt(0, faultline.DidNotHappen)
	w.line.Reply("PutObject", faultline.SlowDown(), 1)
	w.line.Pause(func() {
		if err := w.put("a"); err != nil {
			t.Error(err)
		}
	})
	if err := w.put("b"); !errors.Is(err, faultline.ErrInjected) || len(w.line.Calls()) != 1 {
		t.Errorf("%v, calls %v", err, w.line.Calls())
	}
}

// An answer ends a call; a reply ends one attempt, and is read by the SDK as S3's own.
func TestAnswerAndReply(t *testing.T) {
	w := newWatched(t)
	w.line.Answer("PutObject", faultline.APIError("AccessDenied", "no"), 1)
	if err := w.put("a"); err == nil || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("answered: %v", err)
	}
	w.line.Reply("PutObject", faultline.SlowDown(), 1)
	if err := w.put("b"); err != nil || !w.stored("b") {
		t.Errorf("slowed down once: %v", err)
	}
	w.line.Reply("AbortMultipartUpload", faultline.S3Error(http.StatusNotFound, "NoSuchUpload", "gone"), 1)
	_, err := w.client.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: &w.bucket, Key: &w.bucket, UploadId: &w.bucket})
	if _, typed := errors.AsType[*types.NoSuchUpload](err); !typed {
		t.Errorf("refused: %v", err)
	}
	if counts := w.line.Counts(); counts["PutObject"] != 2 || counts["AbortMultipartUpload"] != 1 {
		t.Errorf("calls: %v", counts)
	}
}

// Signing sends nothing, so it is no call; the services of one line are told apart.
func TestCallsOfManyServices(t *testing.T) {
	t.Parallel()
	cfg, line := awstest.Start(t).Config(), faultline.New()
	line.Attach(&cfg)
	line.FailAt(0, faultline.DidNotHappen)
	key := "k"
	if _, err := s3.NewPresignClient(s3.NewFromConfig(cfg)).PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: &key, Key: &key}); err != nil {
		t.Error(err)
	}
	if _, err := kms.NewFromConfig(cfg).DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &key}); !errors.Is(err, faultline.ErrInjected) {
		t.Error(err)
	}
	if calls := line.Calls(); !slices.Equal(calls, []faultline.Call{{Service: "KMS", Operation: "DescribeKey"}}) {
		t.Errorf("calls: %v", calls)
	}
}
