package dynamo_test

import (
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"waybill/internal/dynamo"
)

// A record of the stream that holds no leaf is passed over: one that stopped the ledger would stop it for good.
func TestOnlyLeavesAreLeaves(t *testing.T) {
	t.Parallel()
	id, leaf := lambdaevents.NewStringAttribute("evt_1"), lambdaevents.NewBinaryAttribute([]byte("leaf"))
	for name, row := range map[string]struct {
		image map[string]lambdaevents.DynamoDBAttributeValue
		found bool
	}{
		"a leaf":          {map[string]lambdaevents.DynamoDBAttributeValue{"sk": id, "leaf": leaf}, true},
		"without a leaf":  {map[string]lambdaevents.DynamoDBAttributeValue{"sk": id}, false},
		"without a name":  {map[string]lambdaevents.DynamoDBAttributeValue{"leaf": leaf}, false},
		"of another kind": {map[string]lambdaevents.DynamoDBAttributeValue{"sk": id, "leaf": id}, false},
		"nothing":         {nil, false},
	} {
		if got, found := dynamo.Leaf(row.image); found != row.found || found && (got.ID != "evt_1" || string(got.Data) != "leaf") {
			t.Errorf("%s: %+v, %t", name, got, found)
		}
	}
}
