package carry_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"waybill/internal/carry/race"
	"waybill/internal/client/frontdoor"
	"waybill/internal/localaws/awstest"
	"waybill/internal/staging"
)

// BenchmarkUpload races the command against `aws s3 cp` with 1 GB (10^9 bytes), to a local S3 with the API in this process: what Lambda takes
// is not in it. One iteration is one round; -benchtime 5x races five.
func BenchmarkUpload(b *testing.B) {
	if _, err := exec.LookPath("aws"); err != nil {
		b.Skip("there is no aws on the PATH to race against")
	}
	course := newCourse(b)
	for name, plain := range map[string]bool{"same-work": false, "plain": true} {
		b.Run(name, func(b *testing.B) {
			course.Plain = plain
			times, err := course.Run(b.Context(), b.N)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(times.Ours.Seconds(), "ours-s")
			b.ReportMetric(times.Peer.Seconds(), "peer-s")
			b.ReportMetric(times.Ratio(), "ratio")
		})
	}
}

func newCourse(b *testing.B) race.Course {
	b.Helper()
	dir := b.TempDir()
	c := race.Course{Waybill: filepath.Join(dir, "waybill"), File: filepath.Join(dir, "file.zip"), Cache: dir, Token: "a-token"}
	if out, err := exec.Command("go", "build", "-o", c.Waybill, "waybill/cmd/waybill").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	if err := race.MakeFile(c.File, 1e9); err != nil {
		b.Fatal(err)
	}
	cloud := awstest.Start(b)
	c.S3 = race.Account{Endpoint: cloud.Endpoint, Region: cloud.Region, AccessKey: cloud.AccessKey, SecretKey: cloud.SecretKey,
		Bucket: cloud.Bucket(b), KeyARN: cloud.Key(b)}
	door := frontdoor.Open(b, &frontdoor.Objects{Objects: staging.NewSigner(cloud.Config()), Bucket: c.S3.Bucket, KeyARN: c.S3.KeyARN})
	c.Cell, c.To = door.URL, []string{"--org", settle(b, door)}
	return c
}
