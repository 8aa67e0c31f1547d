package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"waybill/internal/bundle/archive"
)

// BenchmarkRead inflates a support bundle of 64 MB and of 512 MB and hands it to nobody. WAYBILL_DATA names a folder with
// real logs and the script that makes a bundle of them; without, the logs are made up.
func BenchmarkRead(b *testing.B) {
	for _, size := range []int{64, 512} {
		b.Run(strconv.Itoa(size)+"MB", func(b *testing.B) {
			source, length := benchmarkBundle(b, size<<20)
			var inflated atomic.Int64
			peak := watchPeak(func() {
				for b.Loop() {
					inflated.Store(0)
					readAll(b, source, length, &inflated)
				}
			})
			b.SetBytes(inflated.Load())
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
		})
	}
}

func readAll(b *testing.B, source io.ReaderAt, length int64, inflated *atomic.Int64) {
	a, err := archive.Open(b.Context(), source, length, archive.DefaultLimits())
	if err != nil {
		b.Fatal(err)
	}
	report := archive.Read(context.Background(), a, archive.Pass[int]{
		Workers: runtime.GOMAXPROCS(0),
		Look:    func(k *archive.Block) int { return len(k.Raw) },
		Take:    func(_ *archive.File, n int) { inflated.Add(int64(n)) },
	})
	for _, p := range report.Problems {
		b.Error(p)
	}
}

func benchmarkBundle(b *testing.B, size int) (io.ReaderAt, int64) {
	b.Helper()
	data := os.Getenv("WAYBILL_DATA")
	if data == "" {
		made := madeUp(b, size)
		return bytes.NewReader(made), int64(len(made))
	}
	out := filepath.Join(os.TempDir(), fmt.Sprintf("waybill-support-%d.zip", size>>20)) // kept: it takes longer to make than to read
	if _, err := os.Stat(out); err != nil {
		made, err := exec.Command("python3", filepath.Join(data, "make_support_zip.py"), "--out", out, "--planted", out+".json", "--size", strconv.Itoa(size)).CombinedOutput()
		if err != nil {
			b.Fatalf("%v\n%s", err, made)
		}
	}
	f, err := os.Open(out)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return f, info.Size()
}

func madeUp(b *testing.B, size int) []byte {
	b.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	log := []byte(manyLines(40_000))
	for n := range (size + len(log) - 1) / len(log) {
		f, err := w.Create(fmt.Sprintf("application-logs/atlassian-jira.log.%d", n))
		if err != nil {
			b.Fatal(err)
		}
		_, _ = f.Write(log)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}
