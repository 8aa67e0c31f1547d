package clockwork

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func (d discovery) mappings(ctx context.Context, table string) (stream Stream, queues Queues, err error) {
	queues.SQS = sqs.NewFromConfig(d.cfg)
	pages := lambda.NewListEventSourceMappingsPaginator(lambda.NewFromConfig(d.cfg), &lambda.ListEventSourceMappingsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return stream, queues, err
		}
		for _, m := range page.EventSourceMappings {
			switch source := aws.ToString(m.EventSourceArn); {
			case strings.Contains(source, ":table/"+table+"/stream/"):
				var one Stream
				if one, err = d.stream(m); err == nil && one.admits(one.removal(anUpload, time.Time{})) {
					stream = one
				}
			case strings.Contains(source, ":sqs:"):
				err = queues.add(ctx, source)
			}
			if err != nil {
				return stream, queues, err
			}
		}
	}
	return stream, queues, nil
}

// anUpload is what time to live removes. Others behind the stream hear of other things, and from the local AWS itself.
var anUpload = Item{"pk": &dynamotypes.AttributeValueMemberS{Value: "org_"}, "sk": &dynamotypes.AttributeValueMemberS{Value: "upl#"}}

func (d discovery) stream(m lambdatypes.EventSourceMappingConfiguration) (Stream, error) {
	s := Stream{
		ARN: *m.EventSourceArn, Region: d.cfg.Region,
		Name: d.name(*m.FunctionArn), Function: *m.FunctionArn,
	}
	if m.FilterCriteria == nil {
		return s, nil
	}
	for _, f := range m.FilterCriteria.Filters {
		var pattern any
		if err := json.Unmarshal([]byte(aws.ToString(f.Pattern)), &pattern); err != nil {
			return s, fmt.Errorf("reading a filter: %w", err)
		}
		s.Filters = append(s.Filters, pattern)
	}
	return s, nil
}

func (q *Queues) add(ctx context.Context, arn string) error {
	name := arn[strings.LastIndex(arn, ":")+1:]
	out, err := q.SQS.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &name})
	if err != nil {
		return err
	}
	q.URLs = append(q.URLs, *out.QueueUrl)
	return nil
}
