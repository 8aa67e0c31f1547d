package staging_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/faultline"
	"waybill/internal/purge"
	"waybill/internal/staging"
)

// What is spared carries the tag of the last resort no more, and its neighbour does; sparing what is gone is no error.
func TestSpare(t *testing.T) {
	p := newPlace(t)
	key := "staged/debug/" + org + "/a"
	tagged := func() string {
		put, err := p.s3.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &p.bucket, Key: &key, Body: strings.NewReader("x"), Tagging: aws.String(staging.LastResort)})
		p.must(err)
		return *put.VersionId
	}
	spared, other := tagged(), tagged()
	for range 2 {
		p.must(p.eraser.Spare(t.Context(), purge.Version{Key: key, ID: spared}))
	}
	p.must(p.eraser.Spare(t.Context(), purge.Version{Key: "never", ID: "was"}))
	for version, want := range map[string]int{spared: 0, other: 1} {
		got, err := p.s3.GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: &p.bucket, Key: &key, VersionId: &version})
		if p.must(err); len(got.TagSet) != want {
			t.Errorf("a version carries %d tags, want %d", len(got.TagSet), want)
		}
	}
}

// Versions, delete markers and what never was: all are gone, and nothing else is.
func TestErase(t *testing.T) {
	p := newPlace(t)
	a, b := "staged/debug/"+org+"/a", "staged/debug/"+org+"/b"
	gone := []purge.Version{{Key: a, ID: p.put(a)}, {Key: a, ID: p.put(a)}, {Key: a, ID: p.marker(a)}, {Key: "never", ID: "was"}}
	kept := purge.Version{Key: b, ID: p.put(b)}
	p.erased(gone)
	p.remains("staged/debug/"+org+"/", []string{a, b}, purge.Remains{Versions: []purge.Version{kept}})
	p.erased(gone) // again, and nothing happens
}

// An object from before the bucket was versioned has the version "null".
func TestEraseNullVersion(t *testing.T) {
	p := newPlace(t)
	_, err := p.s3.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: &p.bucket,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended}})
	p.must(err)
	p.put("drop/a")
	null := []purge.Version{{Key: "drop/a", ID: "null"}}
	p.remains("drop/a", []string{"drop/a"}, purge.Remains{Versions: null})
	p.erased(null)
	p.remains("drop/a", []string{"drop/a"}, purge.Remains{})
}

// Keys that others chose can hold anything. One that XML cannot carry is erased alone, by its path.
func TestEraseOddKeys(t *testing.T) {
	p := newPlace(t)
	var odd []purge.Version
	for _, key := range []string{"drop/<&>\"' +%20", "drop/ü\u2028\r\n\t", "drop//../.", "drop/\x01"} {
		odd = append(odd, purge.Version{Key: key, ID: p.put(key)})
	}
	p.erased(odd)
	if got := p.line.Counts(); got["DeleteObjects"] != 1 || got["DeleteObject"] != 1 {
		t.Errorf("calls: %v", got)
	}
	left, err := p.s3.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &p.bucket})
	if err != nil || len(left.Versions)+len(left.DeleteMarkers) != 0 {
		t.Errorf("left: %v %v, %v", left.Versions, left.DeleteMarkers, err)
	}
}

// What S3 refuses of a batch is answered with its reason, which names no key; the local AWS refuses nothing.
func TestEraseRefused(t *testing.T) {
	p := newPlace(t)
	p.line.Reply("DeleteObjects", faultline.Response{Status: http.StatusOK, Body: `<DeleteResult>
		<Error><Key>drop/ada</Key><VersionId>1</VersionId><Code>AccessDenied</Code><Message>Access Denied</Message></Error>
		<Error><Key>drop/bob</Key><VersionId>2</VersionId><Code>InternalError</Code><Message>Again</Message></Error></DeleteResult>`}, 1)
	p.line.Reply("DeleteObject", faultline.S3Error(http.StatusForbidden, "AccessDenied", "Access Denied"), 1)
	refused, err := p.eraser.Erase(t.Context(), []purge.Version{{Key: "drop/ada", ID: "1"}, {Key: "drop/bob", ID: "2"}, {Key: "drop/eve", ID: "3"}, {Key: "drop/\x01", ID: "4"}})
	if err != nil || len(refused) != 3 {
		t.Fatalf("%v, %v", refused, err)
	}
	for v, code := range map[purge.Version]string{{Key: "drop/ada", ID: "1"}: "AccessDenied", {Key: "drop/bob", ID: "2"}: "InternalError", {Key: "drop/\x01", ID: "4"}: "AccessDenied"} {
		if reason := fmt.Sprint(refused[v]); !strings.Contains(reason, code) || strings.Contains(reason, "drop") {
			t.Errorf("%v: %s", v, reason)
		}
	}
}

