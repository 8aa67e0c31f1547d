package main

import (
	"math"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// units are what AWS charges for. Those of DynamoDB follow from what was sent and answered (Developer Guide, "DynamoDB
// read and write operations"): a write is one for each KB begun, twice that in a transaction, and one more in each index
// that the item enters or leaves; a strongly consistent read is one for each 4 KB begun, any other half of it. S3 deletes
// for nothing.
type units struct {
	writes, reads float64
	puts, gets    float64 // S3: PUT and LIST; GET
	signatures    float64
	calls         float64 // all of them; what a function waits for
}

func (u *units) add(in, out any) {
	u.calls++
	switch in := in.(type) {
	case *dynamodb.TransactWriteItemsInput:
		for _, w := range in.TransactItems {
			u.writes += transacted(w)
		}
	case *dynamodb.PutItemInput:
		u.writes += kilobytes(in.Item)
	case *dynamodb.UpdateItemInput:
		u.writes++ // the ledger's head
	case *s3.PutObjectInput, *s3.ListObjectVersionsInput, *s3.ListMultipartUploadsInput:
		u.puts++
	case *s3.GetObjectInput:
		u.gets++
	case *kms.SignInput:
		u.signatures++
	default:
		u.reads += read(in, out)
	}
}

// transacted counts an intent's removal with its writing: that call does not say how large the item is.
func transacted(w types.TransactWriteItem) float64 {
	if w.Put == nil {
		return 2 // a guard's or the ledger's head's, or the look at one
	}
	sort, _ := w.Put.Item["sk"].(*types.AttributeValueMemberS)
	size := kilobytes(w.Put.Item)
	switch {
	case strings.HasPrefix(sort.Value, "retention#int#"):
		return 3 * size
	case strings.HasPrefix(sort.Value, "upl#"): // and the indexes due and parent
		return 4 * size
	}
	return 2 * size
}

func read(in, out any) float64 {
	switch in := in.(type) {
	case *dynamodb.GetItemInput:
		got, _ := out.(*dynamodb.GetItemOutput)
		return pages(in.ConsistentRead, got.Item)
	case *dynamodb.QueryInput:
		got, _ := out.(*dynamodb.QueryOutput)
		return pages(in.ConsistentRead, got.Items...)
	case *dynamodb.BatchGetItemInput:
		n := 0
		for _, asked := range in.RequestItems {
			n += len(asked.Keys) // the index of a leaf each, there or not
		}
		return float64(n)
	}
	return 0
}

// pages are units of a read of all the items at once. What finds nothing costs one as well.
func pages(consistent *bool, items ...map[string]types.AttributeValue) float64 {
	n := 0
	for _, it := range items {
		n += size(&types.AttributeValueMemberM{Value: it})
	}
	units := max(1, math.Ceil(float64(n)/4096))
	if !aws.ToBool(consistent) {
		units /= 2
	}
	return units
}

func kilobytes(it map[string]types.AttributeValue) float64 {
	return math.Ceil(float64(size(&types.AttributeValueMemberM{Value: it})) / 1024)
}

// size is that of a value as DynamoDB counts it, in bytes (Developer Guide, "DynamoDB item sizes and formats").
func size(v types.AttributeValue) (n int) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return len(v.Value)/2 + 1
	case *types.AttributeValueMemberL:
		for _, each := range v.Value {
			n += 1 + size(each)
		}
		return n + 3
	case *types.AttributeValueMemberM:
		for name, each := range v.Value {
			n += 1 + len(name) + size(each)
		}
		return n + 3
	}
	return 1
}

// less is what a call costs beyond another.
func (u units) less(other units) units { return u.plus(other.times(-1)) }

func (u units) plus(o units) units {
	return units{u.writes + o.writes, u.reads + o.reads, u.puts + o.puts, u.gets + o.gets, u.signatures + o.signatures, u.calls + o.calls}
}

func (u units) times(n float64) units {
	return units{u.writes * n, u.reads * n, u.puts * n, u.gets * n, u.signatures * n, u.calls * n}
}
