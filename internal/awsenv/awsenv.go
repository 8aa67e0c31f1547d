// Package awsenv is how a function meets AWS: the configuration that Lambda puts into its environment, and what the
// answers of every service have in common.
//
// It takes the place of the SDK's config package, of which a function could use nothing but this: what that one knows of
// shared files, SSO, web identity and instance metadata brings four more service clients, 2 MB, and more than a
// millisecond of initialisation at every cold start.
//
// For the same reason go.mod holds three clients where they are: DynamoDB from v1.69, KMS from v1.61 and DynamoDB Streams
// from v1.42 on build a schema of all their operations while a process starts, half a cold start of ours (`make bench`:
// api at 2.15 times an empty handler with them, 1.6 without). Before raising them, measure.
package awsenv

import (
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/logging"
)

// idle is how many connections to one service are kept for the next call. Below the number of calls at a time
// (package purge), connections would be made and thrown away; the SDK's own default is 10.
const idle = 64

// Config is what AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_ENDPOINT_URL say.
// Nothing is asked of anyone, and what is missing is an error of the first call.
//
// The credentials are read once: Lambda hands a process the credentials of its role at the start, and replaces the
// process rather than the credentials. A client tries a call three times (the SDK's standard mode, with backoff, and a
// budget that ends retries when everything fails). The SDK's own warnings are not written: a function logs one line of
// its own for each invocation, and whatever matters is returned as an error.
func Config() aws.Config {
	cfg := aws.Config{
		Region: os.Getenv("AWS_REGION"),
		Credentials: credentials.NewStaticCredentialsProvider(
			os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")),
		HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = idle }),
		Logger:     logging.Nop{},
	}
	if endpoint := os.Getenv("AWS_ENDPOINT_URL"); endpoint != "" {
		cfg.BaseEndpoint = &endpoint
	}
	return cfg
}
