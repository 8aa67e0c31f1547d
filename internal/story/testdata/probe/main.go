// Command probe stands for every function of a cell whose roles are tested: it answers the credentials that it was
// started with.
package main

import (
	"context"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context) (map[string]string, error) {
		return map[string]string{"id": os.Getenv("AWS_ACCESS_KEY_ID"), "secret": os.Getenv("AWS_SECRET_ACCESS_KEY"), "token": os.Getenv("AWS_SESSION_TOKEN")}, nil
	})
}
