package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/spf13/cobra"
)

// What the function api is told: since when it is closed, and when a replay since then left nothing.
const (
	closedSince = "CLOSED_SINCE"
	replayedAt  = "REPLAYED_AT"
)

func restoreCommand() *cobra.Command {
	var g gate
	command := &cobra.Command{
		Use:   "restore --stack NAME",
		Short: "After a restore from backup: keep the API closed until what was certified is gone again",
		Long: `A backup brings back what was purged since. This closes the cell's API, erases again whatever was ever certified to be gone,
and opens the API when nothing of it is left. infra/RUNBOOK.md has the procedure: close, restore, replay, open.

It is for the operator, who needs no token here, but AWS credentials (from the environment or a profile) that may read and
update the configuration of the stack's function api, and invoke its function restore.`,
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
	for name, step := range map[string]struct {
		short string
		do    func(context.Context) error
	}{
		"close":  {"Close the API", g.close},
		"replay": {"Erase again what was certified; repeat it until nothing is left", g.replay},
		"open":   {"Open the API; refused until a replay since the closing has left nothing", g.open},
		"status": {"Tell whether the API is closed, and whether a replay has left nothing", g.status},
	} {
		command.AddCommand(&cobra.Command{Use: name, Short: step.short, Args: cobra.NoArgs, RunE: g.step(step.do)})
	}
	return command
}

// gate is what stands between the internet and a cell that was restored.
type gate struct {
	stack  string
	lambda *lambda.Client
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

// close closes an API that is open; one that is closed stays so since when it was.
func (g *gate) close(ctx context.Context) error {
	told, err := g.told(ctx)
	if err != nil || told[closedSince] != "" {
		return err
	}
	told[closedSince] = time.Now().UTC().Format(time.RFC3339)
	delete(told, replayedAt)
	if err := g.tell(ctx, told); err != nil {
		return fmt.Errorf("closing the API: %w", err)
	}
	fmt.Println("closed: every call but the ledger's is answered 503")
	return nil
}

// replay runs the function restore once, and notes on a closed API that nothing was left.
func (g *gate) replay(ctx context.Context) error {
	told, err := g.told(ctx)
	if err != nil {
		return err
	}
	if told[closedSince] == "" {
		return errors.New("the API is open; close it first")
	}
	answer, err := g.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(g.stack + "-restore"), Payload: []byte("{}")})
	if err != nil {
		return fmt.Errorf("calling the function restore: %w", err)
	}
	if answer.FunctionError != nil {
		return fmt.Errorf("something is left, replay again: %s", reason(answer.Payload))
	}
	fmt.Printf("replayed: %s\n", answer.Payload)
	told[replayedAt] = time.Now().UTC().Format(time.RFC3339)
	return g.tell(ctx, told)
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
	told, err := g.told(ctx)
	if err != nil || told[closedSince] == "" {
		return err
	}
	if told[replayedAt] == "" {
		return errors.New("the API stays closed: no replay since has left nothing; run waybill restore replay")
	}
	told[closedSince] = ""
	delete(told, replayedAt)
	if err := g.tell(ctx, told); err != nil {
		return fmt.Errorf("opening the API: %w", err)
	}
	fmt.Println("open")
	return nil
}

func (g *gate) status(ctx context.Context) error {
	told, err := g.told(ctx)
	switch {
	case err != nil:
		return err
	case told[closedSince] == "":
		fmt.Println("open")
	case told[replayedAt] == "":
		fmt.Printf("closed since %s; no replay since has left nothing\n", told[closedSince])
	default:
		fmt.Printf("closed since %s; a replay left nothing at %s\n", told[closedSince], told[replayedAt])
	}
	return nil
}

func (g *gate) api() *string { return aws.String(g.stack + "-api") }

// told is the environment of the function api.
func (g *gate) told(ctx context.Context) (map[string]string, error) {
	found, err := g.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: g.api()})
	if err != nil {
		return nil, fmt.Errorf("reading the configuration of the function api: %w", err)
	}
	told := map[string]string{}
	if found.Environment != nil {
		maps.Copy(told, found.Environment.Variables)
	}
	return told, nil
}

// tell replaces it, and waits until every new request meets it.
func (g *gate) tell(ctx context.Context, told map[string]string) error {
	_, err := g.lambda.UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{
		FunctionName: g.api(), Environment: &types.Environment{Variables: told}})
	if err != nil {
		return err
	}
	return lambda.NewFunctionUpdatedV2Waiter(g.lambda).Wait(ctx, &lambda.GetFunctionInput{FunctionName: g.api()}, 5*time.Minute)
}
