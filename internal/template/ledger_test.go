package template_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"waybill/internal/template"
)

// The ledger is public, and its bucket is not: api serves it. Nothing there is ever removed.
func TestLedgerBucketIsClosedAndKeepsAll(t *testing.T) {
	t.Parallel()
	it := read(t)
	bucket := it.Resources["LedgerBucket"]
	for what, holds := range map[string]bool{
		"versioned":                template.Nested[string](bucket, "VersioningConfiguration", "Status") == "Enabled",
		"without public ACLs":      template.Nested[bool](bucket, "PublicAccessBlockConfiguration", "BlockPublicAcls"),
		"deaf to public ACLs":      template.Nested[bool](bucket, "PublicAccessBlockConfiguration", "IgnorePublicAcls"),
		"without public policies":  template.Nested[bool](bucket, "PublicAccessBlockConfiguration", "BlockPublicPolicy"),
		"deaf to public policies":  template.Nested[bool](bucket, "PublicAccessBlockConfiguration", "RestrictPublicBuckets"),
		"kept when the stack goes": bucket.DeletionPolicy == "Retain" && bucket.UpdateReplacePolicy == "Retain",
		"without a lifecycle":      bucket.Properties["LifecycleConfiguration"] == nil,
	} {
		if !holds {
			t.Errorf("the ledger's bucket is not %s", what)
		}
	}
	staging := it.Resources["StagingBucketPolicy"].Policy("PolicyDocument")
	for _, s := range it.Resources["LedgerBucketPolicy"].Policy("PolicyDocument") {
		same := slices.ContainsFunc(staging, func(other template.Statement) bool {
			return other.Sid == s.Sid && written(t, other.Condition) == written(t, s.Condition)
		})
		if s.Effect != "Deny" || !slices.Equal(s.Actions, []string{"s3:*"}) || !same {
			t.Errorf("%s is no refusal of the staging bucket's", s.Sid)
		}
	}
}

func written(t *testing.T, condition map[string]any) string {
	t.Helper()
	text, err := json.Marshal(condition)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The key signs and does nothing else, cannot be replaced by another, and is not easily lost.
func TestLedgerKey(t *testing.T) {
	t.Parallel()
	key := read(t).Resources["LedgerKey"]
	for what, holds := range map[string]bool{
		"an Ed25519 key":           template.Nested[string](key, "KeySpec") == "ECC_NIST_EDWARDS25519",
		"one for signatures":       template.Nested[string](key, "KeyUsage") == "SIGN_VERIFY",
		"kept when the stack goes": key.DeletionPolicy == "Retain" && key.UpdateReplacePolicy == "Retain",
		"a month in going":         template.Nested[int](key, "PendingWindowInDays") == 30,
		"without rotation":         key.Properties["EnableKeyRotation"] == nil,
	} {
		if !holds {
			t.Errorf("the ledger's key is not %s", what)
		}
	}
	for _, s := range key.Policy("KeyPolicy") {
		for _, action := range s.Actions {
			if signs := action == "kms:Sign" || action == "kms:GetPublicKey"; strings.Contains(action, "*") || signs != (s.Sid == "SignAsIAMAdmits") {
				t.Errorf("%s admits %s", s.Sid, action)
			}
		}
	}
}

// What is on record reaches sequence from the stream's beginning, and no record of it is ever given up: that would be a gap.
func TestNothingIsPassedOver(t *testing.T) {
	t.Parallel()
	it := read(t)
	mapping := it.Resources["SequenceMapping"]
	for what, holds := range map[string]bool{
		"what was written":   template.Nested[string](it.Resources["AuditTable"], "StreamSpecification", "StreamViewType") == "NEW_IMAGE",
		"that stream":        template.Nested[string](mapping, "EventSourceArn") == "AuditTable.StreamArn",
		"from its beginning": template.Nested[string](mapping, "StartingPosition") == "TRIM_HORIZON",
		"without a filter but for what was put there": written(t, template.Nested[map[string]any](mapping, "FilterCriteria")) ==
			`{"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\"]}"}]}`,
	} {
		if !holds {
			t.Errorf("sequence does not read %s", what)
		}
	}
	for _, limit := range []string{"MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "DestinationConfig"} {
		if mapping.Properties[limit] != nil {
			t.Errorf("%s gives up what is on record", limit)
		}
	}
}

// Two routes ask nobody who calls, and they are those that package web serves to anybody.
func TestWhatIsOpenToEveryone(t *testing.T) {
	t.Parallel()
	var open []string
	for _, route := range read(t).OfType("AWS::ApiGatewayV2::Route") {
		if template.Nested[string](route, "AuthorizationType") == "NONE" {
			open = append(open, template.Nested[string](route, "RouteKey"))
		}
	}
	slices.Sort(open)
	if want := []string{"GET /v1/ledger/{proxy+}", "GET /v1/openapi.yaml"}; !slices.Equal(open, want) {
		t.Errorf("open are %v, want %v", open, want)
	}
}
