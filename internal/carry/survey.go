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

// manifest is what is in a file: digests are SHA-256 in base64.
type manifest struct {
	SHA256   string
	PartSize int64    // bytes; 0 when there is but one PUT
	Parts    []string // each part's digest, from part 1
}

// The cell decides on part sizes (package upload). These guess what it will say, so that one read suffices; a wrong guess
// costs a second read and nothing else.
const (
	singleUpTo = 16 << 20
	mostParts  = 8_000
)

func likelyPart(size int64) int64 {
	if size <= singleUpTo {
		return 0
	}
	const step = 1 << 20
	atLeast := (size + mostParts - 1) / mostParts
	return max(singleUpTo, (atLeast+step-1)/step*step)
}

// block is how much is read at once, in bytes: enough that the two digests seldom wait for each other.
const block = 2 << 20

// survey reads the file once and takes the digest of the whole and of each part, the two at the same time. seen hears how
// many bytes were done.
func survey(ctx context.Context, file io.ReaderAt, size, partSize int64, seen func(int64)) (manifest, error) {
	m := manifest{PartSize: partSize}
	whole, part := sha256.New(), sha256.New()
	buffer := make([]byte, block)
	for at := int64(0); at < size; {
		if ctx.Err() != nil {
			return m, context.Cause(ctx)
		}
		b := buffer[:stretch(at, size, partSize)]
		if _, err := file.ReadAt(b, at); err != nil {
			return m, fmt.Errorf("reading the file: %w", err)
		}
		hashBoth(whole, part, b, partSize > 0)
		at += int64(len(b))
		if partSize > 0 && (at%partSize == 0 || at == size) {
			m.Parts = append(m.Parts, sum(part))
			part.Reset()
		}
		seen(int64(len(b)))
	}
	m.SHA256 = sum(whole)
	return m, nil
}

// stretch is how much to read at a place so that no block belongs to two parts.
func stretch(at, size, partSize int64) int64 {
	n := min(block, size-at)
	if partSize > 0 {
		n = min(n, partSize-at%partSize)
	}
	return n
}

func hashBoth(whole, part hash.Hash, b []byte, parts bool) {
	if !parts {
		whole.Write(b)
		return
	}
	var other sync.WaitGroup
	other.Go(func() { part.Write(b) })
	whole.Write(b)
	other.Wait()
}

func sum(h hash.Hash) string { return base64.StdEncoding.EncodeToString(h.Sum(nil)) }
