package web

import (
	"cmp"
	"fmt"
	"strings"

	"waybill/internal/access"
	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/ident"
)

// allow asks package access, and puts a refusal on record in the caller's organisation. What is another organisation's
// is not refused but absent.
func (a API) allow(c *call, may access.Permission) error {
	decision := access.Allow(c.by, may, c.org)
	switch {
	case decision.Allowed:
		return nil
	case decision.Hidden:
		return fault.NotFound
	}
	if c.by.Org != "" {
		entry := c.act.Entry(audit.AccessRefused, c.resource(), audit.Refused, string(may))
		if err := a.Trail.Note(c.request.Context(), c.by.Org, entry); err != nil {
			return fmt.Errorf("recording a refusal: %w", err)
		}
	}
	return fault.Forbidden.Because("This is not allowed: %s.", strings.Join(decision.Reasons, "; "))
}

// resource names what the request is about: the thing in its path, if that is a name at all, or the organisation.
func (c *call) resource() string {
	id := cmp.Or(c.path("mig"), c.path("upl"), c.path("hld"))
	if ident.Valid(ident.Migration, id) || ident.Valid(ident.Upload, id) || ident.Valid(ident.Hold, id) {
		return id
	}
	return c.org
}
