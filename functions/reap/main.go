// Command reap is called by the records table's stream with what TTL removed: the backstop. It puts the record back, and
// purges what it owned as a sweep does. It has certificates signed; it cannot decrypt.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"waybill/internal/awsenv"
	"waybill/internal/clock"
	"waybill/internal/dynamo"
	"waybill/internal/kms"
	"waybill/internal/logs"
	"waybill/internal/purge"
	"waybill/internal/staging"
	"waybill/internal/trigger"
)

func main() {
	cfg := awsenv.Config()
	bucket := os.Getenv("STAGING_BUCKET")
	records := dynamo.Open(cfg, os.Getenv("RECORDS_TABLE"), os.Getenv("AUDIT_TABLE"))
	purger := purge.Purger{
		Records: records,
		Objects: staging.NewEraser(cfg, bucket),
		Signer:  kms.NewSigner(cfg, os.Getenv("LEDGER_KEY_ARN")),
		Place: purge.Place{Cell: os.Getenv("CELL_NAME"), Region: cfg.Region, Bucket: bucket,
			Function: os.Getenv("AWS_LAMBDA_FUNCTION_NAME") + " " + os.Getenv("AWS_LAMBDA_FUNCTION_VERSION")},
		Now: clock.Now,
	}
	reaper := purge.Reaper{Purger: purger, Records: records, Closed: os.Getenv("CLOSED_SINCE") != ""}
	reap := trigger.Reap{Reaper: reaper, Now: clock.Now, Log: logs.New("reap")}
	lambda.Start(reap.Handle)
}
