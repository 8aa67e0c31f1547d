package certificate

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
)

// MaxKey is the longest text that is read for a key, in bytes. A key has some 120.
const MaxKey = 64 << 10

// ErrNoKey is met by a text that is not one Ed25519 public key in PEM.
var ErrNoKey = errors.New("it is not one Ed25519 public key in PEM (BEGIN PUBLIC KEY)")

// KeyID names a signing key: "sha256:" and the hex digest of its public half as PKIX has it in DER. It is the keyid of
// every signature, so that a file says which key it needs.
func KeyID(key ed25519.PublicKey) string {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic("certificate: an Ed25519 key cannot be written: " + err.Error())
	}
	sum := sha256.Sum256(der)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// ReadKey reads a public key as GET /v1/ledger/key serves it: PEM, one block, nothing after it.
func ReadKey(text []byte) (ed25519.PublicKey, error) {
	if len(text) > MaxKey {
		return nil, ErrNoKey
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" || len(block.Headers) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return nil, ErrNoKey
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, ErrNoKey
	}
	ed, ok := key.(ed25519.PublicKey)
	if !ok || len(ed) != ed25519.PublicKeySize {
		return nil, ErrNoKey
	}
	return ed, nil
}

// WriteKey writes a public key the way ReadKey reads it.
func WriteKey(key ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}
