package staging

import (
	"errors"
	"strings"

	"github.com/aws/smithy-go"

	"waybill/internal/awsenv"
	"waybill/internal/fault"
	"waybill/internal/org"
)

// refusal is a failure as the customer may read it, when it is one of theirs or will pass; any other stays what it is.
func refusal(what string, err error) error {
	if awsenv.Throttled(err) {
		return fault.Unavailable.Because("The staging bucket is busy; try again.")
	}
	if state, lost := keyLost(err); lost {
		return org.Lost(state)
	}
	return doing(what, err)
}

// keyLost tells whether S3 could not use the object's KMS key, and why. S3 passes on KMS's error codes with a prefix, and
// a missing permission as its own AccessDenied, whose message names the KMS action.
func keyLost(err error) (org.KeyState, bool) {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return "", false
	}
	code, ofKMS := strings.CutPrefix(answer.ErrorCode(), "KMS.")
	if !ofKMS {
		return org.NotPermitted, code == "AccessDenied" && strings.Contains(answer.ErrorMessage(), "kms:")
	}
	switch code {
	case "DisabledException":
		return org.Disabled, true
	case "NotFoundException":
		return org.Absent, true
	case "AccessDeniedException":
		return org.NotPermitted, true
	case "InvalidKeyUsageException", "UnsupportedOperationException":
		return org.Asymmetric, true
	}
	if strings.Contains(answer.ErrorMessage(), "pending deletion") { // KMSInvalidStateException has no other way to say it
		return org.PendingDeletion, true
	}
	return org.Unavailable, true
}

// wrongParts refuses a completion that names what S3 does not have. S3's own words are not passed on.
func wrongParts() error {
	var broken fault.Fields
	broken.Check(false, "/parts", "stored", "A part is not stored with the ETag and the SHA-256 given; list the parts, send again what is missing.")
	return broken.Err()
}
