package dynamo

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/upload"
)

const shards = 16

// shard spreads ids evenly, whatever their order in time.
func shard(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	return strconv.FormatUint(uint64(h.Sum32()%shards), 16)
}

// Due lists the uploads that wait for a deadline that is not after now, the longest overdue of each shard first, about
// limit of them at most. Records that cannot be read, and shards that cannot, are reported in the error; the others are answered
// all the same.
func (r Records) Due(ctx context.Context, now time.Time, limit int) ([]upload.Upload, error) {
	var all sync.WaitGroup
	lists := make([][]upload.Upload, shards)
	failures := make([]error, shards)
	for n := range shards {
		all.Go(func() { lists[n], failures[n] = r.dueIn(ctx, strconv.FormatInt(int64(n), 16), now, limit/shards+1) })
	}
	all.Wait()
	var due []upload.Upload
	for _, list := range lists {
		due = append(due, list...)
	}
	return due, errors.Join(failures...)
}

func (r Records) dueIn(ctx context.Context, shard string, now time.Time, limit int) (due []upload.Upload, err error) {
	pages := dynamodb.NewQueryPaginator(r.Client, dueQuery(r.Table, shard, now))
	var failures []error
	for pages.HasMorePages() && len(due) < limit {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return due, errors.Join(append(failures, fmt.Errorf("asking shard %s for what is due: %w", shard, err))...)
		}
		for _, it := range page.Items {
			if !isUpload(it) {
				continue // an organisation at its end, or a purge that was given up: others ask for those
			}
			u, err := toUpload(it)
			if err != nil || u.ID == "" || u.ObjectKey == "" {
				failures = append(failures, errors.Join(errUnreadable, err))
				continue
			}
			due = append(due, u)
		}
	}
	return due, errors.Join(failures...)
}

func dueQuery(table, shard string, now time.Time) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{TableName: &table, IndexName: aws.String("due"),
		KeyConditionExpression:    aws.String("dueShard = :s AND dueAt <= :now"),
		ExpressionAttributeValues: item{":s": str(shard), ":now": str(stamp(now))}}
}

func isUpload(it item) bool {
	sort, _ := it["sk"].(*types.AttributeValueMemberS)
	return sort != nil && strings.HasPrefix(sort.Value, uploadSort)
}

// errUnreadable is what a record is that cannot be taken apart; it is reported, and stops no other.
var errUnreadable = errors.New("a due record cannot be read")
