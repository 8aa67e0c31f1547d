package awstest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A table whose making was not heard of is tried again, and is ours.
func TestATableMadeTwiceIsMade(t *testing.T) {
	t.Parallel()
	in := auditTable()
	in.TableName = aws.String(unique())
	for range 2 {
		if err := Start(t).create(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
}
