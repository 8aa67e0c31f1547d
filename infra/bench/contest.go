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
	"waybill/internal/upload"
)

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
