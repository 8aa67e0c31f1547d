package archive_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"waybill/internal/bundle/archive"
)

// metered counts what is fetched.
type metered struct {
	io.ReaderAt
	mu      sync.Mutex
	calls   int
	fetched int64
}

func (m *metered) ReadAt(p []byte, off int64) (int, error) {
	m.mu.Lock()
	m.calls, m.fetched = m.calls+1, m.fetched+int64(len(p))
	m.mu.Unlock()
	return m.ReaderAt.ReadAt(p, off)
}

// big is an archive of so many MiB, of entries small and large that do not shrink.
func big(t *testing.T, mib int) []byte {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	var items []item
	for left, n := mib<<20, 0; left > 0; n++ {
		size := []int{200, 5_000, 60_000, 1_500_000}[n%4]
		noise := make([]byte, size)
		for i := range noise {
			if noise[i] = byte(' ' + r.UintN(95)); i%200 == 0 {
				noise[i] = '\n'
			}
		}
		items = append(items, item{name: fmt.Sprintf("logs/%d.log", n), text: string(noise), stored: true})
		left -= size
	}
	return zipOf(items...)
}

// An archive in S3 costs one request for each MiB, three for its end, and hardly a byte twice.
func TestFetches(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		zip   []byte
		calls int
		more  float64
	}{
		{"less than a MiB", zipOf(one, two), 1, 1},
		{"24 MiB", big(t, 24), 24 + 1 + 3, 1.02},
	} {
		m := &metered{ReaderAt: bytes.NewReader(row.zip)}
		a, err := archive.Open(t.Context(), m, int64(len(row.zip)), archive.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		report := texts(t.Context(), a, map[string]string{})
		if m.calls > row.calls || float64(m.fetched) > row.more*float64(len(row.zip)) || len(report.Problems) > 0 {
			t.Errorf("%s: %d calls for %d of %d bytes, %v", row.name, m.calls, m.fetched, len(row.zip), report.Problems)
		}
	}
}

// What has been read is let go of: half a GiB that does not shrink costs a few MiB.
func TestChunksAreLetGo(t *testing.T) {
	const n = 512 << 20
	var crc uint32
	nothing := make([]byte, 1<<20)
	for range n / len(nothing) {
		crc = crc32.Update(crc, crc32.IEEETable, nothing)
	}
	set := func(h *header) { h.size, h.packed, h.crc = n, n, crc }
	zip := bundle{items: []item{{name: "core", stored: true, local: set, central: set}}, end: func(e *ending) { e.offset += n }}.bytes()
	cut := 30 + len("core")
	var report *archive.Report
	peak := watchPeak(func() {
		a, err := archive.Open(t.Context(), hole{zip[:cut], zip[cut:], int64(len(zip)) + n}, int64(len(zip))+n, archive.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		report = texts(t.Context(), a, map[string]string{})
	})
	if peak > 24<<20 || len(report.Problems) > 0 || report.Files[0].Size != n {
		t.Errorf("%d MiB, %v, %d bytes", peak>>20, report.Problems, report.Files[0].Size)
	}
}

// Thousands of end records that lead nowhere are not all followed: each costs a request.
func TestFalseEndsCostLittle(t *testing.T) {
	t.Parallel()
	leadsNowhere := fields(nil, uint32(0x06054b50), uint32(0), uint16(1), uint16(1), uint32(46), uint32(0), uint16(0))
	zip := append(make([]byte, 2<<20), bytes.Repeat(leadsNowhere, 2000)...)
	m := &metered{ReaderAt: bytes.NewReader(zip)}
	_, err := archive.Open(t.Context(), m, int64(len(zip)), archive.DefaultLimits())
	if err == nil || err.(archive.Problem).Rule != archive.NotZip || m.calls > 70 {
		t.Errorf("%d calls, %v", m.calls, err)
	}
}

// What is not read is not fetched.
func TestRefusedIsNotFetched(t *testing.T) {
	t.Parallel()
	secret := item{name: "vault", text: string(make([]byte, 8<<20)), stored: true, central: func(h *header) { h.flags |= 1 }}
	zip := zipOf(one, secret, two)
	m := &metered{ReaderAt: bytes.NewReader(zip)}
	a, err := archive.Open(t.Context(), m, int64(len(zip)), archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if report := texts(t.Context(), a, map[string]string{}); m.fetched > 1<<20+256<<10 || len(report.Files) != 2 {
		t.Errorf("%d bytes, %d files", m.fetched, len(report.Files))
	}
}

// Entries that are opened one after the other share their fetches as well.
func TestFetchesOneByOne(t *testing.T) {
	t.Parallel()
	zip := zipOf(many(300, func(i int) item { return item{name: fmt.Sprint(i), text: manyLines(80), stored: true} })...)
	m := &metered{ReaderAt: bytes.NewReader(zip)}
	a, err := archive.Open(t.Context(), m, int64(len(zip)), archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Entries {
		if text, err := readEntry(t.Context(), a, &a.Entries[i]); err != nil || text != manyLines(80) {
			t.Fatal(err)
		}
	}
	if m.fetched > int64(len(zip))*102/100+64<<10 || len(zip) < 2<<20 {
		t.Errorf("%d calls for %d of %d bytes", m.calls, m.fetched, len(zip))
	}
}

// hole is a file of which most was never written.
type hole struct {
	front, back []byte
	size        int64
}

func (h hole) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	if off < int64(len(h.front)) {
		copy(p, h.front[off:])
	}
	if at := h.size - int64(len(h.back)) - off; at < int64(len(p)) {
		copy(p[max(0, at):], h.back[max(0, -at):])
	}
	return len(p), nil
}

// Offsets and sizes beyond four GiB are read where they stand, and a vault of six GiB costs nothing.
func TestBeyondFourGiB(t *testing.T) {
	t.Parallel()
	const far = 6 << 30
	vault := item{name: "vault", stored: true, central: func(h *header) { h.flags, h.zip64, h.packed, h.size = h.flags|1, true, far, far }}
	behind := but(one, func(h *header) { h.zip64, h.offset = true, h.offset+far })
	zip := bundle{items: []item{vault, behind}, zip64: true, end: func(e *ending) { e.offset += far }}.bytes()
	cut := 30 + len("vault")
	m := &metered{ReaderAt: hole{zip[:cut], zip[cut:], int64(len(zip)) + far}}
	a, err := archive.Open(t.Context(), m, int64(len(zip))+far, archive.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	report := texts(t.Context(), a, found)
	if found["logs/one.log"] != one.text || len(report.Problems) != 1 || report.Problems[0].Rule != archive.Encrypted || m.fetched > 3<<20 {
		t.Errorf("%q, %v, %d bytes", found, report.Problems, m.fetched)
	}
}
