package redact_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/archive/charset"
	"waybill/internal/bundle/redact"
	"waybill/internal/bundle/redact/receipt"
)

// line is what stands in every file of these tests, and what must not stand in any afterwards.
const line = "2026-03-01 06:00:06,682+0000 http-nio-8080-exec-7 WARN akowalczyk7 540x214x1 1u7z9k6 10.20.30.40 /secure [c.a.j.Mail] to Alicja Kowalczyk <alicja.k@nordwind.de>\n"

var gone = []string{"akowalczyk7", "1u7z9k6", "10.20.30.40", "Alicja", "Kowalczyk", "alicja.k@nordwind.de", "nordwind"}

func mustBeGone(t *testing.T, where, text string) {
	t.Helper()
	for _, value := range gone {
		if strings.Contains(strings.ToLower(text), strings.ToLower(value)) {
			t.Errorf("%s: %s is still there", where, value)
		}
	}
}

// Files keep their names, order, times and modes; a name that holds a value does not.
func TestArchiveStaysAsItWas(t *testing.T) {
	t.Parallel()
	bundle := packed(t, entry{"z/b.log", line}, entry{"a/", ""}, entry{"a/ünï.log", "nothing\n"}, entry{"a/empty.log", ""}, entry{"access_log.10.20.30.40.txt", line})
	out, _ := redacted(t, bundle, options())
	before, after := directory(t, bundle), directory(t, out)
	for i, f := range before {
		g := after[i]
		sameName := f.Name == g.Name || strings.Contains(f.Name, "10.20.30.40") && strings.HasPrefix(g.Name, "access_log.")
		if !sameName || f.Mode() != g.Mode() || f.Modified.UTC().Truncate(2e9) != g.Modified.UTC() || g.Comment != "" || len(g.Extra) > 0 {
			t.Errorf("%q %v %v became %q %v %v", f.Name, f.Mode(), f.Modified, g.Name, g.Mode(), g.Modified)
		}
		mustBeGone(t, "the directory", g.Name)
	}
	if len(after) != len(before) {
		t.Errorf("%d files became %d", len(before), len(after))
	}
	for name, text := range unpacked(t, out) {
		mustBeGone(t, name, text)
	}
	unzips(t, out)
}

func directory(t testing.TB, bundle []byte) []*zip.File {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil {
		t.Fatal(err)
	}
	return z.File
}

// unzips has another program read the bundle, where there is one.
func unzips(t testing.TB, bundle []byte) {
	t.Helper()
	unzip, err := exec.LookPath("unzip")
	if err != nil {
		return
	}
	path := filepath.Join(t.TempDir(), "redacted.zip")
	write(t, path, bundle)
	if out, err := exec.CommandContext(t.Context(), unzip, "-tqq", path).CombinedOutput(); err != nil {
		t.Errorf("unzip -t: %v\n%s", err, out)
	}
}

// Text in another encoding is written back in it, byte for byte but for the values.
func TestEncodings(t *testing.T) {
	t.Parallel()
	text := "Grüße 😀\r\n" + strings.ReplaceAll(line, "\n", "\r\n") + "Ende"
	wide := func(order binary.AppendByteOrder, mark bool) string {
		var b []byte
		if mark {
			b = order.AppendUint16(b, 0xfeff)
		}
		for _, u := range utf16.Encode([]rune(text)) {
			b = order.AppendUint16(b, u)
		}
		return string(b)
	}
	narrow := func(s string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, "😀", "\xe9"), "Grüße", "Gr\xfc\xdfe")
	}
	want := rewritten(t, text)
	for name, file := range map[string]string{
		"UTF-8":           text,
		"UTF-8 with BOM":  "\xef\xbb\xbf" + text,
		"UTF-16LE, BOM":   wide(binary.LittleEndian, true),
		"UTF-16BE, BOM":   wide(binary.BigEndian, true),
		"UTF-16LE, plain": wide(binary.LittleEndian, false),
		"Latin-1":         narrow(text),
	} {
		got := rewritten(t, file)
		if head, tail := file[:12], file[len(file)-4:]; !strings.HasPrefix(got, head) || !strings.HasSuffix(got, tail) {
			t.Errorf("%s: %q became %q", name, file, got)
		}
		if strings.Count(got, "\r") != strings.Count(file, "\r") || strings.Count(got, "\n") != strings.Count(file, "\n") {
			t.Errorf("%s: line ends were lost", name)
		}
		squeezed := strings.ReplaceAll(got, "\x00", "")
		mustBeGone(t, name, squeezed)
		if !strings.Contains(squeezed, "http-nio-8080-exec-7 WARN") {
			t.Errorf("%s: %q", name, got)
		}
		if e, mark := charset.Detect([]byte(got)); strings.HasPrefix(name, "UTF") {
			plain, stray := e.Decode(nil, []byte(got[mark:]))
			if string(plain) != want || stray > 0 {
				t.Errorf("%s: %q, want %q", name, plain, want)
			}
		}
	}
}

