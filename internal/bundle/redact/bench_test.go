package redact_test

import (
	"os"
	"path/filepath"
	"testing"

	"waybill/internal/bundle/redact"
)

// A bundle that is named by the environment, redacted to a file as the command line does it.
func BenchmarkRedact(b *testing.B) {
	path := os.Getenv("WAYBILL_BUNDLE")
	if path == "" {
		b.Skip("WAYBILL_BUNDLE is not set")
	}
	source, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		out, scratch := file(b), file(b)
		o := options()
		o.Scratch = scratch
		r, err := redact.Redact(b.Context(), source, info.Size(), out, o)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(r.Residual.Bytes)
	}
}

func file(b *testing.B) *os.File {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "file"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	return f
}
