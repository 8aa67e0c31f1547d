package template_test

import (
	"strings"
	"testing"

	"waybill/internal/template"
)

const root = "../../"

func read(t *testing.T) template.Template {
	t.Helper()
	it, err := template.Read(root + "template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	it := read(t)
	if architecture, _ := it.Globals["Function"]["Architectures"].([]any); len(architecture) != 1 || architecture[0] != "Architecture" {
		t.Errorf("the architecture is not the parameter's: %v", architecture)
	}
	roles := map[string]string{}
	for name, f := range it.Functions() {
		if uri := template.Nested[string](f, "CodeUri"); uri != "functions/"+name+"/" {
			t.Errorf("%s: its code is %s", name, uri)
		}
		role := strings.TrimSuffix(template.Nested[string](f, "Role"), ".Arn")
		if other, shared := roles[role]; shared {
			t.Errorf("%s and %s share a role", name, other)
		}
		roles[role] = name
		if policies := template.Nested[[]any](it.Resources[role], "Policies"); len(policies) != 1 {
			t.Errorf("%s: its role has %d policies", name, len(policies))
		}
		logs := it.Resources[template.Nested[string](f, "LoggingConfig", "LogGroup")]
		if template.Nested[string](logs, "LogGroupName") != "/aws/lambda/${AWS::StackName}-"+name || template.Nested[int](logs, "RetentionInDays") != 30 {
			t.Errorf("%s: its log group is %v", name, logs.Properties)
		}
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	tables := read(t).OfType("AWS::DynamoDB::Table")
	for name, table := range tables {
		for what, holds := range map[string]bool{
			"billed on demand":             template.Nested[string](table, "BillingMode") == "PAY_PER_REQUEST",
			"protected from deletion":      template.Nested[bool](table, "DeletionProtectionEnabled"),
			"recoverable to a moment":      template.Nested[bool](table, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled"),
			"encrypted with the cell key":  template.Nested[string](table, "SSESpecification", "KMSMasterKeyId") == "CellKey.Arn",
			"kept when the stack goes":     table.DeletionPolicy == "Retain" && table.UpdateReplacePolicy == "Retain",
			"encrypted by a key of ours":   template.Nested[bool](table, "SSESpecification", "SSEEnabled"),
			"encrypted by KMS, not SSE-S3": template.Nested[string](table, "SSESpecification", "SSEType") == "KMS",
		} {
			if !holds {
				t.Errorf("%s is not %s", name, what)
			}
		}
	}
	records := tables["RecordsTable"]
	if template.Nested[string](records, "TimeToLiveSpecification", "AttributeName") != "expiresAt" {
		t.Error("records have no time to live")
	}
	if template.Nested[string](records, "StreamSpecification", "StreamViewType") != "NEW_AND_OLD_IMAGES" {
		t.Error("the records' stream does not show what a record was")
	}
}

// A message that is being worked on must not appear again: AWS asks for six times the function's timeout.
func TestArrivalsAreGivenToOneAtATime(t *testing.T) {
	t.Parallel()
	it := read(t)
	timeout, _ := it.Globals["Function"]["Timeout"].(int)
	if own := template.Nested[int](it.Resources["IntakeFunction"], "Timeout"); own != 0 {
		timeout = own
	}
	if visible := template.Nested[int](it.Resources["ArrivalsQueue"], "VisibilityTimeout"); timeout == 0 || visible < 6*timeout {
		t.Errorf("hidden for %d s while intake may take %d s", visible, timeout)
	}
}

func TestQueuesAreEncrypted(t *testing.T) {
	t.Parallel()
	for name, q := range read(t).OfType("AWS::SQS::Queue") {
		if !template.Nested[bool](q, "SqsManagedSseEnabled") {
			t.Errorf("%s is not encrypted", name)
		}
	}
}
