package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"waybill/internal/clock"
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

// contest is who meets whom, and what our calls were in the last round.
type contest struct {
	g     *ground
	key   string
	meter *meter
	begun time.Time
}

// take fills a bucket, and times one of the contestants on it.
func (c *contest) take(ctx context.Context, turn func(context.Context, string, []upload.Upload) error) (time.Duration, error) {
	bucket, err := c.g.bucket(ctx)
	if err != nil {
		return 0, err
	}
	all := staged(organisation(0), bucket, purgeSize)
	if err := c.g.send(ctx, all); err != nil {
		return 0, err
	}
	c.begun = clock.Now()
	err = turn(ctx, bucket, all)
	return clock.Now().Sub(c.begun), err
}

func (c *contest) ours(ctx context.Context, bucket string, all []upload.Upload) error {
	cfg, m := metered(c.g.Config())
	p, err := c.g.purger(ctx, cfg, bucket, c.key)
	if err != nil {
		return err
	}
	if err := c.g.record(ctx, p.Records.(dynamo.Records), all); err != nil {
		return err
	}
	c.meter, c.begun = m, clock.Now()
	done, err := p.Sweep(ctx, works(sealed.Add(kept)))
	if err == nil && done.Purged != purgeSize {
		err = fmt.Errorf("%+v of %d were purged", done, purgeSize)
	}
	return err
}

func (c *contest) bare(ctx context.Context, bucket string, _ []upload.Upload) error {
	client := c.g.s3()
	pages := s3.NewListObjectVersionsPaginator(client, &s3.ListObjectVersionsInput{Bucket: &bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		ids := make([]types.ObjectIdentifier, len(page.Versions))
		for i, v := range page.Versions {
			ids[i] = types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId}
		}
		if _, err := client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: ids, Quiet: aws.Bool(true)}}); err != nil {
			return err
		}
	}
	return nil
}

// recording is the bare loop and then the items: a record and an entry of each object, on conditions as ours have them.
func (c *contest) recording(ctx context.Context, bucket string, all []upload.Upload) error {
	log, err := c.g.table(ctx, "AuditTable")
	if err != nil {
		return err
	}
	c.begun = clock.Now()
	if err := c.bare(ctx, bucket, all); err != nil {
		return err
	}
	client := dynamodb.NewFromConfig(c.g.Config())
	var writes errgroup.Group
	writes.SetLimit(12) // as many as a sweep has
	for batch := range slices.Chunk(all, 50) {
		writes.Go(func() error {
			_, err := client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: notes(log, batch)})
			return err
		})
	}
	return writes.Wait()
}

// notes are two items for each, of about the size of ours.
func notes(table string, all []upload.Upload) (writes []ddbtypes.TransactWriteItem) {
	for _, u := range all {
		for _, kind := range []string{"upl#", "evt_"} {
			it := map[string]ddbtypes.AttributeValue{"pk": text(u.Org), "sk": text(kind + u.ID), "objectKey": text(u.ObjectKey), "versionId": text(u.VersionID),
				"note": text(fmt.Sprintf("%-300s", u.Due))}
			writes = append(writes, ddbtypes.TransactWriteItem{Put: &ddbtypes.Put{TableName: &table, Item: it, ConditionExpression: aws.String("attribute_not_exists(pk)")}})
		}
	}
	return writes
}

func (c *contest) cli(ctx context.Context, bucket string, _ []upload.Upload) error {
	command := exec.CommandContext(ctx, filepath.Join(c.g.root, "build", "bench-venv", "bin", "aws"), "s3", "rm", "--recursive", "--only-show-errors",
		"s3://"+bucket+"/", "--endpoint-url", c.g.Endpoint)
	others := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") })
	command.Env = append(others, "AWS_ACCESS_KEY_ID="+c.g.AccessKey, "AWS_SECRET_ACCESS_KEY="+c.g.SecretKey, "AWS_DEFAULT_REGION="+c.g.Region,
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null", "AWS_EC2_METADATA_DISABLED=true")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("aws s3 rm: %w\n%s", err, out)
	}
	return nil
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
