// Command sequence is called by the audit table's stream: it puts audit entries and certificates into the ledger, signs
// its checkpoints and writes its tiles. It sees what is public of them, and touches neither records nor staged bytes.
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
	"waybill/internal/tiles"
	"waybill/internal/trigger"
)

func main() {
	cfg := awsenv.Config()
	sequence := trigger.Sequence{
		Sequencer: ledger.Sequencer{
			Origin: os.Getenv("LEDGER_ORIGIN"),
			Store:  dynamo.OpenLedger(cfg, os.Getenv("LEDGER_TABLE"), clock.Now),
			Tiles:  tiles.Open(cfg, os.Getenv("LEDGER_BUCKET")),
			Signer: kms.NewSigner(cfg, os.Getenv("LEDGER_KEY_ARN")),
		},
		Log: logs.New("sequence"),
	}
	lambda.Start(sequence.Handle)
}
