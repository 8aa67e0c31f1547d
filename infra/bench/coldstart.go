package main

import (
	"context"
	"path/filepath"
	"time"

	"waybill/internal/coldstart"
)

// coldRuns is how often each function is started.
const coldRuns = 20

// environment is what every function may ask for; none of it is called while it starts.
var environment = []string{"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=none", "AWS_SECRET_ACCESS_KEY=none", "RECORDS_TABLE=records", "AUDIT_TABLE=audit",
	"STAGING_BUCKET=staging", "CELL_KEY_ARN=arn:aws:kms:eu-central-1:000000000000:key/1", "CURSOR_KEY_ARN=arn:aws:kms:eu-central-1:000000000000:key/2",
	"CELL_HOME=true", "CELL_NAME=bench", "OIDC_ISSUER=https://issuer.example", "OIDC_AUDIENCE=waybill", "OIDC_ORG_CLAIM=org", "OIDC_ROLES_CLAIM=roles", "LEDGER_TABLE=ledger",
	"LEDGER_BUCKET=ledger", "LEDGER_KEY_ARN=arn:aws:kms:eu-central-1:000000000000:key/3", "LEDGER_ORIGIN=waybill/bench/eu-central-1"}

// coldStarts is exec to the first question for an invocation, beside an empty handler built the same way.
func coldStarts(ctx context.Context, root string) ([]Figure, error) {
	peer := filepath.Join(root, "build", "bin-peer")
	if err := coldstart.Build(ctx, root, coldstart.Peer, peer); err != nil {
		return nil, err
	}
	functions := []string{"api", "authorize", "inspect", "intake", "purge", "reap", "sequence", "tick"}
	subjects := []coldstart.Subject{{Binary: peer}}
	for _, f := range functions {
		subjects = append(subjects, coldstart.Subject{Binary: filepath.Join(root, "build", "bin", f), Env: environment})
	}
	medians, err := coldstart.Compare(subjects, coldRuns)
	if err != nil {
		return nil, err
	}
	var figures []Figure
	for i, f := range functions {
		figures = append(figures, against("cold start of "+f, "ms", ms(medians[i+1]), ms(medians[0]), 2, "an empty handler"))
	}
	return figures, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
