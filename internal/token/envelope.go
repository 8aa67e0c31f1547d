package token

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// algorithms are the asymmetric ones of RFC 7518 and RFC 8037, and no others.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512,
	jose.PS256, jose.PS384, jose.PS512,
	jose.ES256, jose.ES384, jose.ES512,
	jose.EdDSA,
}

// minRSA is the smallest RSA key that RFC 7518, 3.3 allows, in bits. The largest is go-jose's: 4096.
const minRSA = 2048

// envelope is a token that has been read and not yet verified. Nothing in it can be relied on but as a question to the
// issuer's keys.
type envelope struct {
	jws         *jose.JSONWebSignature
	alg         jose.SignatureAlgorithm
	kid         string
	accessToken bool // its type says that it is an access token (RFC 9068)
}

// open reads a token's header, and refuses what no key could make acceptable.
func open(raw string) (envelope, error) {
	jws, err := jose.ParseSignedCompact(raw, algorithms)
	var alg *jose.ErrUnexpectedSignatureAlgorithm
	if errors.As(err, &alg) {
		return envelope{}, refuse("The token's signing algorithm is not accepted.")
	}
	if err != nil {
		return envelope{}, refuse("The token is not a signed JWT.")
	}
	head, err := header(raw)
	if err != nil {
		return envelope{}, err
	}
	kind, err := tokenType(head)
	if err != nil {
		return envelope{}, err
	}
	signed := jws.Signatures[0].Protected
	return envelope{jws, jose.SignatureAlgorithm(signed.Algorithm), signed.KeyID, kind == "at+jwt"}, nil
}

// header reads what go-jose does not judge as we do: it knows `b64`, and passes over a `crit` that is null.
func header(raw string) (map[string]any, error) {
	first, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		return nil, refuse("The token is not a signed JWT.")
	}
	head, err := object(text)
	if err != nil {
		return nil, err
	}
	for _, extension := range []string{"crit", "b64"} {
		if _, found := head[extension]; found {
			return nil, refuse("The token's header asks for an extension.")
		}
	}
	return head, nil
}

// tokenType reads the header's typ, a media type that may leave out "application/" (RFC 7515, 4.1.9). None at all is an
// old way of saying JWT.
func tokenType(head map[string]any) (string, error) {
	typ, found := head["typ"]
	text, _ := typ.(string)
	kind := strings.TrimPrefix(strings.ToLower(text), "application/")
	if !found || kind == "jwt" || kind == "at+jwt" {
		return kind, nil
	}
	return "", refuse("The token is of a type that gives no access.")
}

// fits tells whether a key may verify what that algorithm signed. The key decides, never the token: an algorithm of
// another family, curve or size has no key here.
func fits(key any, alg jose.SignatureAlgorithm) bool {
	switch k := key.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen() >= minRSA && (strings.HasPrefix(string(alg), "RS") || strings.HasPrefix(string(alg), "PS"))
	case *ecdsa.PublicKey:
		return k.Curve == curve(alg)
	case ed25519.PublicKey:
		return alg == jose.EdDSA
	}
	return false
}

func curve(alg jose.SignatureAlgorithm) elliptic.Curve {
	switch alg {
	case jose.ES256:
		return elliptic.P256()
	case jose.ES384:
		return elliptic.P384()
	case jose.ES512:
		return elliptic.P521()
	}
	return nil
}
