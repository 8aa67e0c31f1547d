// Command purge is called by a schedule: it erases what is due, looks again, and certifies what is gone. It may list and
// delete object versions, and have certificates signed; it cannot decrypt, or be reached from the internet.
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
	ends := purge.Terminator{Purger: purger, Records: records, Table: records.Table}
	sweep := trigger.Sweep{Purger: purger, Ends: ends, Cell: os.Getenv("CELL_NAME"), Closed: os.Getenv("CLOSED_SINCE") != "",
		Now: clock.Now, Log: logs.New("purge")}
	lambda.Start(sweep.Handle)
}
