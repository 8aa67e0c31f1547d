// Package kms asks AWS KMS what only KMS can do: tell whether a customer's key may be used now (Keys), derive the secret
// that cursors are sealed with (Secret), sign certificates and checkpoints (Signer), and wrap the keys that seal what is
// personal (Wrapper).
//
// No staged byte passes through it: S3 encrypts those, under the customer's key, and no data key of theirs is kept.
package kms

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"waybill/internal/awsenv"
	"waybill/internal/fault"
	"waybill/internal/org"
)

// Keys proves customers' keys. It implements org.Keys.
type Keys struct {
	client *kms.Client
	region string
}

// NewKeys makes one for the configuration's region: a key of any other is of no use to the cell.
func NewKeys(cfg aws.Config) Keys { return Keys{kms.NewFromConfig(cfg), cfg.Region} }

var _ org.Keys = Keys{}

// Prove has KMS make a data key under the key, as S3 does for each object, and throws it away: one call. A second one,
// DescribeKey, is made only to learn why a key is in no state to be used. An error means that KMS could not be asked;
// fault.Unavailable when it was too busy.
//
// No encryption context is given: the key's policy must admit the cell itself, not only S3 in its name, and a policy
// that asks for S3's context (aws:s3:arn) or for kms:ViaService is answered NotPermitted, before a byte was sent.
func (k Keys) Prove(ctx context.Context, keyARN string) (org.KeyState, error) {
	if name, err := arn.Parse(keyARN); err == nil && name.Region != k.region {
		return org.OtherRegion, nil
	}
	out, err := k.client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &keyARN, KeySpec: types.DataKeySpecAes256})
	if err == nil {
		clear(out.Plaintext)
		return org.Usable, nil
	}
	return k.why(ctx, keyARN, err)
}

// why reads KMS's refusal. KMS says of an ARN of another region, and of none at all, what it says of an absent key.
func (k Keys) why(ctx context.Context, keyARN string, refusal error) (org.KeyState, error) {
	switch awsenv.Code(refusal) {
	case "NotFoundException", "InvalidArnException":
		return org.Absent, nil
	case "DisabledException":
		return org.Disabled, nil
	case "InvalidKeyUsageException", "UnsupportedOperationException":
		return org.Asymmetric, nil
	case "AccessDeniedException":
		return org.NotPermitted, nil
	case "KeyUnavailableException":
		return org.Unavailable, nil
	case "KMSInvalidStateException":
		return k.state(ctx, keyARN)
	}
	return "", unasked("proving a key", refusal)
}

// state asks in which state the key is that makes it unusable.
func (k Keys) state(ctx context.Context, keyARN string) (org.KeyState, error) {
	out, err := k.client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: &keyARN})
	switch code := awsenv.Code(err); {
	case code == "AccessDeniedException":
		return org.NotPermitted, nil
	case code == "NotFoundException":
		return org.Absent, nil
	case err != nil:
		return "", unasked("asking for the state of a key", err)
	}
	switch out.KeyMetadata.KeyState {
	case types.KeyStatePendingDeletion, types.KeyStatePendingReplicaDeletion:
		return org.PendingDeletion, nil
	case types.KeyStateDisabled:
		return org.Disabled, nil
	default: // no material imported yet, its key store away, or a change under way
		return org.Unavailable, nil
	}
}

func unasked(what string, err error) error {
	if awsenv.Throttled(err) {
		return fault.Unavailable.Because("The key service is busy; try again.")
	}
	return fmt.Errorf("%s: %w", what, err)
}
