package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/spf13/cobra"

	"waybill/internal/restore"
	"waybill/internal/trigger"
)

// What functions are told: since when they are closed; and api, when a replay since then left nothing.
const (
	closedSince = "CLOSED_SINCE"
	replayedAt  = "REPLAYED_AT"
)

// sweepers are the functions that delete by themselves. They are closed after api and opened after it.
var sweepers = []string{"purge", "tick", "reap"}

func restoreCommand() *cobra.Command {
	var g gate
	command := &cobra.Command{
		Use:   "restore --stack NAME",
		Short: "After a restore from backup: keep the API closed until what was certified is gone again",
		Long: `A backup brings back what was purged since. This closes the cell's API and its schedules, erases again whatever was ever
certified to be gone, and opens them when nothing of it is left. infra/RUNBOOK.md has the procedure: close, restore, replay,
open.

It is for the operator, who needs no token here, but AWS credentials (from the environment or a profile) that may read and
update the configuration of the stack's functions api, purge, tick and reap, and invoke its function restore.`,
		Args: cobra.NoArgs,
		RunE: g.step(func(ctx context.Context) error {
			for _, step := range []func(context.Context) error{g.close, g.replay, g.open} {
				if err := step(ctx); err != nil {
					return err
				}
			}
			return nil
		}),
	}
	command.PersistentFlags().StringVar(&g.stack, "stack", "", "the cell's stack")
	command.PersistentFlags().BoolVar(&g.apiOnly, "api-only", false, "leave the schedules closed when opening: to place holds anew first")
	for name, step := range map[string]struct {
		short string
		do    func(context.Context) error
	}{
		"close":  {"Close the API and the schedules", g.close},
		"replay": {"Erase again what was certified; repeat it until nothing is left", g.replay},
		"open":   {"Open the cell; refused until a replay since the closing has left nothing", g.open},
		"status": {"Tell whether the API is closed, and whether a replay has left nothing", g.status},
	} {
		command.AddCommand(&cobra.Command{Use: name, Short: step.short, Args: cobra.NoArgs, RunE: g.step(step.do)})
	}
	return command
}

// gate is what stands between the internet and a cell that was restored.
type gate struct {
	stack   string
	apiOnly bool
	lambda  *lambda.Client
}

func (g *gate) step(do func(context.Context) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, _ []string) error {
		if g.stack == "" {
			return misused("--stack is needed")
		}
		cfg, err := config.LoadDefaultConfig(c.Context())
		if err != nil {
			return fmt.Errorf("reading the AWS settings: %w", err)
		}
		g.lambda = lambda.NewFromConfig(cfg)
		return do(c.Context())
	}
}

// close closes what is open; what is closed stays so since when it was. Whatever a replay had left nothing of before, it
// may be more by now.
func (g *gate) close(ctx context.Context) error {
	since := time.Now().UTC().Format(time.RFC3339)
	for _, function := range append([]string{"api"}, sweepers...) {
		err := g.tell(ctx, function, func(told map[string]string) {
			told[closedSince] = cmp.Or(told[closedSince], since)
			delete(told, replayedAt)
		})
		if err != nil {
			return fmt.Errorf("closing the function %s: %w", function, err)
		}
	}
	fmt.Println("closed: every call but the public ones is answered 503, and nothing is purged by schedule")
	return nil
}

// replay calls the function restore until it is done, and notes on a closed API that nothing was left.
func (g *gate) replay(ctx context.Context) error {
	told, err := g.told(ctx, "api")
	if err != nil {
		return err
	}
	if told[closedSince] == "" {
		return errors.New("the API is open; close it first")
	}
	all, err := g.replayAll(ctx)
	if err != nil {
		return err
	}
	report, err := json.Marshal(all)
	if err != nil {
		return err
	}
	fmt.Printf("replayed: %s\n", report)
	if all.Left > 0 {
		return fmt.Errorf("something is left, mend the cause and replay again: %s", strings.Join(all.Why, "; "))
	}
	return g.tell(ctx, "api", func(told map[string]string) { told[replayedAt] = time.Now().UTC().Format(time.RFC3339) })
}

