// Package access decides who may do what. It is pure: facts in, a decision and every reason for it out.
//
// The whole policy is one table (policy.go), denied by default. A grant holds in the organisation of the person who has
// the role, and nowhere else; the operator has no organisation, so that a grant of the operator's holds in the whole
// cell, and the table gives that role registration facts only, never what a customer handed over.
//
// It will not look anything up: it does not know whether an organisation exists, nor which organisation a migration
// belongs to. Callers read that first, and say it.
//
// [Allow] is the one seam for permissions. When policies become Cedar files, it is what they replace: [Principal],
// [Permission] and the organisation become Cedar's principal, action and resource, a [Decision]'s reasons become the ids
// of the policies that determined it, and its callers stay as they are.
package access

import "slices"

// Role is what a token says that its holder may be relied on for. The names are those of the contract.
type Role string

// The roles of the contract.
const (
	Operator        Role = "operator" // runs the cell; has no organisation
	OrgAdmin        Role = "org-admin"
	MigrationAdmin  Role = "migration-admin"
	Viewer          Role = "viewer"
	SecurityOfficer Role = "security-officer"
	Vendor          Role = "vendor" // speaks for one app, which its token names
	SupportEngineer Role = "support-engineer"
	SupportManager  Role = "support-manager"
)

// Known tells whether this is a role of the contract.
func (r Role) Known() bool {
	switch r {
	case Operator, OrgAdmin, MigrationAdmin, Viewer, SecurityOfficer, Vendor, SupportEngineer, SupportManager:
		return true
	}
	return false
}

// Principal is who asks, as an issuer vouched for them. The zero Principal is nobody and may do nothing.
type Principal struct {
	Subject string // the issuer's name for the person or program
	Org     string // the organisation they belong to; empty for the operator
	Roles   []Role
	App     string // the app that a vendor speaks for; empty for all others
}

// Has tells whether the principal has the role.
func (p Principal) Has(r Role) bool { return slices.Contains(p.Roles, r) }

// Decision is the answer to one question, with every reason for it, in words that may be shown and kept: they name roles
// and permissions, never persons or organisations.
type Decision struct {
	Allowed bool
	// Hidden means that even the existence of the thing is not for this principal to know: the answer is that there is
	// no such thing. It is set only when Allowed is not.
	Hidden  bool
	Reasons []string
}

// Allow decides whether the principal may do that to something of the organisation. An org of "" means the cell itself:
// a new organisation, or what no organisation owns.
//
// A denial is hidden when the thing is another organisation's. What the operator may not see is refused openly instead:
// that answer is the same for every organisation, existing or not, and so tells nothing.
func Allow(p Principal, may Permission, org string) Decision {
	var granting, lacking []string
	for _, r := range p.Roles {
		switch {
		case !granted(r, may):
			lacking = append(lacking, string(r)+" may not "+string(may))
		case !reaches(p, r, org):
			lacking = append(lacking, string(r)+" may "+string(may)+", but not there")
		default:
			granting = append(granting, string(r)+" may "+string(may))
		}
	}
	if len(granting) > 0 {
		return Decision{Allowed: true, Reasons: granting}
	}
	if len(lacking) == 0 {
		lacking = []string{"the caller has no role here"}
	}
	return Decision{Hidden: foreign(p, org), Reasons: lacking}
}

// reaches tells whether a role's grants hold for things of that organisation: the operator's in the whole cell, all
// others' in their own organisation. An operator who claims an organisation is a contradiction, and reaches nothing.
func reaches(p Principal, r Role, org string) bool {
	if r == Operator {
		return p.Org == ""
	}
	return org != "" && org == p.Org
}

// foreign tells whether the principal may not even learn that the organisation's thing exists.
func foreign(p Principal, org string) bool {
	return org != "" && org != p.Org && !p.Has(Operator)
}
