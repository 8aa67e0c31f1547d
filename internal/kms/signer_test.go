package kms_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	awskms "github.com/aws/aws-sdk-go-v2/service/kms"

	"waybill/internal/fault"
	"waybill/internal/faultline"
	"waybill/internal/kms"
	"waybill/internal/localaws/awstest"
)

func signer(t *testing.T, key string) (*kms.Signer, *faultline.Line) {
	t.Helper()
	cfg, line := awstest.Start(t).Config(), faultline.New()
	line.Attach(&cfg)
	return kms.NewSigner(cfg, key), line
}

// What is signed verifies under the public half, as plain Ed25519 (RFC 8032), with Go's own implementation.
func TestSignatureVerifies(t *testing.T) {
	t.Parallel()
	s, _ := signer(t, awstest.Start(t).SigningKey(t))
	public, err := s.PublicKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range [][]byte{{0}, []byte("waybill/test\n5\nroot\n"), bytes.Repeat([]byte("x"), 4096)} {
		signature, err := s.Sign(t.Context(), message)
		if err != nil || !ed25519.Verify(public, message, signature) {
			t.Errorf("%d bytes: a signature of %d, %v", len(message), len(signature), err)
		}
		if again, _ := s.Sign(t.Context(), message); !bytes.Equal(again, signature) {
			t.Errorf("%d bytes: signed twice, differently", len(message))
		}
	}
}

// KMS would refuse it too; the local one does not.
func TestTooLongToSign(t *testing.T) {
	t.Parallel()
	s, line := signer(t, awstest.Start(t).SigningKey(t))
	signature, err := s.Sign(t.Context(), bytes.Repeat([]byte("x"), 4097))
	if err == nil || !strings.Contains(err.Error(), "4,096 bytes") || signature != nil || len(line.Calls()) > 0 {
		t.Errorf("signed %d bytes with %d calls: %v", len(signature), len(line.Calls()), err)
	}
}

// The public half is asked for when it is wanted, once.
func TestPublicKeyIsAskedForOnce(t *testing.T) {
	t.Parallel()
	s, line := signer(t, awstest.Start(t).SigningKey(t))
	if _, err := s.Sign(t.Context(), []byte("x")); err != nil {
		t.Fatal(err)
	}
	line.FailAt(1, faultline.DidNotHappen)
	if key, err := s.PublicKey(t.Context()); !errors.Is(err, faultline.ErrInjected) || key != nil {
		t.Errorf("%v, %v", key, err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if key, err := s.PublicKey(t.Context()); err != nil || len(key) != ed25519.PublicKeySize {
				t.Errorf("%d bytes, %v", len(key), err)
			}
		})
	}
	all.Wait()
	if want := []string{"Sign", "GetPublicKey", "GetPublicKey"}; !slices.Equal(operations(line), want) {
		t.Errorf("KMS was asked %v, want %v", operations(line), want)
	}
}

// A key of another kind is no ledger's, and one that KMS will not use signs nothing.
func TestNoSigner(t *testing.T) {
	t.Parallel()
	curve := made(t, &awskms.CreateKeyInput{KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY"})
	s, _ := signer(t, curve)
	if key, err := s.PublicKey(t.Context()); key != nil || err == nil || !strings.Contains(err.Error(), "no Ed25519 key") {
		t.Errorf("another curve: %v, %v", key, err)
	}
	s, line := signer(t, disabled(t, awstest.Start(t).SigningKey(t)))
	if signature, err := s.Sign(t.Context(), []byte("x")); err == nil || signature != nil {
		t.Errorf("a disabled key: %d bytes, %v", len(signature), err)
	}
	line.Answer("Sign", faultline.APIError("ThrottlingException", "slower"), 1)
	if _, err := s.Sign(t.Context(), []byte("x")); !errors.Is(err, fault.Unavailable) {
		t.Errorf("throttled: %v", err)
	}
}
