package kms_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"

	"waybill/internal/fault"
	keys "waybill/internal/kms"
	"waybill/internal/localaws/awstest"
)

// A data key opens for its organisation and no other. While the key that wraps it is disabled, nothing is made or opened,
// and the answer is that it will pass.
func TestWrapper(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	arn := cloud.Key(t)
	w := keys.NewWrapper(cloud.Config(), arn)
	plain, wrapped, err := w.Make(t.Context(), "org_a")
	if err != nil || len(plain) != 32 || bytes.Contains(wrapped, plain) {
		t.Fatalf("made a key of %d bytes, %v", len(plain), err)
	}
	if again, err := w.Unwrap(t.Context(), "org_a", wrapped); err != nil || !bytes.Equal(again, plain) {
		t.Errorf("unwrapped %d bytes, %v", len(again), err)
	}
	if _, err := w.Unwrap(t.Context(), "org_b", wrapped); err == nil {
		t.Error("it opens for another organisation")
	}
	if _, err := cloud.KMS().DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &arn}); err != nil {
		t.Fatal(err)
	}
	_, _, making := w.Make(t.Context(), "org_a")
	_, opening := w.Unwrap(t.Context(), "org_a", wrapped)
	for _, err := range []error{making, opening} {
		if !errors.Is(err, fault.Unavailable) {
			t.Errorf("disabled: %v", err)
		}
	}
}