// Archives within the archive and rotated logs are rewritten where they are.
func TestNested(t *testing.T) {
	t.Parallel()
	var rotated bytes.Buffer
	z := gzip.NewWriter(&rotated)
	_, _ = io.WriteString(z, line)
	_ = z.Close()
	inner := packed(t, entry{"logs/", ""}, entry{"logs/a.log", line}, entry{"logs/10.20.30.40.txt", "x"})
	out, r := redacted(t, packed(t, entry{"node1.zip", string(inner)}, entry{"jira.log.1.gz", rotated.String()}), options())
	files := unpacked(t, out)
	within := unpacked(t, []byte(files["node1.zip"]))
	mustBeGone(t, "the archive within", within["logs/a.log"]+strings.Join(slices.Collect(maps.Keys(within)), " "))
	if len(within) != 3 || strings.Count(within["logs/a.log"], "\n") != 1 {
		t.Errorf("the archive within holds %q", slices.Collect(maps.Keys(within)))
	}
	if a, b := directory(t, inner)[1], directory(t, []byte(files["node1.zip"]))[1]; a.Name != b.Name || !a.Modified.UTC().Truncate(2e9).Equal(b.Modified) {
		t.Errorf("%v became %v", a.FileHeader, b.FileHeader)
	}
	g, err := gzip.NewReader(strings.NewReader(files["jira.log.1.gz"]))
	if err != nil {
		t.Fatal(err)
	}
	log, err := io.ReadAll(g)
	if err != nil || !strings.Contains(string(log), "exec-7 WARN") {
		t.Errorf("%q, %v", log, err)
	}
	mustBeGone(t, "the rotated log", string(log))
	var names []string
	for _, f := range r.Files {
		names = append(names, f.Name)
	}
	if want := "node1.zip node1.zip!logs/a.log"; !strings.HasPrefix(strings.Join(names, " "), want) || !slices.Contains(names, "jira.log.1.gz!jira.log.1") {
		t.Errorf("the receipt lists %q", names)
	}
	unzips(t, out)
}

// What cannot be read to its end and in full is not passed on, and the receipt names it.
func TestFailsClosed(t *testing.T) {
	t.Parallel()
	plain := func(change func(*zip.FileHeader), text string) []byte { return raw(t, change, text) }
	long := strings.Repeat("x", 600<<10)
	wide := "\xff\xfe" + strings.Repeat("a\x00", 100) + "\x00\xd8" + "a\x00"
	inner := packed(t, entry{"a.log", line})
	deep := packed(t, entry{"b.zip", string(packed(t, entry{"c.log", line}))})
	for what, row := range map[string]struct {
		bundle []byte
		rule   archive.Rule
		name   string
	}{
		"encrypted":                   {plain(func(h *zip.FileHeader) { h.Flags |= 1 }, line), archive.Encrypted, "a.log"},
		"an unknown method":           {plain(func(h *zip.FileHeader) { h.Method = 99 }, line), archive.Method, "a.log"},
		"a wrong checksum":            {plain(func(h *zip.FileHeader) { h.CRC32++ }, line), archive.Checksum, "a.log"},
		"a wrong size":                {plain(func(h *zip.FileHeader) { h.UncompressedSize64++ }, line), archive.SizeLie, "a.log"},
		"a symbolic link":             {plain(func(h *zip.FileHeader) { h.SetMode(0o777 | 1<<27) }, "/etc/passwd"), archive.Link, "a.log"},
		"damaged":                     {plain(func(h *zip.FileHeader) { h.Method = zip.Deflate }, "\xff\xff\xff"), archive.Corrupt, "a.log"},
		"a line that is too long":     {packed(t, entry{"a.log", long + line}), archive.LineLong, "a.log"},
		"UTF-16 that is none":         {packed(t, entry{"a.log", wide}), redact.Undecodable, "a.log"},
		"a name that leads out":       {packed(t, entry{"../a.log", line}), archive.Traversal, "../a.log"},
		"an absolute name":            {packed(t, entry{"/a.log", line}), archive.Absolute, "/a.log"},
		"a cut archive within":        {packed(t, entry{"n.zip", string(inner[:len(inner)-30])}), archive.Truncated, "n.zip"},
		"an archive two levels down":  {packed(t, entry{"n.zip", string(deep)}), archive.NestedDeep, "n.zip!b.zip"},
		"gzip that is none":           {packed(t, entry{"n.gz", "\x1f\x8b\x08garbage"}), archive.NestedLost, "n.gz"},
		"a heap dump":                 {packed(t, entry{"heap.hprof", "JAVA PROFILE 1.0.2\x00" + line}), redact.Unexamined, "heap.hprof"},
		"a flight recording":          {packed(t, entry{"r.jfr", "FLR\x00" + line}), redact.Unexamined, "r.jfr"},
		"twice the same name, nested": {packed(t, entry{"n.zip", string(packed(t, entry{"a.log", line}, entry{"a.log", line}))}), redact.Twice, "n.zip!a.log"},
	} {
		out, r := redacted(t, append2(t, row.bundle), options())
		left := append(slices.Clone(r.Withheld), r.Dropped...)
		if !slices.ContainsFunc(left, func(l receipt.Left) bool { return l.Rule == string(row.rule) && l.Name == row.name && l.Reason != "" }) {
			t.Errorf("%s: the receipt says %+v", what, left)
		}
		files := unpacked(t, out)
		if _, there := files[row.name]; there {
			t.Errorf("%s: it was passed on", what)
		}
		if files["good.log"] == "" {
			t.Errorf("%s: the file beside it was not passed on", what)
		}
		for name, text := range files {
			mustBeGone(t, what+": "+name, text)
		}
	}
}

