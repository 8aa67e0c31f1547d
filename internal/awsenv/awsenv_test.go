package awsenv_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"waybill/internal/awsenv"
	"waybill/internal/faultline"
	"waybill/internal/localaws/awstest"
)

// The environment of a function is all it takes to call AWS.
func TestConfig(t *testing.T) {
	cloud := awstest.Start(t)
	for name, value := range map[string]string{
		"AWS_REGION": cloud.Region, "AWS_ACCESS_KEY_ID": cloud.AccessKey, "AWS_SECRET_ACCESS_KEY": cloud.SecretKey,
		"AWS_SESSION_TOKEN": "", "AWS_ENDPOINT_URL": cloud.Endpoint,
	} {
		t.Setenv(name, value)
	}
	bucket := cloud.Bucket(t)
	if _, err := s3.NewFromConfig(awsenv.Config()).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &bucket}); err != nil {
		t.Error(err)
	}
}

func TestConfigOnAWS(t *testing.T) {
	t.Setenv("AWS_REGION", "eu-west-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	t.Setenv("AWS_SESSION_TOKEN", "token")
	t.Setenv("AWS_ENDPOINT_URL", "")
	cfg := awsenv.Config()
	got, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil || got.AccessKeyID != "ASIAEXAMPLE" || got.SecretAccessKey != "secret" || got.SessionToken != "token" {
		t.Errorf("credentials of %q, %v", got.AccessKeyID, err)
	}
	if cfg.Region != "eu-west-1" || cfg.BaseEndpoint != nil {
		t.Errorf("region %q, endpoint %q", cfg.Region, aws.ToString(cfg.BaseEndpoint))
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err       error
		code      string
		throttled bool
	}{
		{nil, "", false},
		{errors.New("no route to host"), "", false},
		{fmt.Errorf("listing: %w", faultline.APIError("AccessDenied", "no")), "AccessDenied", false},
		{faultline.APIError("SlowDown", ""), "SlowDown", true},
		{faultline.APIError("ThrottlingException", ""), "ThrottlingException", true},
		{faultline.APIError("KMS.ThrottlingException", ""), "KMS.ThrottlingException", true},
		{faultline.APIError("ServiceUnavailable", ""), "ServiceUnavailable", true},
	} {
		if code, throttled := awsenv.Code(test.err), awsenv.Throttled(test.err); code != test.code || throttled != test.throttled {
			t.Errorf("%v: %q, %t", test.err, code, throttled)
		}
	}
}
