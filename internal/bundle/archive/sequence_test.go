package archive_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/archive/charset"
	"waybill/internal/bundle/archive/lines"
)

func TestOpenEntry(t *testing.T) {
	t.Parallel()
	log := manyLines(100)
	for name, row := range map[string]struct {
		item item
		text string
		rule archive.Rule
	}{
		"whole":          {item{name: "a", text: log}, log, ""},
		"stored":         {item{name: "a", text: log, stored: true}, log, ""},
		"empty":          {item{name: "a"}, "", ""},
		"wrong checksum": {item{name: "a", text: "x", central: func(h *header) { h.crc++ }}, "x", archive.Checksum},
		"damaged":        {item{name: "a", text: "x", local: func(h *header) { h.content[0] = 0xFF }}, "", archive.Corrupt},
		"encrypted":      {item{name: "a", text: "x", central: func(h *header) { h.flags |= 1 }}, "", archive.Encrypted},
	} {
		a := opened(t, zipOf(one, row.item, two))
		text, err := readEntry(t.Context(), a, &a.Entries[1])
		var p archive.Problem
		if errors.As(err, &p); text != row.text || p.Rule != row.rule || err != nil && p.File != "a" {
			t.Errorf("%s: %d bytes, %v", name, len(text), err)
		}
	}
}

func readEntry(ctx context.Context, a *archive.Archive, e *archive.Entry) (string, error) {
	r, err := a.OpenEntry(ctx, e)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(r)
	return string(text), err
}

// Content that nobody changes is handed on as it stands.
func TestOpenRaw(t *testing.T) {
	t.Parallel()
	log := manyLines(100)
	a := opened(t, zipOf(one, item{name: "a", text: log, descriptor: true}, two))
	r, err := a.OpenRaw(t.Context(), &a.Entries[1])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if raw, err := io.ReadAll(r); err != nil || !bytes.Equal(raw, deflated(log)) {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
}

// A context that has ended ends an entry as well.
func TestOpenEntryStops(t *testing.T) {
	t.Parallel()
	a := opened(t, zipOf(one))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := readEntry(ctx, a, &a.Entries[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// An archive can be written anew, to the byte of every line that nobody changes: order, methods, names, encodings.
func TestRewrite(t *testing.T) {
	t.Parallel()
	const before, after = "jörg", "p1"
	a := opened(t, zipOf(
		item{name: "utf8.log", text: "\xEF\xBB\xBFein jörg\r\nzwei\r\n"},
		item{name: "mixed.log", text: "ein j\xF6rg, ein jörg, kein \xFF\n", stored: true},
		item{name: "utf16.log", text: "\xFF\xFEj\x00\xF6\x00r\x00g\x00\r\x00\n\x00x\x00"},
	))
	want := map[string]string{
		"utf8.log":  "\xEF\xBB\xBFein p1\r\nzwei\r\n",
		"mixed.log": "ein p1, ein p1, kein \xFF\n",
		"utf16.log": "\xFF\xFEp\x001\x00\r\x00\n\x00x\x00",
	}
	for i := range a.Entries {
		e := &a.Entries[i]
		r, err := a.OpenEntry(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		if got := edited(t, r, before, after); got != want[e.Name] {
			t.Errorf("%s: %q, want %q", e.Name, got, want[e.Name])
		}
		_ = r.Close()
	}
}

// edited replaces one word by another, block by block.
func edited(t *testing.T, r io.Reader, before, after string) string {
	t.Helper()
	nature, whole := archive.Identify(r)
	blocks := lines.NewReader(whole, nature.Encoding)
	var out []byte
	for mark := nature.Mark; ; mark = 0 {
		b, err := blocks.Next(make([]byte, 64))
		if err == io.EOF {
			return string(out)
		} else if err != nil {
			t.Fatal(err)
		}
		text, _ := nature.Encoding.Decode(nil, b.Raw[mark:])
		o := charset.NewOriginal(nature.Encoding, b.Raw, mark)
		for at := 0; ; {
			found := bytes.Index(text[at:], []byte(before))
			if found < 0 {
				break
			}
			out = append(out, o.Until(at+found)...)
			out = nature.Encoding.Encode(out, []byte(after))
			at += found + len(before)
			o.Until(at)
		}
		out = append(out, o.Rest()...)
	}
}

// A stream gives what the directory would, as far as it goes.
func TestStream(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"a", "b"} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(f, name+name)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := archive.NewStream(&b, archive.DefaultLimits())
	var got []string
	for {
		e, err := s.Next()
		if err != nil {
			got = append(got, err.Error())
			break
		}
		text, err := io.ReadAll(s)
		got = append(got, e.Name+"="+string(text))
		if err != nil {
			t.Error(err)
		}
	}
	if told := strings.Join(got, " "); told != "a=aa b=bb EOF" || len(s.Problems()) != 0 {
		t.Errorf("%s, %v", told, s.Problems())
	}
}

// A stream keeps to the limits by itself.
func TestStreamIsLimited(t *testing.T) {
	t.Parallel()
	limits := archive.DefaultLimits()
	limits.Entries = 2
	s := archive.NewStream(bytes.NewReader(zipOf(called("a"), called("b"), called("c"))), limits)
	var err error
	n := 0
	for ; err == nil; n++ {
		_, err = s.Next()
	}
	if p, ok := err.(archive.Problem); n != 3 || !ok || p.Rule != archive.TooMany {
		t.Errorf("%d entries and then %v", n-1, err)
	}
}
