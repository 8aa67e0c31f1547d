// Command authorize is asked by API Gateway who sent a request. It may read the keys that the issuer publishes, and
// touches nothing of ours: no table, no bucket, no key. Package token tells what it answers, and why.
package main

import (
	"cmp"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"waybill/internal/clock"
	"waybill/internal/logs"
	"waybill/internal/token"
)

func main() {
	verifier := &token.Verifier{
		Issuer:     os.Getenv("OIDC_ISSUER"),
		Audience:   os.Getenv("OIDC_AUDIENCE"),
		OrgClaim:   cmp.Or(os.Getenv("OIDC_ORG_CLAIM"), "org"),
		RolesClaim: cmp.Or(os.Getenv("OIDC_ROLES_CLAIM"), "roles"),
		Now:        clock.Wall, // tokens are dated by their issuer, who knows nothing of a development cell's clock
	}
	authorizer := token.Authorizer{Verify: verifier.Verify, Issuer: verifier.Issuer, Log: logs.New("authorize")}
	lambda.Start(authorizer.Handle)
}
