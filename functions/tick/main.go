// Command tick is called by a schedule: it ends what was never completed in time, and tells of legal holds whose review
// is late. It may write records and audit entries, and touches no staged byte.
package main

import (
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"waybill/internal/awsenv"
	"waybill/internal/clock"
	"waybill/internal/dynamo"
	"waybill/internal/hold"
	"waybill/internal/logs"
	"waybill/internal/trigger"
	"waybill/internal/upload"
)

func main() {
	records := dynamo.Open(awsenv.Config(), os.Getenv("RECORDS_TABLE"), os.Getenv("AUDIT_TABLE"))
	tick := trigger.Tick{
		Expirer:  upload.Expirer{Records: records},
		Reviewer: hold.Reviewer{Records: records},
		Cell:     os.Getenv("CELL_NAME"),
		Closed:   os.Getenv("CLOSED_SINCE") != "",
		Now:      clock.Now,
		Log:      logs.New("tick"),
	}
	lambda.Start(tick.Handle)
}
