package certificate

import (
	"encoding/base64"
	"runtime"
	"testing"

	"golang.org/x/sync/errgroup"
)

// BenchmarkVerify checks one certificate of as many things as fit, in a ledger of a thousand entries.
func BenchmarkVerify(b *testing.B) {
	file, key := full(b), publicKey()
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Verify(file, key); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify10000 checks ten thousand, as many at a time as there are processors.
func BenchmarkVerify10000(b *testing.B) {
	file, key := full(b), publicKey()
	for b.Loop() {
		var g errgroup.Group
		g.SetLimit(runtime.NumCPU())
		for range 10_000 {
			g.Go(func() error {
				_, err := Verify(file, key)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkChunk divides an intent of a thousand things.
func BenchmarkChunk(b *testing.B) {
	f := facts(1000)
	for b.Loop() {
		Chunk(f, func(int) string { return f.ID })
	}
}

func full(b *testing.B) []byte {
	c := issue(b, Chunk(facts(1000), partName)[0])
	file, err := WithInclusion(c.Envelope, included(b, c.Payload, 617, 1000))
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("a file of %d bytes, %d in base64 of them what was signed", len(file), base64.StdEncoding.EncodedLen(len(c.Payload)))
	return file
}
