package dynamo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/audit"
	"waybill/internal/dynamo"
	"waybill/internal/fault"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/policy"
)

func leaving(o org.Organisation) org.Organisation {
	o.Termination = org.Termination{RequestedAt: noon, RequestedBy: "ada", Reason: "Moved", Leaving: policy.OrgPaid, DeleteBy: policy.Deadline(policy.OrgPaid, noon)}
	o.Revision++
	return o
}

func TestATerminationIsReadAsWritten(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	after := leaving(o)
	ok(t, r.Terminate(t.Context(), at(noon.Add(time.Second)), audit.TerminationAsked, o, after))
	got, err := r.Organisation(t.Context(), o.ID)
	same(t, got, after, err)
	is(t, r.Terminate(t.Context(), at(noon), audit.TerminationAsked, o, after), fault.Stale)
	if told := actions(events(t, r, o.ID, audit.Filter{})); !slices.Equal(told, []string{string(audit.TerminationAsked), string(audit.OrgCreated)}) {
		t.Errorf("on record: %v", told)
	}
}

// An organisation stands in the due index, at its deadline, exactly while its termination runs.
func TestATerminationWaitsForItsDeadline(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	after := leaving(o)
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return nil }, ""},
		{func() error { return r.Terminate(t.Context(), at(noon), audit.TerminationAsked, o, after) }, "2026-04-30T12:00:00.000Z"},
		{func() error {
			o.Revision = 3
			return r.Terminate(t.Context(), at(noon), audit.TerminationOff, after, o)
		}, ""},
	} {
		ok(t, step.do())
		if got := waits(t, r, o.ID); got != step.want {
			t.Errorf("it waits for %q, want %q", got, step.want)
		}
	}
}

// waits is the deadline at which an organisation stands in the due index.
func waits(t *testing.T, r dynamo.Records, id string) (at string) {
	t.Helper()
	for shard := range 16 {
		found, err := r.Client.Query(t.Context(), &dynamodb.QueryInput{TableName: &r.Table, IndexName: aws.String("due"),
			KeyConditionExpression:    aws.String("dueShard = :s"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":s": s("0123456789abcdef"[shard : shard+1])}})
		ok(t, err)
		for _, it := range found.Items {
			if it["pk"].(*types.AttributeValueMemberS).Value == id {
				at = it["dueAt"].(*types.AttributeValueMemberS).Value
			}
		}
	}
	return at
}

// While it runs, nothing new is staged, planned or started, whatever was read before it was requested.
func TestNothingNewWhileATerminationRuns(t *testing.T) {
	t.Parallel()
	r, o := settled(t)
	m := plan(o, noon)
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, m))
	after := leaving(o)
	ok(t, r.Terminate(t.Context(), at(noon), audit.TerminationAsked, o, after))
	started := m
	started.Status, started.Revision = migration.Running, 2
	is(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCopied, plan(o, noon)), fault.Conflict)
	is(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, plan(organisation(), noon)), fault.NotFound)
	is(t, r.ReplaceMigration(t.Context(), at(noon), audit.MigrationStarted, m, started), fault.Conflict)
	is(t, r.Offer(t.Context(), at(noon), offer(o, m.ID, noon), o, o), fault.Stale)
	m2 := m
	m2.Revision = 2
	ok(t, r.ReplaceMigration(t.Context(), at(noon), audit.MigrationEdited, m, m2))
	stays := after
	stays.Termination, stays.Revision = org.Termination{}, 3
	ok(t, r.Terminate(t.Context(), at(noon.Add(time.Hour)), audit.TerminationOff, after, stays))
	ok(t, r.Offer(t.Context(), at(noon), offer(o, m.ID, noon), o, o))
	ok(t, r.CreateMigration(t.Context(), at(noon), audit.MigrationCreated, plan(o, noon)))
}
