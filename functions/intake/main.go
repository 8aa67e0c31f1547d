// Command intake is called by SQS with S3's reports of new objects: it matches each to its record, starts its clock, or
// quarantines it. It may write records and audit entries; it cannot read, sign or delete a staged byte.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

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
			Records: dynamo.Records{Client: dynamodb.NewFromConfig(cfg), Table: os.Getenv("RECORDS_TABLE"), Audit: os.Getenv("AUDIT_TABLE")},
			Drops:   staging.NewDrops(cfg),
		},
		Now: clock.Now,
		Log: logs.New("intake"),
	}
	lambda.Start(intake.Handle)
}
