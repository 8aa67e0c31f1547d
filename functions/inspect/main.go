// Command inspect is called by the records table's stream with what was sealed: it reads support bundles by ranges, and
// writes down what is in them. It is the only one that may decrypt staged bytes; it can neither change nor delete them.
package main

import (
	"os"
	"runtime"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"waybill/internal/awsenv"
	"waybill/internal/bundle"
	"waybill/internal/bundle/archive"
	"waybill/internal/clock"
	"waybill/internal/dynamo"
	"waybill/internal/inspection"
	"waybill/internal/logs"
	"waybill/internal/staging"
	"waybill/internal/trigger"
)

func main() {
	cfg := awsenv.Config()
	scanner, err := bundle.NewScanner()
	if err != nil {
		panic(err) // the rules that were built in are broken, which a test says before
	}
	inspect := trigger.Inspect{
		Inspector: inspection.Inspector{
			Records: dynamo.Open(cfg, os.Getenv("RECORDS_TABLE"), os.Getenv("AUDIT_TABLE")),
			Objects: staging.NewReader(cfg),
			Scanner: scanner,
			Options: bundle.Options{Workers: runtime.GOMAXPROCS(0), Limits: archive.DefaultLimits()},
			Spare:   30 * time.Second,
		},
		Now: clock.Now,
		Log: logs.New("inspect"),
	}
	lambda.Start(inspect.Handle)
}
