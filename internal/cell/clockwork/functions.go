package clockwork

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// Lambda runs functions of the local AWS.
type Lambda struct{ Client *lambda.Client }

// Invoke calls a function and waits for its answer. An answer that names records of a batch it could not process is a
// failure: AWS would send them again.
func (l Lambda) Invoke(ctx context.Context, function string, event []byte) (failure string, err error) {
	out, err := l.Client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &function, Payload: event})
	if err != nil {
		return "", err
	}
	var answer struct {
		ErrorMessage      string            `json:"errorMessage"`
		BatchItemFailures []json.RawMessage `json:"batchItemFailures"`
	}
	json.Unmarshal(out.Payload, &answer) // any other answer than these two is none of ours
	switch {
	case out.FunctionError != nil:
		return fmt.Sprintf("%s: %s", *out.FunctionError, answer.ErrorMessage), nil
	case len(answer.BatchItemFailures) > 0:
		return fmt.Sprintf("%d records were not processed", len(answer.BatchItemFailures)), nil
	}
	return "", nil
}
