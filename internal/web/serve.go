package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"waybill/internal/access"
	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/ident"
)

// call is a request that was admitted.
type call struct {
	request *http.Request
	by      access.Principal
	org     string      // whose things it is about: the path's organisation, or the caller's own; "" is the cell itself
	act     audit.Act   // who, when, under which request: what every change is recorded as
	match   audit.Match // the revision that the caller saw, when they say it
	query   url.Values  // each parameter known to the route, given at most once
	body    []byte
}

// path is a variable of the path.
func (c *call) path(name string) string { return c.request.PathValue(name) }

// endpoint carries out an admitted request.
type endpoint func(context.Context, *call) (answer, error)

func (a API) serve(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer, err := a.carryOut(rt, r)
		if err != nil {
			refuse(w, r, err)
			return
		}
		answer.write(w, r)
	}
}

func (a API) carryOut(rt route, r *http.Request) (answer, error) {
	caller := callerOf(r.Context())
	c := &call{request: r, act: audit.Act{Time: audit.At(a.Now()), RequestID: caller.RequestID}}
	if rt.may != public {
		if a.Closed {
			return answer{}, restoring.Because("The cell was restored from a backup, and opens when what had been purged is proven to be gone again.")
		}
		if err := a.admit(rt, c, caller); err != nil {
			return answer{}, err
		}
	}
	for _, read := range []func(route) error{c.readPath, c.readQuery, c.readHeaders, c.readBody} {
		if err := read(rt); err != nil {
			return answer{}, err
		}
	}
	return rt.do(r.Context(), c)
}

// admit finds out who calls, and whether they may. It is the only place where that is asked.
func (a API) admit(rt route, c *call, caller Caller) error {
	p, err := caller.identified()
	if err != nil {
		return err
	}
	c.by, c.act.Actor, c.org = p, audit.Person(p.Subject), cmp.Or(c.path("org"), p.Org)
	may := rt.may
	if p.Org == "" && rt.operator != "" {
		may = rt.operator
	}
	return a.allow(c, may)
}

// readPath refuses names that nothing can have. What is well-formed and absent looks the same.
func (c *call) readPath(route) error {
	for name, prefix := range map[string]string{"org": ident.Org, "mig": ident.Migration, "upl": ident.Upload, "hld": ident.Hold, "crt": ident.Certificate} {
		if id := c.path(name); id != "" && !ident.Valid(prefix, id) {
			return fault.NotFound
		}
	}
	return nil
}
