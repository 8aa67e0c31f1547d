package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"waybill/internal/bundle/redact/receipt"
)

// redacted makes a copy of a bundle without what must not leave, in the cache, and answers it and the digest of its
// receipt. A copy that an interrupted upload has left is taken again if it is still of this bundle: then the upload is
// gone on with.
func (u uploading) redacted(ctx context.Context, file string) (copied, digest string, err error) {
	dir, err := redactedDir(file)
	if err != nil {
		return "", "", err
	}
	r := redaction{out: filepath.Join(dir, "redacted-"+filepath.Base(file)), receipt: filepath.Join(dir, "receipt.json"), key: u.key}
	as := asTable
	r.printer = printer{os.Stderr, &as}
	done, text, kept := r.left(file)
	if !kept {
		if done, err = r.redact(ctx, file); err != nil {
			return "", "", err
		}
		if text, err = os.ReadFile(r.receipt); err != nil {
			return "", "", err
		}
	}
	if err := r.print(done); err != nil {
		return "", "", err
	}
	sum := sha256.Sum256(text)
	return r.out, base64.StdEncoding.EncodeToString(sum[:]), u.handOut(file, text)
}

// handOut writes the receipt where the customer keeps it.
func (u uploading) handOut(file string, text []byte) error {
	to := u.receipt
	if to == "" {
		to = file + ".receipt.json"
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		return fmt.Errorf("writing the receipt: %w", err)
	}
	fmt.Fprintf(os.Stderr, "the receipt is in %s\n", plain(to))
	return nil
}

func redactedDir(file string) (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	path, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(path))
	dir := filepath.Join(cache, "redacted", hex.EncodeToString(sum[:12]))
	return dir, os.MkdirAll(dir, 0o700)
}

// left finds what an earlier call has left: the receipt of this very bundle, under this key, about the copy that is there.
func (r redaction) left(file string) (done receipt.Receipt, text []byte, kept bool) {
	text, err := os.ReadFile(r.receipt)
	if err != nil || json.Unmarshal(text, &done) != nil {
		return receipt.Receipt{}, nil, false
	}
	key, err := pseudonymKey(r.key)
	kept = err == nil && done.KeyID == key.ID() && digestOf(file) == done.Before && digestOf(r.out) == done.After
	return done, text, kept
}

// digestOf is of a file; that of none is nobody's.
func digestOf(name string) receipt.Digest {
	file, err := os.Open(name)
	if err != nil {
		return receipt.Digest{}
	}
	defer file.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, file)
	if err != nil {
		return receipt.Digest{}
	}
	return receipt.Digest{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}
}
