package redact_test

import (
	"os"
	"os/exec"
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

// What it is measured against: the same bundle unpacked into a folder, and packed again at zip's fastest.
func BenchmarkUnzipAndZip(b *testing.B) {
	path := os.Getenv("WAYBILL_BUNDLE")
	if path == "" {
		b.Skip("WAYBILL_BUNDLE is not set")
	}
	for b.Loop() {
		folder := b.TempDir()
		run(b, folder, "unzip", "-qq", path, "-d", "files")
		run(b, filepath.Join(folder, "files"), "zip", "-1", "-qr", "../packed.zip", ".")
	}
}

func run(b *testing.B, folder, program string, arguments ...string) {
	b.Helper()
	c := exec.CommandContext(b.Context(), program, arguments...)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", program, err, out)
	}
}
