package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"waybill/internal/dynamo"
	"waybill/internal/kms"
	"waybill/internal/policy"
	"waybill/internal/purge"
	"waybill/internal/staging"
	"waybill/internal/upload"
)

const (
	purgeSize = 5000
	purgeRuns = 3
)

// purger is the function's, over records and a bucket of its own.
func (g *ground) purger(ctx context.Context, cfg aws.Config, bucket, key string) (purge.Purger, error) {
	table, err := g.table(ctx, "RecordsTable")
	if err != nil {
		return purge.Purger{}, err
	}
	log, err := g.table(ctx, "AuditTable")
	return purge.Purger{Records: dynamo.Open(cfg, table, log), Objects: staging.NewEraser(cfg, bucket), Signer: kms.NewSigner(cfg, key),
		Now: func() time.Time { return sealed.Add(kept + 30*policy.Day) }, Place: purge.Place{Cell: "bench", Region: g.Region, Bucket: bucket, Function: "purge 1"}}, err
}

// purges is a sweep over 5,000 objects, a fifth of them with a second version, beside those who record nothing: a loop of
// ListObjectVersions and DeleteObjects, which is the least that takes everything away, and `aws s3 rm --recursive`, which
// leaves the versions and puts a delete marker over each. The loop once more, followed by as many items as we write, shows
// what of the difference is the recording itself. All meet the same content in a fresh bucket, by turns.
func purges(ctx context.Context, g *ground) ([]Figure, error) {
	key, err := g.key(ctx)
	if err != nil {
		return nil, err
	}
	c := contest{g: g, key: key}
	turns := []func(context.Context, string, []upload.Upload) error{c.ours, c.bare, c.recording, c.cli}
	took := make([][]time.Duration, len(turns))
	for range purgeRuns {
		for i, turn := range turns {
			t, err := c.take(ctx, turn)
			if err != nil {
				return nil, err
			}
			took[i] = append(took[i], t)
		}
	}
	ours, bare, recording, cli := seconds(took[0]), seconds(took[1]), seconds(took[2]), seconds(took[3])
	name := fmt.Sprintf("purge of %d objects", purgeSize)
	return append([]Figure{against(name, "s", ours, bare, 2, "ListObjectVersions and DeleteObjects, recording nothing"),
		against(name, "s", ours, recording, 0, "the same, and 5,000 records and 5,000 entries in transactions of 100"),
		against(name, "s", ours, cli, 0.5, "aws s3 rm --recursive")}, c.counted(name)...), nil
}

// counted are the calls of our last round beside the least that would do: S3 takes 1,000 versions at a time, so 6,000 to be
// listed and deleted, and a look at the empty rest; of records and audit entries a transaction takes 100, but no more than
// a certificate names; and KMS signs 4,096 bytes, so a certificate names no more things than it does.
func (c *contest) counted(name string) []Figure {
	calls := c.meter.calls
	ofS3 := calls["DeleteObjects"] + calls["ListObjectVersions"] + calls["ListMultipartUploads"]
	ofDynamoDB := calls["Query"] + calls["TransactWriteItems"] + calls["DeleteItem"]
	versions, certificates := purgeSize*6/5, len(fullOf(purgeSize))
	return []Figure{
		against(name+", S3", "calls", float64(ofS3), float64(2*(versions/1000)+2), 0, "the least to list 6,000 versions, delete them and look again"),
		against(name+", DynamoDB", "calls", float64(ofDynamoDB), float64(17+1+certificates), 0, "the least: what is due, the holds, a transaction a certificate"),
		against(name+", KMS", "calls", float64(calls["Sign"]+calls["GetPublicKey"]), float64(certificates+1), 0, "the least: certificates as full as KMS can sign"),
		share(name, "S3", c.meter), share(name, "DynamoDB", c.meter), share(name, "KMS", c.meter)}
}

// share is where our last round waited.
func share(name, service string, m *meter) Figure {
	return Figure{Name: name + ", waiting for " + service, Unit: "%", Ours: 100 * m.waits[service].Seconds() / m.wait().Seconds(),
		About: "of the time of all calls, many of which run at once"}
}

// seconds is the median.
func seconds(times []time.Duration) float64 {
	slices.Sort(times)
	return times[len(times)/2].Seconds()
}
