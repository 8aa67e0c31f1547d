package gateway

import (
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"waybill/internal/access"
	"waybill/internal/fault"
	"waybill/internal/web"
)

// caller reads what the authorizer found out. Anything that it did not say, or not as text, is nothing.
func caller(rc events.APIGatewayV2HTTPRequestContext) web.Caller {
	var said map[string]any
	if rc.Authorizer != nil {
		said = rc.Authorizer.Lambda
	}
	c := web.Caller{RequestID: rc.RequestID}
	if kind := text(said, "refused"); kind != "" {
		c.Refusal = refusal(kind, text(said, "reason"))
		return c
	}
	c.Principal = access.Principal{Subject: text(said, "sub"), Org: text(said, "org"), Roles: roles(text(said, "roles")), App: text(said, "app")}
	return c
}

// refusal is of the one kind that is not the caller's fault, or of the other.
func refusal(kind, reason string) error {
	if fault.Kind(kind) == fault.IssuerUnavailable {
		return &fault.Refusal{Kind: fault.IssuerUnavailable, Detail: reason}
	}
	return &fault.Refusal{Kind: fault.Unauthenticated, Detail: reason}
}

func text(said map[string]any, name string) string {
	value, _ := said[name].(string)
	return value
}

func roles(list string) []access.Role {
	var known []access.Role
	for word := range strings.SplitSeq(list, ",") {
		if r := access.Role(word); r.Known() {
			known = append(known, r)
		}
	}
	return known
}
