package web

import (
	"context"

	"waybill/internal/access"
	"waybill/internal/fault"
)

// Caller is what the front (package gateway) knows of who sent a request.
type Caller struct {
	Principal access.Principal
	Refusal   error  // why nobody could be identified, fault.Unauthenticated or fault.IssuerUnavailable; nil otherwise
	RequestID string // the front's name for the request, which the caller sees and the record keeps
}

type callerKey struct{}

// WithCaller says who sent the request of that context. A request of which nobody said it is nobody's.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// identified answers the principal, or why there is none.
func (c Caller) identified() (access.Principal, error) {
	switch {
	case c.Refusal != nil:
		return access.Principal{}, c.Refusal
	case c.Principal.Subject == "":
		return access.Principal{}, fault.Unauthenticated.Because("The request was not authenticated.")
	}
	return c.Principal, nil
}
