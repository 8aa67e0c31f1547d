package staging_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"waybill/internal/fault"
	"waybill/internal/faultline"
	waybillorg "waybill/internal/org"
)

// S3 says in many words that it cannot use a KMS key; the customer hears which. The local AWS's S3 never asks KMS.
func TestLostKey(t *testing.T) {
	const arn = "arn:aws:kms:eu-central-1:111122223333:key/k"
	tests := []struct {
		response faultline.Response
		want     waybillorg.KeyState
	}{
		{faultline.S3Error(400, "KMS.DisabledException", arn+" is disabled."), waybillorg.Disabled},
		{faultline.S3Error(400, "KMS.NotFoundException", "Key '"+arn+"' does not exist"), waybillorg.Absent},
		{faultline.S3Error(400, "KMS.KMSInvalidStateException", arn+" is pending deletion."), waybillorg.PendingDeletion},
		{faultline.S3Error(400, "KMS.KMSInvalidStateException", arn+" is pending import."), waybillorg.Unavailable},
		{faultline.S3Error(400, "KMS.InvalidKeyUsageException", "not for encryption"), waybillorg.Asymmetric},
		{faultline.S3Error(400, "KMS.AccessDeniedException", "no"), waybillorg.NotPermitted},
		{faultline.S3Error(403, "AccessDenied", "User: arn:aws:sts::1:assumed-role/api is not authorized to perform: kms:GenerateDataKey on resource: "+arn), waybillorg.NotPermitted},
	}
	p := newPlace(t)
	u := p.multipart(10, 10)
	for _, test := range tests {
		for operation, call := range map[string]func() error{
			"CreateMultipartUpload":   func() error { _, err := p.signer.Open(t.Context(), u); return err },
			"CompleteMultipartUpload": func() error { _, err := p.signer.Complete(t.Context(), u, nil); return err },
			"ListParts":               func() error { _, err := p.signer.Parts(t.Context(), u); return err },
		} {
			p.line.Reply(operation, test.response, 1)
			if err := call(); !errors.Is(err, fault.KeyUnusable) || !strings.Contains(err.Error(), "("+string(test.want)+")") {
				t.Errorf("%s %s: %v, want the key unusable because %s", operation, test.response.Body, err, test.want)
			}
		}
	}
}

// A missing permission of our own is no matter of the customer's: it is an error that nobody is shown.
func TestAccessDeniedIsOurs(t *testing.T) {
	p := newPlace(t)
	p.line.Reply("CreateMultipartUpload", faultline.S3Error(403, "AccessDenied", "not authorized to perform: s3:PutObject"), 1)
	_, err := p.signer.Open(t.Context(), p.single(nil))
	var refusal *fault.Refusal
	if err == nil || errors.As(err, &refusal) {
		t.Errorf("%v", err)
	}
}

// A busy bucket is asked three times by the api; then the customer is told to come again.
func TestBusy(t *testing.T) {
	p := newPlace(t)
	throttled := faultline.S3Error(http.StatusBadRequest, "KMS.ThrottlingException", "You have exceeded the rate")
	for _, test := range []struct {
		response faultline.Response
		times    int
		want     error
	}{
		{faultline.SlowDown(), 2, nil},
		{faultline.SlowDown(), 3, fault.Unavailable},
		{throttled, 1, fault.Unavailable},
	} {
		p.line.Heal()
		p.line.Reply("CreateMultipartUpload", test.response, test.times)
		if _, err := p.signer.Open(t.Context(), p.single(nil)); !errors.Is(err, test.want) {
			t.Errorf("%d times %s: %v, want %v", test.times, test.response.Body, err, test.want)
		}
	}
}
