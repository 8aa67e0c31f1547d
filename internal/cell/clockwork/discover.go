package clockwork

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/scheduler/types"
)

// Discover reads from the local AWS what a deployed cell runs on a schedule, behind its records' stream and from
// queues, and suspends the table's own time to live. Names gives the short name of each deployed function.
func Discover(ctx context.Context, cfg aws.Config, file, table string, names map[string]string) (*Player, error) {
	d := discovery{cfg: cfg, names: names}
	p := &Player{File: file, Functions: Lambda{lambda.NewFromConfig(cfg)}}
	records := Table{DynamoDB: dynamodb.NewFromConfig(cfg), Name: table}
	p.Records = records
	var err error
	if p.Schedules, err = d.schedules(ctx); err != nil {
		return nil, fmt.Errorf("reading the schedules: %w", err)
	}
	if p.Stream, p.Arrivals, err = d.mappings(ctx, table); err != nil {
		return nil, fmt.Errorf("reading the event source mappings: %w", err)
	}
	return p, records.Suspend(ctx)
}

type discovery struct {
	cfg   aws.Config
	names map[string]string
}

func (d discovery) schedules(ctx context.Context) ([]Schedule, error) {
	found, err := d.enabled(ctx)
	if err != nil {
		return nil, err
	}
	var created time.Time
	for _, s := range found {
		if at := aws.ToTime(s.CreationDate); created.IsZero() || at.Before(created) {
			created = at
		}
	}
	all := make([]Schedule, len(found))
	for i, s := range found {
		if all[i], err = d.schedule(s, created); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, inTurn)
	return all, nil
}

func (d discovery) enabled(ctx context.Context) (all []*scheduler.GetScheduleOutput, err error) {
	c := scheduler.NewFromConfig(d.cfg)
	pages := scheduler.NewListSchedulesPaginator(c, &scheduler.ListSchedulesInput{State: types.ScheduleStateEnabled})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Schedules {
			one, err := c.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: s.Name, GroupName: s.GroupName})
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
	}
	return all, nil
}

// schedule counts every rate from one moment, when the first schedule of the stack was created: they were created
// together, and moments apart would hide that they fall due at one instant.
func (d discovery) schedule(out *scheduler.GetScheduleOutput, created time.Time) (Schedule, error) {
	rule, err := ParseRule(aws.ToString(out.ScheduleExpression), created)
	return Schedule{
		Name: d.name(*out.Target.Arn), Function: *out.Target.Arn, ARN: aws.ToString(out.Arn),
		Input: aws.ToString(out.Target.Input), Rule: rule,
	}, err
}

// inTurn has tick before purge when both fall due at one instant: it ends what has timed out, and purge erases what
// that left.
func inTurn(a, b Schedule) int {
	first := func(s Schedule) int {
		if s.Name == "tick" {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(a.Name, b.Name))
}

func (d discovery) name(arn string) string {
	function := arn[strings.LastIndex(arn, ":")+1:]
	return cmp.Or(d.names[function], function)
}
