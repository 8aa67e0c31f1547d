// Command purge is called by a schedule: it erases what is due, looks again, and records what is gone. It may list and
// delete object versions; it cannot decrypt, sign, or be reached from the internet.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"waybill/internal/awsenv"
	"waybill/internal/clock"
	"waybill/internal/dynamo"
	"waybill/internal/logs"
	"waybill/internal/purge"
	"waybill/internal/staging"
	"waybill/internal/trigger"
)

func main() {
	cfg := awsenv.Config()
	sweep := trigger.Sweep{
		Purger: purge.Purger{
			Records: dynamo.Open(cfg, os.Getenv("RECORDS_TABLE"), os.Getenv("AUDIT_TABLE")),
			Objects: staging.NewEraser(cfg, os.Getenv("STAGING_BUCKET")),
		},
		Cell: os.Getenv("CELL_NAME"),
		Now:  clock.Now,
		Log:  logs.New("purge"),
	}
	lambda.Start(sweep.Handle)
}
