package template_test

import (
	"slices"
	"strings"
	"testing"

	"waybill/internal/template"
)

// grants is every statement of every role, functions' and schedules'.
func grants(t *testing.T) map[string][]template.Statement {
	it := read(t)
	all := map[string][]template.Statement{}
	for role := range it.OfType("AWS::IAM::Role") {
		all[strings.ToLower(strings.TrimSuffix(role, "Role"))] = it.Grants(role)
	}
	return all
}

func TestGrantsNameActionsAndResources(t *testing.T) {
	t.Parallel()
	for role, statements := range grants(t) {
		for _, s := range statements {
			if s.Effect != "Allow" || len(s.Actions) == 0 || len(s.Resources) == 0 {
				t.Errorf("%s: %s grants nothing", role, s.Sid)
			}
			for _, action := range s.Actions {
				if strings.Contains(action, "*") {
					t.Errorf("%s: %s is no one action", role, action)
				}
			}
			for _, resource := range s.Resources {
				if strings.HasPrefix(resource, "*") {
					t.Errorf("%s: %s is granted on everything", role, s.Sid)
				}
			}
		}
	}
}

// may tells whether any statement grants an action of that prefix.
func may(statements []template.Statement, prefix string) bool {
	return slices.ContainsFunc(statements, func(s template.Statement) bool {
		return slices.ContainsFunc(s.Actions, func(a string) bool { return strings.HasPrefix(a, prefix) })
	})
}

// Who may do what is a promise to customers; see the head of each function in the template.
func TestPromises(t *testing.T) {
	t.Parallel()
	all := grants(t)
	for _, p := range []struct {
		action string
		only   []string
	}{
		{"s3:PutObject", []string{"api", "sequence"}},
		{"s3:GetObject", []string{"api", "inspect", "intake", "restore", "sequence"}},
		{"s3:Delete", []string{"purge", "reap", "restore"}},
		{"s3:Abort", []string{"purge", "reap", "restore"}},
		{"s3:ListBucket", []string{"purge", "reap", "restore"}},
		{"kms:Decrypt", []string{"api", "inspect"}},
		{"kms:GenerateDataKey", []string{"api"}},
		{"kms:Sign", []string{"purge", "reap", "restore", "sequence"}},
		{"lambda:", []string{"schedule"}},
		{"dynamodb:DeleteItem", []string{"api", "purge", "reap", "restore"}},
		{"dynamodb:Scan", []string{"restore"}},
		{"dynamodb:BatchWrite", nil},
		{"dynamodb:UpdateItem", []string{"sequence"}},
		{"iam:", nil},
		{"sts:", nil},
	} {
		for role, statements := range all {
			if may(statements, p.action) != slices.Contains(p.only, role) {
				t.Errorf("%s of %s: the other way round than promised", p.action, role)
			}
		}
	}
}

// Staged bytes are written by api alone and read by inspect alone (intake and restore see the heads of hand drops); beside them lies the ledger, which is public.
func TestWhoReachesWhichBucket(t *testing.T) {
	t.Parallel()
	for role, statements := range grants(t) {
		for _, s := range statements {
			for _, resource := range s.Resources {
				staged := strings.Contains(resource, "StagingBucket")
				reads := slices.Contains(s.Actions, "s3:GetObject") || slices.Contains(s.Actions, "s3:GetObjectVersion") && !strings.Contains(resource, "/drop/")
				if staged && reads && role != "inspect" {
					t.Errorf("%s may read staged bytes", role)
				}
				if staged && slices.Contains(s.Actions, "s3:PutObject") && role != "api" {
					t.Errorf("%s may write staged bytes", role)
				}
				if strings.Contains(resource, "LedgerBucket") && slices.Contains(s.Actions, "s3:PutObject") && role != "sequence" {
					t.Errorf("%s may write the ledger", role)
				}
			}
		}
	}
}

func TestAuditIsAppendOnly(t *testing.T) {
	t.Parallel()
	for role, statements := range grants(t) {
		for _, s := range statements {
			if !slices.Contains(s.Resources, "AuditTable.Arn") {
				continue
			}
			for _, action := range s.Actions {
				if action != "dynamodb:PutItem" && action != "dynamodb:Query" {
					t.Errorf("%s may %s the audit trail", role, action)
				}
			}
		}
	}
}

// Staged bytes can be decrypted by S3 alone, to join the parts of an upload.
func TestOnlyS3Decrypts(t *testing.T) {
	t.Parallel()
	for role, statements := range grants(t) {
		for _, s := range statements {
			via, _ := s.Condition["StringEquals"].(map[string]any)
			if slices.Equal(s.Resources, []string{"AuditKey.Arn"}) {
				continue // what is sealed beside the audit record is no staged byte
			}
			if slices.Contains(s.Actions, "kms:Decrypt") && (len(s.Actions) > 1 || via["kms:ViaService"] != "s3.${AWS::Region}.amazonaws.com") {
				t.Errorf("%s may decrypt by itself", role)
			}
		}
	}
}

// Nor can anyone else decrypt with the operator's key, whatever IAM grants them: only a service in their name.
func TestTheCellKeyDecryptsForServicesOnly(t *testing.T) {
	t.Parallel()
	for _, s := range read(t).Resources["CellKey"].Policy("KeyPolicy") {
		if slices.ContainsFunc(s.Actions, func(a string) bool { return a == "kms:Decrypt" || strings.Contains(a, "*") }) {
			when, _ := s.Condition["StringEquals"].(map[string]any)
			if when["kms:ViaService"] == nil {
				t.Errorf("%s lets them decrypt directly", s.Sid)
			}
		}
	}
}
