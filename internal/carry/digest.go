package carry

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"sync"
)

// block is how much is read at once, in bytes: little enough to stay in a core's cache until it is hashed, and enough that
// two digests seldom wait for each other.
const block = 1 << 20

// digest reads a stretch of the file once, for one digest or several. seen hears how many bytes were done.
func digest(ctx context.Context, file io.ReaderAt, from, size int64, seen func(int64), into ...hash.Hash) error {
	buffer := make([]byte, min(block, size))
	for at := from; at < from+size; {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b := buffer[:min(block, from+size-at)]
		if _, err := file.ReadAt(b, at); err != nil {
			return fmt.Errorf("reading the file: %w", err)
		}
		write(b, into)
		at += int64(len(b))
		seen(int64(len(b)))
	}
	return nil
}

// write gives each digest but the last a core of its own.
func write(b []byte, into []hash.Hash) {
	var others sync.WaitGroup
	last := len(into) - 1
	for _, h := range into[:last] {
		others.Go(func() { h.Write(b) })
	}
	into[last].Write(b)
	others.Wait()
}

func sum(h hash.Hash) string { return base64.StdEncoding.EncodeToString(h.Sum(nil)) }

// whole takes the digest of all of it, while nothing is sent.
func (c Carrier) whole(ctx context.Context, g *goods) (string, error) {
	c.Meter.Begin("hashing", g.size)
	defer c.Meter.End()
	h := sha256.New()
	err := digest(ctx, g.file, 0, g.size, c.Meter.Add, h)
	return sum(h), err
}
