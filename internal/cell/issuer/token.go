package issuer

import (
	"crypto/rand"
	"fmt"
	"maps"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Audience is what the tokens are for: the audience that a cell in development expects.
const Audience = "waybill"

// Grant is what a token says of whom.
type Grant struct {
	Subject      string
	Organisation string // empty for an operator
	Roles        []string
	Lifetime     time.Duration  // a negative one makes a token that has expired
	Claims       map[string]any // added as they are, over those named above
}

// Issue signs a grant as of now, as an access token in the sense of RFC 9068.
func (i *Issuer) Issue(g Grant, now time.Time) (string, error) {
	options := (&jose.SignerOptions{}).WithType("at+jwt")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: i.key}, options)
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	token, err := jwt.Signed(signer).Claims(i.claims(g, now)).Serialize()
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return token, nil
}

func (i *Issuer) claims(g Grant, now time.Time) map[string]any {
	expires := now.Add(g.Lifetime)
	issued := now
	if expires.Before(now) {
		issued = expires.Add(-time.Hour) // expired, and otherwise in order
	}
	all := map[string]any{
		"iss": i.url, "aud": Audience, "sub": g.Subject, "roles": g.Roles, "jti": rand.Text(),
		"iat": issued.Unix(), "nbf": issued.Unix(), "exp": expires.Unix(),
	}
	if g.Organisation != "" {
		all["org"] = g.Organisation
	}
	maps.Copy(all, g.Claims)
	return all
}