// raw is a bundle of one file as it is told, however wrong.
func raw(t testing.TB, change func(*zip.FileHeader), text string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	h := &zip.FileHeader{Name: "a.log", Method: zip.Store, CRC32: checksum(text), CompressedSize64: uint64(len(text)), UncompressedSize64: uint64(len(text)), CreatorVersion: 3 << 8}
	change(h)
	w, err := z.CreateRaw(h)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// append2 adds a good file behind those of a bundle.
func append2(t testing.TB, bundle []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range directory(t, bundle) {
		from, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		to, err := z.CreateRaw(&f.FileHeader)
		if err == nil {
			_, err = io.Copy(to, from)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create("good.log")
	if err == nil {
		_, err = io.WriteString(w, line)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A binary that is asked for is passed on as it is, and the receipt says that nobody looked into it.
func TestBinaryKept(t *testing.T) {
	t.Parallel()
	o := options()
	o.Keep = func(f *archive.File) bool { return f.Format == "jfr" }
	out, r := redacted(t, packed(t, entry{"r.jfr", "FLR\x00" + line}, entry{"h.hprof", "JAVA PROFILE 1.0.2\x00" + line}, entry{"a.log", line}), o)
	if files := unpacked(t, out); files["r.jfr"] != "FLR\x00"+line || files["h.hprof"] != "" {
		t.Errorf("%q", files)
	}
	if r.Files[0].Binary != "jfr" || len(r.Dropped) != 1 || r.Dropped[0].Format != "hprof" || r.Dropped[0].Before == nil {
		t.Errorf("the receipt says %+v, %+v", r.Files, r.Dropped)
	}
}

// Neither a bundle that is none nor one with too much to remember has a receipt.
func TestRefused(t *testing.T) {
	t.Parallel()
	o := options()
	o.Limits = redact.DefaultLimits()
	o.Limits.Memory = 1000
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	bundle := packed(t, entry{"a.log", line})
	for name, row := range map[string]struct {
		ctx    context.Context
		bundle []byte
		o      redact.Options
		want   error
	}{
		"too many values": {t.Context(), bundle, o, redact.ErrTooMany},
		"out of time":     {ended, bundle, options(), context.Canceled},
		"no zip":          {t.Context(), []byte("no zip"), options(), archive.Problem{}},
	} {
		var out room
		_, err := redact.Redact(row.ctx, bytes.NewReader(row.bundle), int64(len(row.bundle)), &out, row.o)
		if is := errors.Is(err, row.want); !is && !(row.want == archive.Problem{} && errors.As(err, new(archive.Problem))) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// failing is room that cannot be written to, or not read from.
type failing struct {
	room
	write, read error
}

func (f *failing) WriteAt(p []byte, at int64) (int, error) {
	if f.write != nil {
		return 0, f.write
	}
	return f.room.WriteAt(p, at)
}

func (f *failing) ReadAt(p []byte, at int64) (int, error) {
	if f.read != nil {
		return 0, f.read
	}
	return f.room.ReadAt(p, at)
}

// Without room there is no receipt.
func TestScratchFails(t *testing.T) {
	t.Parallel()
	full := errors.New("the disk is full")
	for name, scratch := range map[string]redact.Scratch{"writing": &failing{write: full}, "reading": &failing{read: full}} {
		o := options()
		o.Scratch = scratch
		bundle := packed(t, entry{"a.log", line}, entry{"n.zip", string(packed(t, entry{"b.log", line}))})
		var out room
		if _, err := redact.Redact(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), &out, o); !errors.Is(err, full) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
