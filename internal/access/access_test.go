package access

import (
	"strings"
	"testing"
)

const (
	own   = "org_01jd0000000000000000000own"
	other = "org_01jd00000000000000000other"
)

// roles are the columns of the table below.
var roles = []Role{Operator, OrgAdmin, MigrationAdmin, Viewer, SecurityOfficer, Vendor, SupportEngineer, SupportManager}

// holder is a person with that one role, of their own organisation.
func holder(r Role) Principal {
	if r == Operator {
		return Principal{Subject: "olive", Roles: []Role{r}}
	}
	return Principal{Subject: "ada", Org: own, Roles: []Role{r}}
}

// The policy, as a customer would want to read it. Columns: operator, org-admin, migration-admin, viewer,
// security-officer, vendor, support-engineer, support-manager; "y" may, "-" may not.
func TestPolicy(t *testing.T) {
	t.Parallel()
	rows := []struct {
		may Permission
		org string
		who string
	}{
		{OrgCreate, "", "y-------"},
		{OrgRead, own, "yyyyy---"},
		{KeyBind, own, "-y--y---"},

		{TerminationRead, own, "-y--y---"},
		{OrgTerminate, own, "-y------"},
		{HoldRead, own, "-y--y---"},
		{HoldPlace, own, "----y---"},
		{HoldingRead, own, "-yyyy---"},

		{MigrationRead, own, "-yyyy---"},
		{MigrationCreate, own, "-yy-----"},
		{MigrationEdit, own, "-yy-----"},
		{MigrationCopy, own, "-yy-----"},
		{MigrationRun, own, "-yy-----"},
		{MigrationArchive, own, "-yy-----"},
		{MigrationDelete, own, "-yy-----"},

		{UploadRead, own, "-yyyy---"},
		{UploadStage, own, "-yy-----"},
		{UploadDelete, own, "-yy-----"},

		{EventRead, own, "-yyyy---"},
		{CertificateRead, own, "-yyyy---"},
		{QuarantineRead, "", "y-------"},
	}
	if len(rows) != len(policy) {
		t.Errorf("%d rows are tested of %d", len(rows), len(policy))
	}
	for _, row := range rows {
		for i, r := range roles {
			got := Allow(holder(r), row.may, row.org)
			if want := row.who[i] == 'y'; got.Allowed != want || got.Hidden {
				t.Errorf("%s, %s in %q: %+v, want allowed %t and nothing hidden", r, row.may, row.org, got, want)
			}
		}
	}
}

// Nobody reaches into another organisation, whatever their role, and nobody learns that it exists. Only the operator
// knows organisations, as registration facts.
func TestOtherOrganisation(t *testing.T) {
	t.Parallel()
	for _, row := range policy {
		for _, r := range roles {
			got := Allow(holder(r), row.may, other)
			wantAllowed := r == Operator && granted(r, row.may)
			wantHidden := r != Operator
			if got.Allowed != wantAllowed || got.Hidden != wantHidden {
				t.Errorf("%s, %s in another organisation: %+v, want allowed %t, hidden %t",
					r, row.may, got, wantAllowed, wantHidden)
			}
		}
	}
}

// What customers hand over is never the operator's to see or touch.
func TestOperatorSeesNoCustomerData(t *testing.T) {
	t.Parallel()
	facts := map[Permission]bool{OrgCreate: true, OrgRead: true, QuarantineRead: true}
	for _, row := range policy {
		if got := Allow(holder(Operator), row.may, own); got.Allowed != facts[row.may] {
			t.Errorf("operator, %s: %+v", row.may, got)
		}
	}
}

// Principals that no issuer of ours should produce still get nothing from it.
func TestContradictions(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]Principal{
		"nobody":                             {},
		"no roles":                           {Subject: "ada", Org: own},
		"an operator with an organisation":   {Subject: "olive", Org: own, Roles: []Role{Operator}},
		"an admin without an organisation":   {Subject: "ada", Roles: []Role{OrgAdmin}},
		"an unknown role":                    {Subject: "ada", Org: own, Roles: []Role{"root"}},
		"the empty role":                     {Subject: "ada", Org: own, Roles: []Role{""}},
		"a role that differs in case":        {Subject: "ada", Org: own, Roles: []Role{"Org-Admin"}},
		"an operator of another's would-be":  {Subject: "olive", Org: other, Roles: []Role{Operator, Viewer}},
		"a vendor whose app has a role name": {Subject: "bot", Org: own, App: "org-admin", Roles: []Role{Vendor}},
	} {
		for _, row := range policy {
			for _, org := range []string{"", own} {
				if got := Allow(p, row.may, org); got.Allowed {
					t.Errorf("%s may %s in %q: %v", name, row.may, org, got.Reasons)
				}
			}
		}
	}
}

// An operator who is also an admin, of no organisation, is an operator and nothing more.
func TestRolesDoNotLendTheirReach(t *testing.T) {
	t.Parallel()
	p := Principal{Subject: "olive", Roles: []Role{OrgAdmin, Operator}}
	if got := Allow(p, MigrationRead, own); got.Allowed {
		t.Errorf("migration.read: %+v", got)
	}
	if got := Allow(p, OrgRead, own); !got.Allowed {
		t.Errorf("org.read: %+v", got)
	}
}

// A decision says why, once for each role, and names neither persons nor organisations.
func TestReasons(t *testing.T) {
	t.Parallel()
	both := Principal{Subject: "ada", Org: own, Roles: []Role{Viewer, MigrationAdmin, SecurityOfficer}}
	for _, test := range []struct {
		may  Permission
		org  string
		want string
	}{
		{MigrationRead, own, "viewer may migration.read; migration-admin may migration.read; security-officer may migration.read"},
		{MigrationRun, own, "migration-admin may migration.run"},
		{OrgCreate, "", "viewer may not org.create; migration-admin may not org.create; security-officer may not org.create"},
		{KeyBind, other, "viewer may not key.bind; migration-admin may not key.bind; security-officer may key.bind, but not there"},
	} {
		if got := strings.Join(Allow(both, test.may, test.org).Reasons, "; "); got != test.want {
			t.Errorf("%s in %q:\n got %s\nwant %s", test.may, test.org, got, test.want)
		}
	}
	if got := Allow(Principal{Subject: "ada", Org: own}, OrgRead, own).Reasons; len(got) != 1 || got[0] != "the caller has no role here" {
		t.Errorf("without roles: %q", got)
	}
}

// Every permission has its row, and one only: a second would never be read.
func TestOneRowEach(t *testing.T) {
	t.Parallel()
	seen := map[Permission]bool{}
	for _, row := range policy {
		if seen[row.may] {
			t.Errorf("%s has two rows", row.may)
		}
		seen[row.may] = true
		for _, r := range row.who {
			if !r.Known() {
				t.Errorf("%s names %q, which is not a role", row.may, r)
			}
		}
	}
	if Allow(holder(OrgAdmin), "migration.forget", own).Allowed {
		t.Error("a permission without a row is granted")
	}
}
