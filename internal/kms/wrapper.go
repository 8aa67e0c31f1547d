package kms

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"waybill/internal/awsenv"
	"waybill/internal/fault"
	"waybill/internal/keyring"
)

// Wrapper makes and unwraps data keys under one symmetric key. The organisation is the encryption context: KMS unwraps a
// key for no other, and names it in CloudTrail. It implements keyring.Wrapper.
type Wrapper struct {
	client *kms.Client
	keyARN string
}

var _ keyring.Wrapper = Wrapper{}

// NewWrapper makes one for the key.
func NewWrapper(cfg aws.Config, keyARN string) Wrapper {
	return Wrapper{kms.NewFromConfig(cfg), keyARN}
}

// Make has KMS make a data key: one call.
func (w Wrapper) Make(ctx context.Context, organisation string) (plain, wrapped []byte, err error) {
	out, err := w.client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &w.keyARN, KeySpec: types.DataKeySpecAes256, EncryptionContext: of(organisation)})
	if err != nil {
		return nil, nil, unsealed("making a sealing key", err)
	}
	return out.Plaintext, out.CiphertextBlob, nil
}

// Unwrap has KMS decrypt one: one call.
func (w Wrapper) Unwrap(ctx context.Context, organisation string, wrapped []byte) ([]byte, error) {
	out, err := w.client.Decrypt(ctx, &kms.DecryptInput{KeyId: &w.keyARN, CiphertextBlob: wrapped, EncryptionContext: of(organisation)})
	if err != nil {
		return nil, unsealed("unwrapping a sealing key", err)
	}
	return out.Plaintext, nil
}

// unsealed marks what passes once the operator has seen to the key: nothing can be put on record until then.
func unsealed(what string, err error) error {
	switch awsenv.Code(err) {
	case "DisabledException", "KMSInvalidStateException", "KeyUnavailableException", "DependencyTimeoutException", "KMSInternalException":
		return errors.Join(fault.Unavailable.Because("What is to be put on record cannot be sealed at the moment; try again."), fmt.Errorf("%s: %w", what, err))
	}
	return unasked(what, err)
}

func of(organisation string) map[string]string {
	if organisation == "" {
		organisation = "cell"
	}
	return map[string]string{"organisation": organisation}
}
