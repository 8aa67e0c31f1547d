package org

import (
	"strings"
	"testing"

	"waybill/internal/text"
)

// What passes for the ARN of a key is made of an ARN's letters only: it is handed to KMS, stored and shown as it is.
func FuzzKeyRegion(f *testing.F) {
	f.Add("arn:aws:kms:eu-central-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab")
	f.Add("arn:aws:kms:eu-central-1:444455556666:alias/customer")
	f.Add("arn:aws-cn:kms:eu\n:444455556666:key/a")
	f.Fuzz(func(t *testing.T, arn string) {
		region, isKey := keyRegion(arn)
		odd := func(r rune) bool { return !text.Alphanumeric(r) && !strings.ContainsRune("-:/", r) }
		if isKey && (region == "" || strings.ContainsFunc(arn, odd) || strings.Count(arn, ":") != 5 || strings.Count(arn, "/") != 1) {
			t.Errorf("%q passes for a key in %q", arn, region)
		}
	})
}
