package dynamo

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Open is the store in two tables, over a client that tries a write again when another transaction held one of its items.
func Open(cfg aws.Config, table, audit string) Records {
	client := dynamodb.NewFromConfig(cfg, func(o *dynamodb.Options) { o.Retryer = patient() })
	return Records{Client: client, Table: table, Audit: audit}
}

// tries is how often a call is made, throttled or in conflict: every offer of an organisation checks the organisation's
// item, and DynamoDB lets no two transactions do so at once.
const tries = 8

// patient is the SDK's standard retryer, with conflicts among what passes by itself, and shorter pauses: a transaction
// holds its items for milliseconds. A retry carries the client request token of the first try, so that DynamoDB carries
// it out once.
func patient() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = tries
		o.Backoff = retry.BackoffDelayerFunc(pause)
		o.Retryables = append(o.Retryables, retry.IsErrorRetryableFunc(conflicting))
	})
}

// pause is up to 10 ms before the first retry, and up to twice as long before each further one: 1.3 s in all at most.
func pause(attempt int, _ error) (time.Duration, error) {
	return rand.N(10 * time.Millisecond << attempt), nil
}

// conflicting tells a transaction that was cancelled for nothing but another one in progress.
func conflicting(err error) aws.Ternary {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return aws.UnknownTernary
	}
	conflict := false
	for _, reason := range cancelled.CancellationReasons {
		switch aws.ToString(reason.Code) {
		case "ConditionalCheckFailed", "ValidationError", "ItemCollectionSizeLimitExceeded":
			return aws.FalseTernary
		case "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded":
			conflict = true
		}
	}
	return aws.BoolTernary(conflict)
}
