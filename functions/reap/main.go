// Command reap is called by the records table's stream with what TTL removed: the backstop. It erases what the record
// owned and puts the record back as purged. It cannot decrypt or sign.
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
	reap := trigger.Reap{
		Reaper: purge.Reaper{
			Records: dynamo.Open(cfg, os.Getenv("RECORDS_TABLE"), os.Getenv("AUDIT_TABLE")),
			Objects: staging.NewEraser(cfg, os.Getenv("STAGING_BUCKET")),
		},
		Now: clock.Now,
		Log: logs.New("reap"),
	}
	lambda.Start(reap.Handle)
}
