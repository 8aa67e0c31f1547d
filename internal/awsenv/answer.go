package awsenv

import (
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

// Code is the error code that the service answered; empty when there is no error, or none that a service answered.
func Code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	return ""
}

// Throttled tells whether the service was asked too much, and still when the SDK had tried again. What S3 passes on from
// KMS carries a prefix ("KMS.ThrottlingException").
func Throttled(err error) bool {
	_, throttle := retry.DefaultThrottleErrorCodes[strings.TrimPrefix(Code(err), "KMS.")]
	return throttle || Code(err) == "ServiceUnavailable"
}
