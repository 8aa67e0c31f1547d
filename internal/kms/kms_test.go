package kms_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awskms "github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"waybill/internal/fault"
	"waybill/internal/faultline"
	"waybill/internal/kms"
	"waybill/internal/localaws/awstest"
	"waybill/internal/org"
)

// Every state of a key, as the local KMS plays it, with the calls that it takes to know.
func TestProve(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	absent := strings.TrimSuffix(cloud.Key(t), "0") + "f"
	one, two := []string{"GenerateDataKey"}, []string{"GenerateDataKey", "DescribeKey"}
	for _, test := range []struct {
		what  string
		key   string
		want  org.KeyState
		calls []string
	}{
		{"usable", cloud.Key(t), org.Usable, one},
		{"absent", absent[:len(absent)-4] + "0000", org.Absent, one},
		{"not an ARN", "no-key", org.Absent, one},
		{"disabled", disabled(t, cloud.Key(t)), org.Disabled, one},
		{"pending deletion", condemned(t, cloud.Key(t)), org.PendingDeletion, two},
		{"RSA", made(t, &awskms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeEncryptDecrypt}), org.Asymmetric, one},
		{"HMAC", cloud.MACKey(t), org.Asymmetric, one},
		{"no material yet", made(t, &awskms.CreateKeyInput{Origin: types.OriginTypeExternal}), org.Unavailable, two},
		{"another region", strings.Replace(cloud.Key(t), cloud.Region, "eu-west-1", 1), org.OtherRegion, nil},
	} {
		cfg, line := cloud.Config(), faultline.New()
		line.Attach(&cfg)
		if got, err := kms.NewKeys(cfg).Prove(t.Context(), test.key); err != nil || got != test.want {
			t.Errorf("%s: %s, %v, want %s", test.what, got, err, test.want)
		}
		if got := operations(line); !slices.Equal(got, test.calls) {
			t.Errorf("%s: calls %v", test.what, got)
		}
	}
}

// A key works again when it comes back.
func TestProveAgain(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	keys, key := kms.NewKeys(cloud.Config()), cloud.Key(t)
	for _, want := range []org.KeyState{org.Disabled, org.Usable} {
		if want == org.Disabled {
			disabled(t, key)
		} else if _, err := cloud.KMS().EnableKey(t.Context(), &awskms.EnableKeyInput{KeyId: &key}); err != nil {
			t.Fatal(err)
		}
		if got, err := keys.Prove(t.Context(), key); err != nil || got != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}

// What KMS says on AWS and the local one never does.
func TestProveRefused(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	key := cloud.Key(t)
	for _, test := range []struct {
		generate, describe string // error codes; "" lets the call through
		want               org.KeyState
		fails              error
	}{
		{generate: "AccessDeniedException", want: org.NotPermitted},
		{generate: "KeyUnavailableException", want: org.Unavailable},
		{generate: "InvalidArnException", want: org.Absent},
		{generate: "KMSInvalidStateException", describe: "AccessDeniedException", want: org.NotPermitted},
		{generate: "KMSInvalidStateException", describe: "NotFoundException", want: org.Absent},
		{generate: "KMSInvalidStateException", describe: "ThrottlingException", fails: fault.Unavailable},
		{generate: "KMSInvalidStateException", want: org.Unavailable}, // and usable when asked again
		{generate: "ThrottlingException", fails: fault.Unavailable},
	} {
		cfg, line := cloud.Config(), faultline.New()
		line.Attach(&cfg)
		for operation, code := range map[string]string{"GenerateDataKey": test.generate, "DescribeKey": test.describe} {
			if code != "" {
				line.Answer(operation, faultline.APIError(code, "no"), 1)
			}
		}
		if got, err := kms.NewKeys(cfg).Prove(t.Context(), key); got != test.want || !errors.Is(err, test.fails) {
			t.Errorf("%s, %s: %q, %v", test.generate, test.describe, got, err)
		}
	}
}

// When KMS does not answer, the key is neither good nor bad.
func TestProveUnasked(t *testing.T) {
	t.Parallel()
	cloud := awstest.Start(t)
	cfg, line := cloud.Config(), faultline.New()
	line.Attach(&cfg)
	line.FailAt(0, faultline.DidNotHappen)
	if got, err := kms.NewKeys(cfg).Prove(t.Context(), cloud.Key(t)); got != "" || !errors.Is(err, faultline.ErrInjected) {
		t.Errorf("%q, %v", got, err)
	}
}

// It takes two to admit: our policy, and the key's own.
func TestProveWithoutPermission(t *testing.T) {
	t.Parallel()
	const everyKey = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}`
	const others = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}`
	cloud := awstest.Start(t)
	key := cloud.Key(t)
	closed := made(t, &awskms.CreateKeyInput{Policy: aws.String(others), BypassPolicyLockoutSafetyCheck: true})
	for _, test := range []struct {
		what, policy, key string
		want              org.KeyState
	}{
		{"both admit", everyKey, key, org.Usable},
		{"the key does not", everyKey, closed, org.NotPermitted},
		{"our policy does not", strings.Replace(everyKey, "Allow", "Deny", 1), key, org.NotPermitted},
	} {
		if got, err := kms.NewKeys(user(t, test.policy)).Prove(t.Context(), test.key); err != nil || got != test.want {
			t.Errorf("%s: %s, %v, want %s", test.what, got, err, test.want)
		}
	}
}
