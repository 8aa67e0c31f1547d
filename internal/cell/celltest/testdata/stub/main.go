// Command stub is every function of the cell under test: it answers with the event that it was sent, and writes down
// who it is and what time it was for it, in a line of the file "trace" in its home directory.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"waybill/internal/clock"
)

func main() { lambda.Start(handle) }

func handle(_ context.Context, event json.RawMessage) (any, error) {
	name := os.Getenv("AWS_LAMBDA_FUNCTION_NAME")
	fmt.Fprintln(os.Stderr, "called") // a silent function is slow in the local AWS
	if strings.HasSuffix(name, "-api") {
		body, err := json.Marshal(map[string]any{"event": event, "environment": os.Environ()})
		return map[string]any{"statusCode": 200, "body": string(body)}, err
	}
	return nil, trace(name, event)
}

func trace(name string, event json.RawMessage) error {
	f, err := os.OpenFile(filepath.Join(os.Getenv("HOME"), "trace"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	fmt.Fprintf(f, "%s %s %s\n", name, clock.Now().Format(time.RFC3339), event)
	return f.Close()
}
