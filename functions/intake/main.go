// Command intake is called by SQS with S3's reports of new objects: it matches each to its record, starts its clock, or
// quarantines it. It may write records and audit entries; it cannot read, sign or delete a staged byte.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"waybill/internal/awsenv"
	"waybill/internal/clock"
	"waybill/internal/dynamo"
	"waybill/internal/logs"
	"waybill/internal/staging"
	"waybill/internal/trigger"
	"waybill/internal/upload"
)

func main() {
	cfg := awsenv.Config()
	intake := trigger.Intake{
		Receiver: upload.Receiver{
			Region:  cfg.Region,
			Records: dynamo.Open(cfg, os.Getenv("RECORDS_TABLE"), os.Getenv("AUDIT_TABLE")),
			Drops:   staging.NewDrops(cfg),
		},
		Now:   clock.Now,
		Place: clock.Place,
		Log:   logs.New("intake"),
	}
	lambda.Start(intake.Handle)
}
