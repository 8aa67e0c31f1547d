package stack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
)

// The local AWS is quick; the SDK's waiters would look twice a minute.
const (
	look    = 50 * time.Millisecond
	longest = 5 * time.Minute
)

var capabilities = []types.Capability{types.CapabilityCapabilityIam, types.CapabilityCapabilityAutoExpand}

func put(ctx context.Context, c *cloudformation.Client, url string, settings map[string]string) error {
	var parameters []types.Parameter
	for name, value := range settings {
		parameters = append(parameters, types.Parameter{ParameterKey: aws.String(name), ParameterValue: aws.String(value)})
	}
	exists, err := present(ctx, c)
	if err != nil {
		return err
	}
	if exists {
		return update(ctx, c, url, parameters)
	}
	return create(ctx, c, url, parameters)
}

func create(ctx context.Context, c *cloudformation.Client, url string, parameters []types.Parameter) error {
	if _, err := c.CreateStack(ctx, &cloudformation.CreateStackInput{
		StackName: aws.String(Name), TemplateURL: &url, Parameters: parameters, Capabilities: capabilities,
	}); err != nil {
		return err
	}
	wait := cloudformation.NewStackCreateCompleteWaiter(c, func(o *cloudformation.StackCreateCompleteWaiterOptions) {
		o.MinDelay, o.MaxDelay = look, look
	})
	return explain(ctx, c, wait.Wait(ctx, describe(), longest))
}

func update(ctx context.Context, c *cloudformation.Client, url string, parameters []types.Parameter) error {
	_, err := c.UpdateStack(ctx, &cloudformation.UpdateStackInput{
		StackName: aws.String(Name), TemplateURL: &url, Parameters: parameters, Capabilities: capabilities,
	})
	if saying(err, "No updates are to be performed") {
		return nil
	}
	if err != nil {
		return err
	}
	wait := cloudformation.NewStackUpdateCompleteWaiter(c, func(o *cloudformation.StackUpdateCompleteWaiterOptions) {
		o.MinDelay, o.MaxDelay = look, look
	})
	return explain(ctx, c, wait.Wait(ctx, describe(), longest))
}

// explain adds what CloudFormation says of the first resource that failed: the waiter knows only that something did.
func explain(ctx context.Context, c *cloudformation.Client, failure error) error {
	if failure == nil {
		return nil
	}
	out, err := c.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: aws.String(Name)})
	if err != nil {
		return errors.Join(failure, err)
	}
	for i := len(out.StackEvents) - 1; i >= 0; i-- { // newest first
		if e := out.StackEvents[i]; strings.HasSuffix(string(e.ResourceStatus), "_FAILED") {
			return fmt.Errorf("%s: %s", aws.ToString(e.LogicalResourceId), aws.ToString(e.ResourceStatusReason))
		}
	}
	return failure
}

func present(ctx context.Context, c *cloudformation.Client) (bool, error) {
	_, err := c.DescribeStacks(ctx, describe())
	if saying(err, "does not exist") {
		return false, nil
	}
	return err == nil, err
}

func outputs(ctx context.Context, c *cloudformation.Client) (Outputs, error) {
	out, err := c.DescribeStacks(ctx, describe())
	if err != nil {
		return nil, fmt.Errorf("reading the stack's outputs: %w", err)
	}
	all := Outputs{}
	for _, o := range out.Stacks[0].Outputs {
		all[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return all, nil
}

func describe() *cloudformation.DescribeStacksInput {
	return &cloudformation.DescribeStacksInput{StackName: aws.String(Name)}
}

// saying tells CloudFormation's validation errors apart: they share one code and differ in their words.
func saying(err error, words string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && strings.Contains(api.ErrorMessage(), words)
}
