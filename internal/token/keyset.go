package token

import (
	"errors"
	"slices"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
)

// maxKeys bounds what one token can make us verify: without kid, every key of its kind is tried. Large issuers publish
// fewer than ten.
const maxKeys = 64

// keySet is a JWK Set (RFC 7517, 5). Of each key, only the members of a public key are read, so that a certificate or a
// private part that stands beside them is never looked at.
type keySet struct {
	Keys []json.RawMessage `json:"keys"`
}

type publicKey struct {
	Type      string `json:"kty"`
	ID        string `json:"kid,omitempty"`
	Use       string `json:"use,omitempty"`
	Algorithm string `json:"alg,omitempty"`
	Curve     string `json:"crv,omitempty"`
	N         string `json:"n,omitempty"`
	E         string `json:"e,omitempty"`
	X         string `json:"x,omitempty"`
	Y         string `json:"y,omitempty"`
}

// usable are the keys of the set that can verify a token. Others are passed over (RFC 7517, 5): an issuer's new kind of
// key must not lock everybody out. A set without any is a failure, not a fact.
func (s keySet) usable() (keys []jose.JSONWebKey, err error) {
	if len(s.Keys) > maxKeys {
		return nil, errors.New("the issuer publishes too many keys")
	}
	for _, text := range s.Keys {
		if key, ok := readKey(text); ok {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the issuer publishes no key that can verify a token")
	}
	return keys, nil
}

// readKey reads a key that may verify tokens.
func readKey(text []byte) (key jose.JSONWebKey, ok bool) {
	var public publicKey
	if json.Unmarshal(text, &public) != nil || public.Use != "" && public.Use != "sig" {
		return key, false
	}
	plain, err := json.Marshal(public)
	if err != nil || key.UnmarshalJSON(plain) != nil {
		return key, false
	}
	return key, slices.ContainsFunc(algorithms, func(alg jose.SignatureAlgorithm) bool { return fits(key.Key, alg) })
}
