package redact

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	"waybill/internal/bundle/redact/receipt"
)

// digesting counts and digests what is written.
type digesting struct {
	io.Writer
	sum  hash.Hash
	size int64
}

// Write writes.
func (d *digesting) Write(p []byte) (int, error) {
	n, err := d.Writer.Write(p)
	d.sum.Write(p[:n])
	d.size += int64(n)
	return n, err
}

func (d *digesting) digest() receipt.Digest {
	return receipt.Digest{SHA256: hex.EncodeToString(d.sum.Sum(nil)), Size: d.size}
}

type counting struct {
	io.Reader
	n int64
}

// Read counts.
func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// digestOf reads all there is.
func digestOf(ctx context.Context, r io.Reader) (receipt.Digest, error) {
	d := digesting{Writer: io.Discard, sum: sha256.New()}
	buffer := make([]byte, 256<<10)
	for ctx.Err() == nil {
		n, err := r.Read(buffer)
		_, _ = d.Write(buffer[:n])
		if err == io.EOF {
			return d.digest(), nil
		}
		if err != nil {
			return receipt.Digest{}, err
		}
	}
	return receipt.Digest{}, context.Cause(ctx)
}
