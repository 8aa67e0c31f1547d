package kms_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"

	"waybill/internal/faultline"
	"waybill/internal/kms"
	"waybill/internal/localaws/awstest"
)

// The secret is 32 bytes, the same in every process, another for another key, and asked for once.
func TestSecret(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	cfg, line := cloud.Config(), faultline.New()
	line.Attach(&cfg)
	key := cloud.MACKey(t)
	secret := kms.NewSecret(cfg, key)
	var first []byte
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got, err := secret.Key(t.Context()); err != nil || len(got) != 32 {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	all.Wait()
	first, _ = secret.Key(t.Context())
	if n := len(line.Calls()); n != 1 {
		t.Errorf("KMS was asked %d times", n)
	}
	if again, err := kms.NewSecret(cfg, key).Key(t.Context()); err != nil || !bytes.Equal(again, first) {
		t.Errorf("another process has another secret, %v", err)
	}
	if other, err := kms.NewSecret(cfg, cloud.MACKey(t)).Key(t.Context()); err != nil || bytes.Equal(other, first) {
		t.Errorf("another key makes the same secret, %v", err)
	}
}

// A failure is not kept.
func TestSecretAfterFailure(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	cfg, line := cloud.Config(), faultline.New()
	line.Attach(&cfg)
	line.FailAt(0, faultline.DidNotHappen)
	secret := kms.NewSecret(cfg, cloud.MACKey(t))
	if got, err := secret.Key(t.Context()); !errors.Is(err, faultline.ErrInjected) || got != nil {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if got, err := secret.Key(t.Context()); err != nil || len(got) != 32 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
