package carry_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"waybill/internal/carry"
	"waybill/internal/client"
	"waybill/internal/client/frontdoor"
	"waybill/internal/localaws/awstest"
	"waybill/internal/staging"
)

// The ways of the real API, signed by the real signer, lead to a local S3: every header counts, those of SSE-KMS included.
func TestToS3(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	bucket, key := cloud.Bucket(t), cloud.Key(t)
	for name, test := range map[string]struct {
		size  int
		state string
	}{
		"by one PUT":  {3 << 20, client.Pending}, // until S3's report, which nobody carries here
		"by parts":    {40<<20 + 1, client.Sealed},
		"by one part": {16<<20 + 1, client.Sealed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJourney(t, test.size)
			j.Wait, j.OnePut = 0, 16<<20
			j.through(t, frontdoor.Open(t, &frontdoor.Objects{Objects: staging.NewSigner(cloud.Config()), Bucket: bucket, KeyARN: key}))
			u, err := j.Send(t.Context(), j.parcel)
			if err != nil || u.Value.State != test.state {
				t.Fatalf("%+v, %v", u.Value, err)
			}
			sum := sha256.Sum256(j.bytes)
			if u.Value.SHA256 != base64.StdEncoding.EncodeToString(sum[:]) {
				t.Errorf("the record says %s", u.Value.SHA256)
			}
			lies(t, cloud.S3(), bucket, u.Value.ID, j.bytes)
		})
	}
}

// through has the journey go by the real API instead of the stand-in.
func (j *journey) through(t *testing.T, d *frontdoor.Door) {
	t.Helper()
	j.parcel.To = client.Place{Org: settle(t, d)}
	api, err := client.New(d.URL, "a-token")
	if err != nil {
		t.Fatal(err)
	}
	j.Records, j.Ways = api, api
	j.Journal = carry.Journal{Dir: t.TempDir(), Cell: d.URL}
}

// settle makes an organisation and has its admin call from now on.
func settle(t testing.TB, d *frontdoor.Door) (org string) {
	t.Helper()
	api, err := client.New(d.URL, "a-token")
	if err != nil {
		t.Fatal(err)
	}
	o, err := api.CreateOrg(t.Context(), client.OrgDraft{Name: "Example", Location: "Germany", Plan: "paid"})
	if err != nil {
		t.Fatal(err)
	}
	d.Enter(o.Value.ID)
	return o.Value.ID
}

// lies checks that the bucket has an upload's bytes, under KMS.
func lies(t *testing.T, cloud *s3.Client, bucket, id string, want []byte) {
	t.Helper()
	all, err := cloud.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all.Contents {
		if !strings.HasSuffix(*o.Key, id) {
			continue
		}
		got, err := cloud.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &bucket, Key: o.Key})
		if err != nil {
			t.Fatal(err)
		}
		there, err := io.ReadAll(got.Body)
		if err != nil || !bytes.Equal(there, want) || got.ServerSideEncryption != types.ServerSideEncryptionAwsKms {
			t.Errorf("S3 has %d bytes under %s: %v", len(there), got.ServerSideEncryption, err)
		}
		return
	}
	t.Errorf("S3 has nothing of %s", id)
}
