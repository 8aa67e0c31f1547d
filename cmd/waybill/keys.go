package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"waybill/internal/bundle/redact/pseudonym"
)

func parseKey(text []byte) (key pseudonym.Key, err error) {
	n, err := hex.Decode(key[:], bytes.TrimSpace(text[:min(len(text), 2*len(key)+2)]))
	if err != nil || n != len(key) || len(bytes.TrimSpace(text)) != 2*len(key) {
		return pseudonym.Key{}, errKeyForm
	}
	return key, nil
}

// ownKey is kept in the user's configuration, readable by nobody else. It is made at first use; of two processes at once,
// the second takes the first's.
func ownKey() (key pseudonym.Key, err error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return key, fmt.Errorf("looking for a place to keep a pseudonym key: %w; give one with --key", err)
	}
	file := filepath.Join(dir, "waybill", "pseudonym.key")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(file); err == nil || errors.Is(err, fs.ErrExist) {
			text, err = os.ReadFile(file)
		}
	}
	if err != nil {
		return key, fmt.Errorf("keeping a pseudonym key: %w", err)
	}
	if key, err = parseKey(text); err != nil {
		return key, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// makeKey writes a new key under another name and links it, so that nobody reads half of one.
func makeKey(file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	made, err := os.CreateTemp(filepath.Dir(file), ".pseudonym-*")
	if err != nil {
		return err
	}
	defer os.Remove(made.Name())
	defer made.Close()
	key := make([]byte, 32)
	rand.Read(key) // never fails: crypto/rand
	if _, err := fmt.Fprintln(made, hex.EncodeToString(key)); err != nil {
		return err
	}
	return os.Link(made.Name(), file)
}

func parseSigningKey(text []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("it is not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("it is no private key in PKCS #8")
	}
	key, isEd25519 := parsed.(ed25519.PrivateKey)
	if !isEd25519 {
		return nil, errors.New("it is not an Ed25519 key")
	}
	return key, nil
}
