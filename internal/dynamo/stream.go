package dynamo

import (
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"waybill/internal/upload"
)

// UploadIn is the upload in an image of a stream record.
func UploadIn(image map[string]events.DynamoDBAttributeValue) (upload.Upload, error) {
	it := item{}
	for name, v := range image {
		switch v.DataType() {
		case events.DataTypeString:
			it[name] = str(v.String())
		case events.DataTypeNumber:
			it[name] = &types.AttributeValueMemberN{Value: v.Number()}
		}
	}
	u, err := toUpload(it)
	if err == nil && (u.ID == "" || u.ObjectKey == "") {
		err = fmt.Errorf("decoding a stream record: no upload stands in it")
	}
	return u, err
}
