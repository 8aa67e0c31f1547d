package redact_test

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"waybill/internal/bundle/redact"
)

// The peak does not grow with the bundle: one file of 96 MiB, with some thousand people in it, takes what its values take.
func TestMemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	bundle := file(t)
	z := zip.NewWriter(bundle)
	w, err := z.Create("a.log")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 << 10 {
		text := fmt.Sprintf("2026-03-01 06:00:06,682+0000 http-nio-8080-exec-7 WARN user%d 540x214x1 1u7z9k6 10.20.30.40 /secure to <user%d@nordwind.de>\n", i%3000, i%3000)
		if _, err := io.WriteString(w, strings.Repeat(text, 96)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	size, err := bundle.Seek(0, io.SeekCurrent)
	if err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Scratch = file(t)
	out := file(t)
	peak := watchPeak(func() {
		if _, err := redact.Redact(t.Context(), bundle, size, out, o); err != nil {
			t.Error(err)
		}
	})
	if most := uint64(96 << 20); peak > most {
		t.Errorf("%d MiB at the peak", peak>>20)
	}
	t.Logf("%d MiB at the peak", peak>>20)
}

// watchPeak tells by how many bytes what is in use grew at the most while do ran.
func watchPeak(do func()) (peak uint64) {
	debug.FreeOSMemory()
	before := inUse()
	stop, watched := make(chan struct{}), sync.WaitGroup{}
	watched.Go(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, inUse())
			}
		}
	})
	do()
	close(stop)
	watched.Wait()
	return max(peak, inUse(), before) - before
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

func file(t testing.TB) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}
