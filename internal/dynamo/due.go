package dynamo

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"slices"
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

// shelf is where in the due index those uploads stand that are due and held, apart from what every sweep asks for.
const shelf = "held"

// shard spreads ids evenly, whatever their order in time.
func shard(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	return strconv.FormatUint(uint64(h.Sum32()%shards), 16)
}

func shardNames() (names []string) {
	for n := range shards {
		names = append(names, strconv.FormatInt(int64(n), 16))
	}
	return names
}

// Due lists the uploads that wait for a deadline that is not after now, the longest overdue of each shard first, about
// limit of them at most. Records that cannot be read, and shards that cannot, are reported in the error; the others are answered
// all the same.
func (r Records) Due(ctx context.Context, now time.Time, limit int) ([]upload.Upload, error) {
	return together(ctx, r.readers(now, shardNames()), limit/shards+1)
}

// Overdue yields all that waits for a deadline that is not after now, in parts of about one sweep's breath, each of all
// shards: what lies together in S3 is spread over all of them.
func (r Records) Overdue(ctx context.Context, now time.Time) iter.Seq2[[]upload.Upload, error] {
	return r.waiting(ctx, now, breath/shards, shardNames()...)
}

// Shelved yields what is due and was under a hold when a sweep met it, in the same way.
func (r Records) Shelved(ctx context.Context) iter.Seq2[[]upload.Upload, error] {
	return r.waiting(ctx, endless, breath, shelf)
}

// breath is how many records are in one part.
const breath = 20_000

// endless is after every deadline.
var endless = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// waiting yields parts until every shard is at its end. A shard that fails is over; the next sweep asks again.
func (r Records) waiting(ctx context.Context, now time.Time, each int, names ...string) iter.Seq2[[]upload.Upload, error] {
	return func(yield func([]upload.Upload, error) bool) {
		for open := r.readers(now, names); len(open) > 0; {
			part, err := together(ctx, open, each)
			open = slices.DeleteFunc(open, (*shardReader).done)
			if !yield(part, err) {
				return
			}
		}
	}
}

// together reads on in several shards at a time.
func together(ctx context.Context, readers []*shardReader, each int) (all []upload.Upload, err error) {
	var reading sync.WaitGroup
	lists := make([][]upload.Upload, len(readers))
	failures := make([]error, len(readers))
	for n, s := range readers {
		reading.Go(func() { lists[n], failures[n] = s.read(ctx, each) })
	}
	reading.Wait()
	return slices.Concat(lists...), errors.Join(failures...)
}

// shardReader reads one shard of the due index, as far as it is asked to.
type shardReader struct {
	name   string
	pages  *dynamodb.QueryPaginator
	failed bool
}

func (r Records) readers(now time.Time, names []string) (all []*shardReader) {
	for _, name := range names {
		all = append(all, &shardReader{name: name, pages: dynamodb.NewQueryPaginator(r.Client, dueQuery(r.Table, name, now))})
	}
	return all
}

func (s *shardReader) done() bool { return s.failed || !s.pages.HasMorePages() }

func (s *shardReader) read(ctx context.Context, limit int) (due []upload.Upload, err error) {
	var failures []error
	for !s.done() && len(due) < limit {
		page, err := s.pages.NextPage(ctx)
		if err != nil {
			s.failed = true
			failures = append(failures, fmt.Errorf("asking shard %s for what is due: %w", s.name, away(err)))
			break
		}
		for _, it := range page.Items {
			if !isUpload(it) {
				continue // an organisation at its end: others ask for those
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
