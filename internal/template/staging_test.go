package template_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"waybill/internal/policy"
	"waybill/internal/staging"
	"waybill/internal/template"
	"waybill/internal/upload"
)

func TestBucketIsClosed(t *testing.T) {
	t.Parallel()
	bucket := read(t).Resources["StagingBucket"]
	for what, holds := range map[string]bool{
		"versioned":                template.Nested[string](bucket, "VersioningConfiguration", "Status") == "Enabled",
		"without public ACLs":      template.Nested[bool](bucket, "PublicAccessBlockConfiguration", "BlockPublicAcls"),
		"deaf to public ACLs":      template.Nested[bool](bucket, "PublicAccessBlockConfiguration", "IgnorePublicAcls"),
		"without public policies":  template.Nested[bool](bucket, "PublicAccessBlockConfiguration", "BlockPublicPolicy"),
		"deaf to public policies":  template.Nested[bool](bucket, "PublicAccessBlockConfiguration", "RestrictPublicBuckets"),
		"kept when the stack goes": bucket.DeletionPolicy == "Retain" && bucket.UpdateReplacePolicy == "Retain",
	} {
		if !holds {
			t.Errorf("the bucket is not %s", what)
		}
	}
}

func TestBucketRefuses(t *testing.T) {
	t.Parallel()
	refusals := map[string]string{}
	for _, s := range read(t).Resources["StagingBucketPolicy"].Policy("PolicyDocument") {
		when, err := json.Marshal(s.Condition)
		if s.Effect != "Deny" || err != nil {
			t.Errorf("%s admits instead of refusing (%v)", s.Sid, err)
		}
		refusals[s.Sid] = string(when)
	}
	want := map[string]string{
		"OnlyTLS": `{"Fn::If":["IsLocal",` +
			`{"Bool":{"aws:SecureTransport":"false"},"NotIpAddress":{"aws:SourceIp":["127.0.0.0/8","::1/128"]}},` +
			`{"Bool":{"aws:SecureTransport":"false"}}]}`,
		"OnlyTLS12": `{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`,
		"OnlyKMS":   `{"StringNotEquals":{"s3:x-amz-server-side-encryption":"aws:kms"}}`,
	}
	if !maps.Equal(refusals, want) {
		t.Errorf("refuses when %v, want %v", refusals, want)
	}
}

// margin is how long S3's lifecycle waits behind a rule, in days: a day for purge and TTL to act first (policy.Grace), and a
// day that a multipart upload may take before it is sealed, which S3 does not count.
const margin = 2

// What carries the tag of a staged object expires; a purge takes it off what is held.
func TestLifecycleIsTheLastResort(t *testing.T) {
	t.Parallel()
	days := expirations(t)
	for _, kind := range []policy.Subject{policy.RawBundle, policy.MigrationExport, policy.OtherTransit, policy.AssessmentFile} {
		rule := policy.Governing(kind)
		prefix := upload.StagedPrefix + rule.Name + "/"
		if want := int(rule.Keeps/policy.Day) + margin; days[prefix] != want {
			t.Errorf("%s: expires after %d days, want %d", prefix, days[prefix], want)
		}
		delete(days, prefix)
	}
	for prefix := range days {
		t.Errorf("%s: no rule leads to this prefix", prefix)
	}
}

// expirations gives the days after which each prefix expires. Each must have its noncurrent versions expire too, and take
// only what carries the tag.
func expirations(t *testing.T) map[string]int {
	all := map[string]int{}
	key, value, _ := strings.Cut(staging.LastResort, "=")
	for _, r := range template.Nested[[]any](read(t).Resources["StagingBucket"], "LifecycleConfiguration", "Rules") {
		rule, _ := r.(map[string]any)
		days, expires := rule["ExpirationInDays"].(int)
		if !expires {
			continue
		}
		prefix, _ := rule["Prefix"].(string)
		if all[prefix] = days; rule["NoncurrentVersionExpiration"] == nil || rule["Status"] != "Enabled" {
			t.Errorf("%q: old versions stay", prefix)
		}
		if tags := fmt.Sprint(rule["TagFilters"]); tags != fmt.Sprintf("[map[Key:%s Value:%s]]", key, value) {
			t.Errorf("%q takes what carries %s", prefix, tags)
		}
	}
	return all
}
