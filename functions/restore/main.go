// Command restore is called by an operator after a restore from backup: it deletes again whatever was certified to be gone.
// Nothing calls it by itself. It may read what is public of the ledger, walk the bucket and the records, delete object
// versions, and sign; it can read no staged byte.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"waybill/internal/awsenv"
	"waybill/internal/clock"
	"waybill/internal/dynamo"
	"waybill/internal/kms"
	"waybill/internal/ledger"
	"waybill/internal/logs"
	"waybill/internal/purge"
	"waybill/internal/restore"
	"waybill/internal/staging"
	"waybill/internal/tiles"
	"waybill/internal/trigger"
	"waybill/internal/upload"
)

func main() {
	cfg := awsenv.Config()
	bucket := os.Getenv("STAGING_BUCKET")
	records := dynamo.Open(cfg, os.Getenv("RECORDS_TABLE"), os.Getenv("AUDIT_TABLE"))
	signer := kms.NewSigner(cfg, os.Getenv("LEDGER_KEY_ARN"))
	replay := trigger.Restore{
		Replayer: restore.Replayer{
			Archive: ledger.Archive{
				Key:   signer,
				Store: dynamo.OpenLedger(cfg, os.Getenv("LEDGER_TABLE"), clock.Now),
				Tiles: tiles.Open(cfg, os.Getenv("LEDGER_BUCKET")),
			},
			Bucket:   staging.NewAll(cfg, bucket),
			Objects:  staging.NewEraser(cfg, bucket),
			Records:  records,
			Endings:  records,
			Receiver: upload.Receiver{Region: cfg.Region, Records: records, Drops: staging.NewDrops(cfg)},
			Signer:   signer,
			Place: purge.Place{Cell: os.Getenv("CELL_NAME"), Region: cfg.Region, Bucket: bucket,
				Function: os.Getenv("AWS_LAMBDA_FUNCTION_NAME") + " " + os.Getenv("AWS_LAMBDA_FUNCTION_VERSION")},
			Now:    clock.Now,
			Landed: clock.Place,
		},
		Now: clock.Now,
		Log: logs.New("restore"),
	}
	lambda.Start(replay.Handle)
}