// A batch that fails stops no other.
func TestEraseFailedBatch(t *testing.T) {
	p := newPlace(t)
	versions := make([]purge.Version, 2001)
	for i := range versions {
		versions[i] = purge.Version{Key: fmt.Sprintf("staged/%04d", i), ID: "v"}
	}
	p.line.Reply("DeleteObjects", faultline.S3Error(http.StatusForbidden, "AccessDenied", "no"), 1)
	refused, err := p.eraser.Erase(t.Context(), versions)
	if err == nil || len(refused) != 0 || p.line.Counts()["DeleteObjects"] != 3 {
		t.Errorf("%v, %v, calls %v", refused, err, p.line.Counts())
	}
}

// A busy S3 is asked six times, also when it hides the refusal in a 200.
func TestEraseThrottled(t *testing.T) {
	p := newPlace(t)
	hidden := faultline.SlowDown()
	hidden.Status = http.StatusOK
	for _, test := range []struct {
		response faultline.Response
		times    int
		done     bool
	}{
		{faultline.SlowDown(), 5, true},
		{faultline.SlowDown(), 6, false},
		{hidden, 5, true},
		{hidden, 6, false},
	} {
		v := purge.Version{Key: "staged/a", ID: p.put("staged/a")}
		p.line.Heal()
		p.line.Reply("DeleteObjects", test.response, test.times)
		refused, err := p.eraser.Erase(t.Context(), []purge.Version{v})
		if len(refused) != 0 || (err == nil) != test.done {
			t.Errorf("%d times: %v, %v", test.times, refused, err)
		}
		left, err := p.eraser.Look(t.Context(), "staged/", []string{v.Key})
		if p.must(err); (len(left.Versions) == 0) != test.done {
			t.Errorf("%d times: left %v", test.times, left.Versions)
		}
		p.erased(left.Versions)
	}
}

// Multipart uploads are ended, once or twice; one that fails stops no other.
func TestAbort(t *testing.T) {
	p := newPlace(t)
	var all []purge.Unfinished
	for range 40 {
		u := p.multipart(10, 10)
		all = append(all, purge.Unfinished{Key: u.ObjectKey, UploadID: u.UploadID})
	}
	p.line.Reply("AbortMultipartUpload", faultline.S3Error(http.StatusForbidden, "AccessDenied", "no"), 1)
	if err := p.eraser.Abort(t.Context(), all); err == nil {
		t.Error("a refused abort is no error")
	}
	left, err := p.eraser.Look(t.Context(), "staged/", []string{all[0].Key})
	if err != nil || len(left.Unfinished) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
	p.must(p.eraser.Abort(t.Context(), all))
	p.remains("staged/", []string{all[0].Key}, purge.Remains{})
}

func (p *place) erased(versions []purge.Version) {
	p.t.Helper()
	if refused, err := p.eraser.Erase(p.t.Context(), versions); err != nil || len(refused) != 0 {
		p.t.Errorf("erasing: %v, %v", refused, err)
	}
}

func (p *place) marker(key string) string {
	p.t.Helper()
	out, err := p.s3.DeleteObject(p.t.Context(), &s3.DeleteObjectInput{Bucket: &p.bucket, Key: &key})
	p.must(err)
	return *out.VersionId
}
