package redact_test

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"
	"os"
	"sync"
	"testing"
	"time"

	"waybill/internal/bundle/redact"
	"waybill/internal/bundle/redact/pseudonym"
	"waybill/internal/bundle/redact/receipt"
)

// room is memory that is written and read by offsets, as a file would be.
type room struct {
	mu    sync.Mutex
	bytes []byte
}

func (r *room) WriteAt(p []byte, at int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if missing := int(at) + len(p) - len(r.bytes); missing > 0 {
		r.bytes = append(r.bytes, make([]byte, missing)...)
	}
	return copy(r.bytes[at:], p), nil
}

func (r *room) ReadAt(p []byte, at int64) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.NewReader(r.bytes).ReadAt(p, at)
}

func (r *room) Write(p []byte) (int, error) { return r.WriteAt(p, int64(len(r.bytes))) }

// when is the time in every receipt.
var when = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)

func options() redact.Options {
	return redact.Options{Key: pseudonym.Key{1, 2, 3}, Scratch: new(room), When: when, Workers: 2}
}

// redacted redacts a bundle that has to come out.
func redacted(t testing.TB, bundle []byte, o redact.Options) ([]byte, receipt.Receipt) {
	t.Helper()
	var out room
	r, err := redact.Redact(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), &out, o)
	if err != nil {
		t.Fatal(err)
	}
	return out.bytes, r
}

// unpacked is every file of a bundle, by its name.
func unpacked(t testing.TB, bundle []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		all[f.Name] = string(text)
	}
	return all
}

// entry is one file of a bundle that a test makes.
type entry struct{ name, text string }

// packed is a bundle of entries, in their order.
func packed(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: when.Add(time.Duration(i) * time.Hour)}
		h.SetMode(0o640)
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(w, e.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rewritten is what becomes of one file's text.
func rewritten(t testing.TB, text string) string {
	t.Helper()
	out, _ := redacted(t, packed(t, entry{"a.log", text}), options())
	return unpacked(t, out)["a.log"]
}

func write(t testing.TB, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func checksum(text string) uint32 { return crc32.ChecksumIEEE([]byte(text)) }
