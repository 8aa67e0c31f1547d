// Package issuer is the development issuer of OIDC access tokens: who asks for a token is given it.
//
// It stands in for a customer's identity provider on a developer's machine, and is reached by the same discovery
// document and key set, so that what verifies its tokens is the code that verifies any other's. It is no part of a
// deployed cell. Its key is made once and kept in one file, a private JSON Web Key.
package issuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/go-jose/go-jose/v4"
)

// Issuer signs with ES256 under one key.
type Issuer struct {
	url string
	key jose.JSONWebKey
}

// Open is the issuer of an URL, under the key in a file, which is made when it is absent.
func Open(url, file string) (*Issuer, error) {
	i := &Issuer{url: url}
	b, err := os.ReadFile(file)
	switch {
	case err == nil:
		err = json.Unmarshal(b, &i.key)
	case errors.Is(err, fs.ErrNotExist):
		err = i.makeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the issuer's key: %w", err)
	}
	return i, nil
}

func (i *Issuer) makeKey(file string) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	i.key = jose.JSONWebKey{Key: private, KeyID: rand.Text(), Algorithm: string(jose.ES256), Use: "sig"}
	b, err := json.Marshal(i.key)
	if err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o600)
}

// Discovery is the document at {url}/.well-known/openid-configuration (OpenID Connect Discovery 1.0, section 3).
func (i *Issuer) Discovery() any {
	return map[string]any{
		"issuer":                                i.url,
		"jwks_uri":                              i.url + "/jwks",
		"response_types_supported":              []string{"token"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{i.key.Algorithm},
	}
}

// Keys is the document at {url}/jwks.
func (i *Issuer) Keys() any { return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.key.Public()}} }
