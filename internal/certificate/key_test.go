package certificate

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"testing"
)

func TestKeyComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	text, err := WriteKey(publicKey())
	if err != nil {
		t.Fatal(err)
	}
	if key, err := ReadKey(text); err != nil || !key.Equal(publicKey()) {
		t.Errorf("%x, %v", key, err)
	}
}

func TestReadKeyRefuses(t *testing.T) {
	t.Parallel()
	fine, _ := WriteKey(publicKey())
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	x25519, _ := ecdh.X25519().GenerateKey(rand.Reader)
	private, _ := x509.MarshalPKCS8PrivateKey(cellKey())
	for name, text := range map[string][]byte{
		"nothing":         nil,
		"no PEM":          []byte("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"),
		"two keys":        append(bytes.Clone(fine), fine...),
		"something after": append(bytes.Clone(fine), "x"...),
		"huge":            append(bytes.Repeat([]byte("\n"), MaxKey), fine...),
		"cut off":         fine[:len(fine)-30],
		"a header":        bytes.Replace(fine, []byte("KEY-----\n"), []byte("KEY-----\nA: b\n\n"), 1),
		"another type":    bytes.ReplaceAll(fine, []byte("PUBLIC"), []byte("RSA PUBLIC")),
		"a private key":   pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}),
		"no DER":          pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("hello")}),
		"another curve":   public(t, p256.Public()),
		"another use":     public(t, x25519.PublicKey()),
	} {
		if key, err := ReadKey(text); !errors.Is(err, ErrNoKey) {
			t.Errorf("%s: %x, %v", name, key, err)
		}
	}
}

func public(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

// Whatever is given for a key, nothing panics, and what is taken has the size of one.
func FuzzReadKey(f *testing.F) {
	fine, _ := WriteKey(publicKey())
	f.Add(fine)
	f.Add(append([]byte("a line before\n"), fine...))
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		key, err := ReadKey(text)
		if (err == nil) != (len(key) == ed25519.PublicKeySize) {
			t.Errorf("%x, %v", key, err)
		}
	})
}
