package dynamo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/policy"
)

// onceItem remembers that a request was carried out, and on what; not with what answer: an answer may hold signed URLs.
type onceItem struct {
	Digest    string `dynamodbav:"digest"`
	Resource  string `dynamodbav:"resource"`
	ExpiresAt int64  `dynamodbav:"expiresAt"` // epoch seconds
}

// onceKey hides the key itself, which is the client's to choose, and binds it to the actor.
func onceKey(act audit.Act, partition string) item {
	sum := sha256.Sum256([]byte(string(act.Actor) + "\x00" + act.Once.Key))
	return key(partition, onceSort+hex.EncodeToString(sum[:]))
}

func (r Records) once(act audit.Act, partition, resource string) write {
	it := onceKey(act, partition)
	it["digest"], it["resource"] = str(act.Once.Digest), str(resource)
	it["expiresAt"] = num(policy.Deadline(policy.ReplayProtection, act.Time).Unix())
	c := condition{expression: "attribute_not_exists(pk) OR expiresAt <= :now", values: item{":now": num(act.Time.Unix())}}
	w := r.put(it, c, nil)
	w.Put.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	return w
}

// replay tells a repetition of the same request from another request under the same key.
func replay(old item, act audit.Act) error {
	var first onceItem
	if err := decode(old, &first); err != nil {
		return err
	}
	if first.Digest != act.Once.Digest {
		return fault.KeyReused.Because("The Idempotency-Key was used for another request within the last 24 hours.")
	}
	return &audit.Replayed{Resource: first.Resource}
}

// Replayed answers *audit.Replayed when the act's idempotency key was used for the same request, fault.KeyReused when
// for another one, nil when it is new or there is none.
func (r Records) Replayed(ctx context.Context, organisation string, act audit.Act) error {
	if act.Once == nil {
		return nil
	}
	k := onceKey(act, partition(organisation))
	var first onceItem
	err := r.get(ctx, partition(organisation), k["sk"].(*types.AttributeValueMemberS).Value, &first)
	if errors.Is(err, fault.NotFound) || err == nil && !act.Time.Before(time.Unix(first.ExpiresAt, 0)) {
		return nil
	}
	if err != nil {
		return err
	}
	return replay(item{"digest": str(first.Digest), "resource": str(first.Resource)}, act)
}
