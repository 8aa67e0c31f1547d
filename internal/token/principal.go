package token

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/internal/access"
)

// maxName is how long a subject or an app's name may be, in bytes: OpenID Connect Core, 2 limits `sub` to 255.
const maxName = 255

// principal reads who the token speaks of, and refuses what contradicts itself.
func (v *Verifier) principal(c claims) (access.Principal, error) {
	subject, ok := c.text("sub")
	if !ok || subject == "" || !name(subject) {
		return access.Principal{}, refuse("The token's subject is missing, longer than 255 bytes or not printable.")
	}
	org, ok := c.text(v.OrgClaim)
	if !ok || org != "" && !organisation(org) {
		return access.Principal{}, refuse("The token's organisation is not an organisation's id.")
	}
	roles, ok := c.roles(v.RolesClaim)
	if !ok {
		return access.Principal{}, refuse("The token's roles are neither text nor a list of texts.")
	}
	p := access.Principal{Subject: subject, Org: org, Roles: roles}
	if err := belongs(p); err != nil {
		return access.Principal{}, err
	}
	return c.app(p)
}

// belongs holds that the operator has no organisation and that everybody else has one.
func belongs(p access.Principal) error {
	switch operator := p.Has(access.Operator); {
	case operator && p.Org != "":
		return refuse("The operator has no organisation, and the token names one.")
	case operator && len(p.Roles) > 1:
		return refuse("The operator has no other role, and the token names one.")
	case !operator && p.Org == "":
		return refuse("The token names no organisation.")
	}
	return nil
}

// app adds the app that a vendor speaks for. Of others the claim says nothing to us.
func (c claims) app(p access.Principal) (access.Principal, error) {
	if !p.Has(access.Vendor) {
		return p, nil
	}
	app, ok := c.text("app")
	if !ok || app == "" || !name(app) {
		return access.Principal{}, refuse("The token of a vendor names no app.")
	}
	p.App = app
	return p, nil
}

// roles are those that we know, each once, in the token's order: text separated by spaces, as OAuth writes scopes, or a
// list of texts.
func (c claims) roles(claim string) (known []access.Role, ok bool) {
	words, ok := texts(c[claim])
	for _, w := range words {
		if r := access.Role(w); r.Known() && !slices.Contains(known, r) {
			known = append(known, r)
		}
	}
	return known, ok
}

func texts(claim any) (words []string, ok bool) {
	switch claim := claim.(type) {
	case nil:
		return nil, true
	case string:
		return strings.Fields(claim), true
	case []any:
		for _, item := range claim {
			text, ok := item.(string)
			if !ok {
				return nil, false
			}
			words = append(words, text)
		}
		return words, true
	}
	return nil, false
}

// name tells whether this can stand for a person or an app in a record: not too long, and nothing in it that a reader
// could not see. U+FFFD is what is left of half a surrogate pair; two different names could both become it.
func name(s string) bool {
	unseen := func(r rune) bool { return r == utf8.RuneError || r != ' ' && !unicode.IsGraphic(r) }
	return len(s) <= maxName && !strings.ContainsFunc(s, unseen)
}

// organisation tells whether this looks like the id of an organisation. Whether there is one is for the records to say.
func organisation(s string) bool {
	id, found := strings.CutPrefix(s, "org_")
	odd := func(r rune) bool { return !('0' <= r && r <= '9' || 'a' <= r && r <= 'z') }
	return found && id != "" && len(id) <= 64 && !strings.ContainsFunc(id, odd)
}
