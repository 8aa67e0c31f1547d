package archive_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/bundle/archive"
)

// Archives by others are read as Go's own reader reads them.
func TestInterop(t *testing.T) {
	t.Parallel()
	for name, made := range map[string]func(*testing.T, string){
		"archive/zip":                  byGo,
		"Python":                       byPython(`zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)`),
		"Python, stored":               byPython(`zipfile.ZipFile(out, "w")`),
		"Python, to a pipe":            byPython(`zipfile.ZipFile(Pipe(open(out, "wb")), "w", zipfile.ZIP_DEFLATED)`),
		"Python, appended to":          byPython(`(open(out, "wb").write(b"#!/bin/sh\n" * 9), zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED))[1]`),
		"Info-ZIP":                     byInfoZip("-q", "-r", "OUT", "."),
		"Info-ZIP, stored":             byInfoZip("-q", "-0", "-r", "OUT", "."),
		"Info-ZIP, zip64":              byInfoZip("-q", "-fz", "-r", "OUT", "."),
		"Info-ZIP, with descriptors":   byInfoZip("-q", "-fd", "-r", "OUT", "."),
		"Info-ZIP, extra fields apart": byInfoZip("-q", "-X", "-r", "OUT", "."),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := filepath.Join(t.TempDir(), "out.zip")
			made(t, out)
			b, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			sameAsGo(t, b)
		})
	}
}

func sameAsGo(t *testing.T, b []byte) {
	t.Helper()
	want, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	a := opened(t, b)
	if len(a.Entries) != len(want.File) || len(want.File) < 4 || a.Comment != want.Comment {
		t.Fatalf("%d entries, %q, want %d, %q", len(a.Entries), a.Comment, len(want.File), want.Comment)
	}
	for i, f := range want.File {
		e := &a.Entries[i]
		if e.Name != f.Name || e.Size != int64(f.UncompressedSize64) || e.Method != f.Method || e.CRC32 != f.CRC32 || e.IsDir() != f.FileInfo().IsDir() {
			t.Errorf("%+v, want %+v", e, f)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(r)
		if text, ours := readEntry(t.Context(), a, e); text != string(whole) || (ours == nil) != (err == nil) {
			t.Errorf("%s: %d bytes, %v, want %d, %v", e.Name, len(text), ours, len(whole), err)
		}
	}
	for _, p := range texts(t.Context(), a, map[string]string{}).Problems {
		if p.Rule != archive.Unlisted || !strings.Contains(p.Reason, "90 bytes before") {
			t.Error(p)
		}
	}
}

// theFiles are what each of them packs.
func theFiles() map[string]string {
	return map[string]string{"logs/a.log": manyLines(500), "empty": "", "Größe/日本.txt": "x\n", "noise": string(deflated(manyLines(50)))}
}

func byGo(t *testing.T, out string) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range theFiles() {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(f, text)
	}
	_ = w.SetComment("by Go")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(out, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func byPython(how string) func(*testing.T, string) {
	return func(t *testing.T, out string) {
		run(t, unpacked(t), "python3", "-c", `
import os, sys, zipfile
class Pipe:
    def __init__(self, f): self.f = f
    def write(self, b): return self.f.write(b)
    def flush(self): self.f.flush()
out = sys.argv[1]
with `+how+` as z:
    for folder, _, names in os.walk("."):
        for name in names: z.write(os.path.join(folder, name))
    z.comment = b"by Python"
`, out)
	}
}

func byInfoZip(args ...string) func(*testing.T, string) {
	return func(t *testing.T, out string) {
		given := strings.Split(strings.ReplaceAll(strings.Join(args, " "), "OUT", out), " ")
		run(t, unpacked(t), "zip", given...)
	}
}

func unpacked(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range theFiles() {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func run(t *testing.T, folder, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	c := exec.CommandContext(t.Context(), path, args...)
	c.Dir = folder
	if said, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, said)
	}
}
