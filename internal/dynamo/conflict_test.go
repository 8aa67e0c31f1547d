package dynamo_test

import (
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"waybill/internal/audit"
	"waybill/internal/dynamo"
	"waybill/internal/fault"
	"waybill/internal/faultline"
	"waybill/internal/localaws/awstest"
)

func cancelled(reasons string) faultline.Response {
	return faultline.Response{Status: 400, Body: fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"cancelled","CancellationReasons":[%s]}`, reasons)}
}

// Another transaction in progress passes by itself; a condition that does not hold does not.
func TestConflictsAreTriedAgain(t *testing.T) {
	t.Parallel()
	const conflict, condition, fine = `{"Code":"TransactionConflict"}`, `{"Code":"ConditionalCheckFailed"}`, `{"Code":"None"}`
	base, o := settled(t)
	for name, tc := range map[string]struct {
		reasons string
		times   int
		want    error
	}{
		"in conflict for a while":              {conflict + "," + fine + "," + fine, 5, nil},
		"throttled for a while":                {fine + "," + fine + `,{"Code":"ThrottlingError"}`, 5, nil},
		"in conflict for too long":             {conflict + "," + fine + "," + fine, 99, fault.Unavailable},
		"in conflict, and the condition fails": {conflict + "," + condition + "," + fine, 1, fault.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := faultline.New()
			cfg := awstest.Start(t).Config()
			line.Attach(&cfg)
			r := dynamo.Open(cfg, base.Table, base.Audit)
			r.Seals = base.Seals
			line.Reply("TransactWriteItems", cancelled(tc.reasons), tc.times)
			err := r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, plan(o, noon))
			if tc.want == nil {
				ok(t, err)
			} else {
				is(t, err, tc.want)
			}
		})
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	base, o := settled(t)
	r := dynamo.Open(awstest.Start(t).Config(), base.Table, base.Audit)
	r.Seals = base.Seals
	var g errgroup.Group
	for range 50 {
		g.Go(func() error { return r.Offer(t.Context(), at(noon), offer(o, "", noon), o, o) })
	}
	ok(t, g.Wait())
}
