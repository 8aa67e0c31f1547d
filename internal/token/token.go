// Package token verifies OIDC access tokens, and says who sent them.
//
// Any issuer that publishes OpenID Connect discovery will do. A token is accepted when all of this holds, in this order:
//
//   - it came as one Authorization value of the scheme Bearer (RFC 6750), of at most 8 KiB: never in a query or a cookie;
//   - it is a JWS in compact form (RFC 7515), canonically encoded, signed by an asymmetric algorithm (RS, PS, ES, EdDSA);
//     `none` and HMAC are no algorithms here, so a public key cannot be mistaken for a shared secret;
//   - its header asks for nothing special: `crit` and `b64` are refused; `jwk`, `jku`, `x5c` and `x5u` are ignored, since
//     keys come from the issuer alone; `typ` is absent, JWT or at+jwt (RFC 9068), so that logout, DPoP proof and security
//     event tokens are refused;
//   - its signature verifies under a key that the issuer publishes now, by `kid` where it has one;
//   - its payload is a JSON object without duplicate members at any depth;
//   - `iss` is the issuer, letter by letter, and `aud`, text or list, names us;
//   - `exp` is there and not past: no leeway, for the end is the issuer's promise. `nbf` and `iat`, where given, are
//     not more than 30 s ahead, since two clocks may differ;
//   - it is an access token: an ID token (`nonce`, `at_hash` or `c_hash`, without typ at+jwt) says that a person logged in
//     somewhere, not that they may call us; and it is a bearer token: one that is bound to a key (`cnf`, RFC 9449 and
//     RFC 8705) proves nothing without the proof;
//   - `sub` is 1 to 255 bytes of text without control characters; the organisation claim looks like an organisation's id;
//     the operator has none and everybody else has one; a vendor names its app. Unknown roles are ignored, so that an
//     issuer may serve others too.
//
// Whether the organisation exists, and what the principal may do, are not decided here: see package access.
//
// go-jose parses and verifies (JWS, JWK): it is what most OIDC libraries in Go stand on, knows the encodings, refuses weak
// keys and has a JSON reader that is strict about case and duplicates. go-oidc, which stands on it, is not used: it
// fetches keys at every unknown kid without limit, keeps them without end, reads answers of any size, discovers when it
// is made instead of when it is needed, and brings golang.org/x/oauth2. How keys are kept instead is told at [keyring].
//
// Refusals carry a sentence that may be shown and logged. It never repeats any part of a token.
package token

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"waybill/internal/access"
	"waybill/internal/fault"
)

// The two ways of not being verified, for errors.Is. Both fail closed; only the first is the caller's fault.
const (
	ErrUnauthenticated   = fault.Unauthenticated   // no token, or one that does not hold
	ErrIssuerUnavailable = fault.IssuerUnavailable // the issuer's keys could not be had, so that nothing can be checked
)

// Verifier verifies the tokens of one issuer for one audience. Its fields are set before the first use and then left
// alone; it may be used by many goroutines. It does nothing until the first token comes.
type Verifier struct {
	// Issuer is the issuer's identifier: an https address, or http on a loopback address, for development.
	Issuer string
	// Audience is the name by which the issuer knows this API. Tokens for others are refused.
	Audience string
	// OrgClaim and RolesClaim name the claims that hold the organisation's id and the roles: text separated by spaces, or
	// a list.
	OrgClaim, RolesClaim string
	// Now is the cell's time.
	Now func() time.Time
	// Client fetches the issuer's documents; nil means one of our own. Whichever it is, a refresh ends after 4 s,
	// answers are limited in size, and redirects are not followed.
	Client *http.Client

	keys keyring
}

// Verify says who sent the value of an Authorization header. Errors are of kind [ErrUnauthenticated] or
// [ErrIssuerUnavailable].
func (v *Verifier) Verify(ctx context.Context, authorization string) (access.Principal, error) {
	now := v.Now()
	raw, err := bearer(authorization)
	if err != nil {
		return access.Principal{}, err
	}
	env, err := open(raw)
	if err != nil {
		return access.Principal{}, err
	}
	payload, err := v.authentic(ctx, env, now)
	if err != nil {
		return access.Principal{}, err
	}
	c, err := readClaims(payload)
	if err != nil {
		return access.Principal{}, err
	}
	if err := v.check(c, env.accessToken, now); err != nil {
		return access.Principal{}, err
	}
	return v.principal(c)
}

// authentic is the payload, when a key of the issuer's signed it.
func (v *Verifier) authentic(ctx context.Context, env envelope, now time.Time) ([]byte, error) {
	keys, err := v.keys.find(ctx, now, env, v.fetch)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if payload, err := env.jws.Verify(k.Key); err == nil {
			return payload, nil
		}
	}
	return nil, refuse("The token's signature does not hold.")
}

// refuse answers that the token does not hold. The sentence is shown to the caller: it must not repeat the token.
func refuse(sentence string) error {
	return &fault.Refusal{Kind: ErrUnauthenticated, Detail: sentence}
}

// unavailable answers that nothing could be checked. The cause is for the operator's log and never shown.
func unavailable(cause error) error {
	shown := &fault.Refusal{Kind: ErrIssuerUnavailable, Detail: "The token's issuer cannot be reached. Try again in a moment."}
	return fmt.Errorf("%w (%w)", shown, cause)
}
