package org

import (
	"context"
	"strings"

	"waybill/internal/audit"
	"waybill/internal/fault"
)

// Mode says whose key an organisation's data is under.
type Mode string

// The modes.
const (
	OperatorKey Mode = "operator"
	CustomerKey Mode = "customer"
)

// KeyState is what KMS last said of a key: usable, or the reason why it is not.
type KeyState string

// The states. All but Usable are also the rules by which a key is refused.
const (
	Usable          KeyState = "usable"
	Absent          KeyState = "absent"
	Disabled        KeyState = "disabled"
	PendingDeletion KeyState = "pending-deletion"
	Asymmetric      KeyState = "asymmetric"
	OtherRegion     KeyState = "other-region"
	NotPermitted    KeyState = "not-permitted"
	Unavailable     KeyState = "unavailable" // imported material or a custom key store that is away
)

// Key is the binding of an organisation to a KMS key.
type Key struct {
	Mode  Mode
	ARN   string
	State KeyState
}

// Keys asks KMS.
type Keys interface {
	// Prove has KMS make a data key under the key, as S3 will, and answers Usable or why not. An error means that KMS
	// could not be asked.
	Prove(ctx context.Context, keyARN string) (KeyState, error)
}

// KeyBinder puts an organisation under a key of its own.
type KeyBinder struct {
	Region  string
	Keys    Keys
	Records Records
}

// Bind proves the key and binds it. A key that cannot be used is fault.KeyRefused with the reason as the field's rule,
// and the refusal is on record. match, when not empty, must be the revision that the caller saw.
func (b KeyBinder) Bind(ctx context.Context, act audit.Act, id string, match audit.Match, keyARN string) (Organisation, error) {
	before, err := b.Records.Organisation(ctx, id)
	if err != nil {
		return Organisation{}, err
	}
	if err := match.Holds(before.Revision); err != nil {
		return b.unlessReplayed(ctx, act, id, err)
	}
	state, err := b.prove(ctx, keyARN)
	if err != nil {
		return Organisation{}, err
	}
	if state != Usable {
		return Organisation{}, b.refuse(ctx, act, id, state)
	}
	after := before
	after.Key = Key{Mode: CustomerKey, ARN: keyARN, State: Usable}
	after.Revision++
	err = b.Records.BindKey(ctx, act, before, after)
	if _, repeated := audit.Repetition(err); repeated {
		return b.Records.Organisation(ctx, id)
	}
	return after, err
}

func (b KeyBinder) unlessReplayed(ctx context.Context, act audit.Act, id string, refusal error) (Organisation, error) {
	first, err := audit.Unless(b.Records.Replayed(ctx, id, act), refusal)
	if err != nil {
		return Organisation{}, err
	}
	return b.Records.Organisation(ctx, first)
}

// prove refuses what the ARN alone shows, then asks KMS.
func (b KeyBinder) prove(ctx context.Context, keyARN string) (KeyState, error) {
	region, isKey := keyRegion(keyARN)
	if !isKey {
		var broken fault.Fields
		broken.Check(false, "/keyArn", "key-arn", "The key must be given by its ARN, arn:aws:kms:REGION:ACCOUNT:key/ID; an alias can change its key.")
		return "", broken.Err()
	}
	if region != b.Region {
		return OtherRegion, nil
	}
	return b.Keys.Prove(ctx, keyARN)
}

func (b KeyBinder) refuse(ctx context.Context, act audit.Act, id string, state KeyState) error {
	if err := b.Records.Note(ctx, id, act.Entry(audit.KeyRefused, id, audit.Refused, string(state))); err != nil {
		return err
	}
	return refuseKey(state)
}

// refuseKey refuses the key that was given.
func refuseKey(state KeyState) error {
	detail := whyRefused(state)
	return &fault.Refusal{Kind: fault.KeyRefused, Detail: detail,
		Fields: fault.Fields{{Pointer: "/keyArn", Rule: string(state), Detail: detail}}}
}

// Lost refuses what needs the organisation's key, which has stopped working.
func Lost(state KeyState) error {
	return fault.KeyUnusable.Because("Nothing can be staged under the organisation's key (%s): %s", state, whyRefused(state))
}

func whyRefused(state KeyState) string {
	switch state {
	case Absent:
		return "KMS knows no such key in this region."
	case Disabled:
		return "The key is disabled."
	case PendingDeletion:
		return "The key is waiting to be deleted."
	case Asymmetric:
		return "The key is not a symmetric encryption key; S3 can encrypt under no other."
	case OtherRegion:
		return "The key is in another region than the organisation's data."
	case NotPermitted:
		return "The key's policy does not let this cell use it: it must allow kms:GenerateDataKey, kms:Decrypt and kms:DescribeKey."
	default:
		return "The key's material is not available to KMS at the moment."
	}
}

// keyRegion takes a key ARN apart. Partitions differ (aws, aws-cn, aws-us-gov); the rest is fixed.
func keyRegion(arn string) (region string, ok bool) {
	parts := strings.Split(arn, ":")
	if len(arn) > 256 || len(parts) != 6 || parts[0] != "arn" || !strings.HasPrefix(parts[1]+"-", "aws-") || parts[2] != "kms" {
		return "", false
	}
	id, isKey := strings.CutPrefix(parts[5], "key/")
	return parts[3], isKey && id != "" && parts[3] != "" && isAccount(parts[4]) && plain(parts[1]+parts[3]+id)
}

func isAccount(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }

func plain(s string) bool {
	for _, c := range s {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}
