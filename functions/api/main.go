// Command api is called by API Gateway: it records migrations and signs the way to S3. It may write records and audit
// entries and begin, sign and complete uploads; it can neither read nor delete a staged byte.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"waybill/internal/awsenv"
	"waybill/internal/clock"
	"waybill/internal/dynamo"
	"waybill/internal/gateway"
	"waybill/internal/hold"
	"waybill/internal/holdings"
	"waybill/internal/keyring"
	"waybill/internal/kms"
	"waybill/internal/ledger"
	"waybill/internal/logs"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/page"
	"waybill/internal/staging"
	"waybill/internal/tiles"
	"waybill/internal/upload"
	"waybill/internal/web"
)

func main() {
	cfg := awsenv.Config()
	records := dynamo.Open(cfg, os.Getenv("RECORDS_TABLE"), os.Getenv("AUDIT_TABLE"))
	records.Seals = &keyring.Keyring{Wrapper: kms.NewWrapper(cfg, os.Getenv("AUDIT_KEY_ARN")), Store: records, Now: clock.Now}
	keys := kms.NewKeys(cfg)
	stager := upload.Stager{Region: cfg.Region, Bucket: os.Getenv("STAGING_BUCKET"), Records: records, Objects: staging.NewSigner(cfg), Keys: keys}
	api := web.API{
		Registrar: org.Registrar{
			Cell: org.Cell{Region: cfg.Region, Home: os.Getenv("CELL_HOME") == "true", KeyARN: os.Getenv("CELL_KEY_ARN"),
				Others: org.Addresses(os.Getenv("OTHER_CELLS"))},
			Records: records,
		},
		Keys:       org.KeyBinder{Region: cfg.Region, Keys: keys, Records: records},
		Terminator: org.Terminator{Records: records},
		Holds:      hold.Keeper{Records: records},
		Holdings: holdings.Mapper{
			Cell:    holdings.Cell{Region: cfg.Region, KeyARN: os.Getenv("CELL_KEY_ARN"), Records: records.Table, Audit: records.Audit, Ledger: os.Getenv("LEDGER_BUCKET")},
			Records: records,
		},
		Planner:      migration.Planner{Records: records, Staged: stager},
		Stager:       stager,
		Inspections:  records,
		Quarantine:   records,
		Trail:        records,
		Certificates: records,
		Ledger: ledger.Prover{
			Key:   kms.NewSigner(cfg, os.Getenv("LEDGER_KEY_ARN")),
			Store: dynamo.OpenLedger(cfg, os.Getenv("LEDGER_TABLE"), clock.Now),
			Tiles: tiles.Open(cfg, os.Getenv("LEDGER_BUCKET")),
		},
		Cursors: page.Cursors{Key: kms.NewSecret(cfg, os.Getenv("CURSOR_KEY_ARN")).Key},
		Closed:  os.Getenv("CLOSED_SINCE") != "",
		Now:     clock.Now,
		Log:     logs.New("api"),
	}
	lambda.Start(gateway.Handle(api.Handler()))
}