func (g *gate) replayAll(ctx context.Context) (all restore.Report, err error) {
	var next trigger.Replay
	for {
		done, err := g.call(ctx, next)
		if err != nil {
			return all, err
		}
		all, next.Cursor = all.With(done.Report), done.Cursor
		if done.Done {
			return all, nil
		}
		fmt.Fprintf(os.Stderr, "%d versions looked at, %d certificates concerned so far\n", all.Versions, all.Found)
	}
}

// call has the function restore do as much as fits into one invocation.
func (g *gate) call(ctx context.Context, next trigger.Replay) (done restore.Progress, err error) {
	payload, err := json.Marshal(next)
	if err != nil {
		return done, err
	}
	answer, err := g.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: g.name("restore"), Payload: payload})
	if err != nil {
		return done, fmt.Errorf("calling the function restore: %w", err)
	}
	if answer.FunctionError != nil {
		return done, fmt.Errorf("the replay could not go on, replay again: %s", reason(answer.Payload))
	}
	return done, json.Unmarshal(answer.Payload, &done)
}

// reason is what a function that failed says of it.
func reason(payload []byte) string {
	var failed struct {
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(payload, &failed) != nil {
		return "it gave no reason"
	}
	return failed.Message
}

func (g *gate) open(ctx context.Context) error {
	told, err := g.told(ctx, "api")
	if err != nil {
		return err
	}
	if told[closedSince] != "" && told[replayedAt] == "" {
		return errors.New("the API stays closed: no replay since has left nothing; run waybill restore replay")
	}
	functions := []string{"api"}
	if !g.apiOnly {
		functions = append(functions, sweepers...)
	}
	for _, function := range functions {
		err := g.tell(ctx, function, func(told map[string]string) {
			told[closedSince] = ""
			delete(told, replayedAt)
		})
		if err != nil {
			return fmt.Errorf("opening the function %s: %w", function, err)
		}
	}
	fmt.Println("open")
	return nil
}

func (g *gate) status(ctx context.Context) error {
	told, err := g.told(ctx, "api")
	if err != nil {
		return err
	}
	purges, err := g.told(ctx, "purge")
	switch {
	case err != nil:
		return err
	case told[closedSince] == "" && purges[closedSince] != "":
		fmt.Println("open, but for the schedules: nothing is purged")
	case told[closedSince] == "":
		fmt.Println("open")
	case told[replayedAt] == "":
		fmt.Printf("closed since %s; no replay since has left nothing\n", told[closedSince])
	default:
		fmt.Printf("closed since %s; a replay left nothing at %s\n", told[closedSince], told[replayedAt])
	}
	return nil
}

func (g *gate) name(function string) *string { return aws.String(g.stack + "-" + function) }

// told is the environment of a function.
func (g *gate) told(ctx context.Context, function string) (map[string]string, error) {
	found, err := g.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: g.name(function)})
	if err != nil {
		return nil, fmt.Errorf("reading the configuration of the function %s: %w", function, err)
	}
	told := map[string]string{}
	if found.Environment != nil {
		maps.Copy(told, found.Environment.Variables)
	}
	return told, nil
}

// tell changes it, and waits until every new call meets it.
func (g *gate) tell(ctx context.Context, function string, change func(told map[string]string)) error {
	before, err := g.told(ctx, function)
	if err != nil {
		return err
	}
	after := maps.Clone(before)
	if change(after); maps.Equal(before, after) {
		return nil
	}
	_, err = g.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: g.name(function), Environment: &types.Environment{Variables: after}})
	if err != nil {
		return err
	}
	return lambda.NewFunctionUpdatedV2Waiter(g.lambda).Wait(ctx, &lambda.GetFunctionInput{FunctionName: g.name(function)}, 5*time.Minute)
}
