package residue_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"waybill/internal/bundle/redact/residue"
)

type entry struct{ name, text string }

func packed(t testing.TB, method uint16, entries ...entry) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
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

// spots is where something is found in a bundle, as "kind file:line".
func spots(t testing.TB, bundle []byte, values ...residue.Value) string {
	t.Helper()
	_, err := residue.Search(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), residue.Wanted{Values: values, Workers: 2})
	var found *residue.Error
	if err != nil && !errors.As(err, &found) {
		t.Fatal(err)
	}
	var all []string
	if found != nil {
		for _, s := range found.Spots {
			all = append(all, fmt.Sprintf("%s %s:%d", s.Kind, s.File, s.Line))
		}
	}
	return strings.Join(all, ", ")
}

func inText(t testing.TB, text string, values ...residue.Value) string {
	t.Helper()
	return spots(t, packed(t, zip.Deflate, entry{"a.log", text}), values...)
}

func wide(order binary.AppendByteOrder, text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// Each value is found in every encoding, on its line, wherever in a stretch of four bytes it begins.
func TestEveryEncoding(t *testing.T) {
	t.Parallel()
	values := []residue.Value{
		{"xname", "Jörg O'Brien <x>"}, {"email", "alicja.k@nordwind.dev"}, {"password", `hunter22&"x\`}, {"session", "1u7z9k6"},
		{"username", "bsm22"}, {"ipv4", "10.20.30.40"}, {"private_key", strings.Repeat("Zm9v/w+x", 20)}, {"fullname", "Søren Åström"},
	}
	b64 := base64.StdEncoding.EncodeToString
	for _, v := range values {
		forms := map[string]string{
			"plain": v.Text, "capitals": strings.ToUpper(v.Text), "percent": url.QueryEscape(v.Text), "path": url.PathEscape(v.Text),
			"UTF-16LE": "", "UTF-16BE": "",
		}
		if v.Kind == "email" {
			forms["JSON"], forms["XML"], forms["hex XML"] = strings.Replace(v.Text, "@", `\u0040`, 1), strings.Replace(v.Text, "@", "&#64;", 1), strings.Replace(v.Text, "@", "&#x40;", 1)
		}
		if v.Kind == "password" {
			forms["JSON"], forms["XML"] = `hunter22&\"x\\`, "hunter22&amp;&#34;x\\"
		}
		if v.Kind == "fullname" {
			forms["JSON"], forms["Latin-1"] = `S\u00f8ren \u00c5str\u00f6m`, "S\xf8ren \xc5str\xf6m"
		}
		if len(v.Text) >= 8 {
			for shift := range 3 {
				forms[fmt.Sprintf("Base64, %d", shift)] = b64([]byte("abcdefg"[:6+shift%2+shift/2] + v.Text + " and more"))
			}
			forms["Base64 for URLs"] = base64.RawURLEncoding.EncodeToString([]byte("xy" + v.Text + "?>?>"))
		}
		for form, text := range forms {
			for shift := range 8 {
				text := "one\ntwo\n" + strings.Repeat("-", shift) + " " + text + " \nfour\n"
				switch form {
				case "UTF-16LE":
					text = wide(binary.LittleEndian, strings.Replace(text, "  ", " "+v.Text+" ", 1))
				case "UTF-16BE":
					text = wide(binary.BigEndian, strings.Replace(text, "  ", " "+v.Text+" ", 1))
				}
				if got, want := inText(t, text, v), v.Kind+" a.log:3"; got != want && !(shift == 0 && strings.HasPrefix(form, "UTF-16")) {
					t.Errorf("%s as %s, behind %d: %q", v.Text, form, shift, got)
				}
			}
		}
	}
}

// It is found wherever chunks are cut, once, and on the right line.
func TestChunks(t *testing.T) {
	t.Parallel()
	v := residue.Value{Kind: "session", Text: "0123456789ABCDEF0123456789ABCDEF"}
	for at := 256<<10 - 1100; at < 256<<10+40; at += 19 {
		text := strings.Repeat("-------\n", at/8) + strings.Repeat("-", at%8) + v.Text + "\n" + strings.Repeat("-------\n", 1000)
		if got, want := inText(t, text, v), fmt.Sprintf("session a.log:%d", at/8+1); got != want {
			t.Fatalf("at %d: %q, want %q", at, got, want)
		}
	}
	word := residue.Value{Kind: "username", Text: "bsm22"}
	for at := 256<<10 - 1040; at < 256<<10+8; at += near(at) {
		for _, part := range []string{"x" + word.Text, word.Text + "x"} {
			text := strings.Repeat("-", at) + part + strings.Repeat("-", 2000)
			if got := inText(t, text, word); got != "" {
				t.Fatalf("at %d: a part of a word was taken for one: %q", at, got)
			}
		}
	}
}

// near steps byte by byte where a chunk ends or what two share begins, and further elsewhere.
func near(at int) int {
	for _, edge := range []int{256<<10 - 1024, 256<<10 - 512, 256 << 10} {
		if at > edge-26 && at < edge+8 {
			return 1
		}
	}
	return 12
}

// What is packed in it, and its names, are searched as well.
func TestEverywhere(t *testing.T) {
	t.Parallel()
	v := residue.Value{Kind: "username", Text: "akowalczyk7"}
	var z bytes.Buffer
	g := gzip.NewWriter(&z)
	_, _ = io.WriteString(g, "\n"+v.Text)
	_ = g.Close()
	inner := packed(t, zip.Deflate, entry{"b.log", "x " + v.Text}, entry{"of-akowalczyk7.log", ""})
	bundle := packed(t, zip.Store, entry{"n.zip", string(inner)}, entry{"c.gz", z.String()}, entry{"akowalczyk7/", ""}, entry{"empty", ""})
	if got, want := spots(t, bundle, v), "username akowalczyk7/:0, username c.gz:2, username n.zip!b.log:1, username n.zip!of-akowalczyk7.log:0"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// What looks like something sensitive is found without having been found before; near misses and what a redaction writes
// are not.
func TestShapes(t *testing.T) {
	t.Parallel()
	const name = "badabadabadabadaba"
	for text, want := range map[string]string{
		"to jane.doe@corp.com now":     "email",
		"<jane@corp.example>":          "email",
		"=jane@corp.de":                "email",
		name + "@" + name + ".example": "", "git@github.com": "", "Foo@1a2b.com": "", "icon@2x.png": "", "java.base@11.0.9": "", "https://x@sentry.com/1": "", "password-removed@github.com": "",
		"from 10.120.30.40:80": "ipv4", "from 10.20.30.40": "", "from 192.168.77.1.": "ipv4", "from 172.16.44.55": "ipv4", "x 172.32.44.55": "", "x 10.0.14393.0": "", "x-10.20.30.40": "", "v10.20.30.40": "", "192.0.2.1 198.51.100.7": "",
		"-----BEGIN EC PRIVATE KEY-----": "private_key", "-----BEGIN PUBLIC KEY-----": "",
		"x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln": "jwt", "eyJhbGci": "",
		"x AKIAIOSFODNN7EXAMPLE": "aws_key", "AKIAIOSFODNN7EXAMPLEX": "", "AKIAxxxx": "",
		"Authorization: Bearer abcdeF0123456789ABCdef": "token", "Authorization: Bearer token-removed": "",
		"Authorization: Basic YWt3OmJsYWhibGFoYmxhaA==": "password", "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("a:password-removed")): "",
		"password=hT7xQ2vL9pZ4mB": "secret", `"client_secret": "hT7xQ2vL9pZ4mB"`: "secret", "password=password-removed": "", "token=com.atlassian.jira.web.Token": "", "tokens: 1234567890123456": "",
	} {
		got, _, _ := strings.Cut(inText(t, "one "+text+" two"), " ")
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A value that nothing tells from a word is not searched for, and that is counted.
func TestInPlace(t *testing.T) {
	t.Parallel()
	values := []residue.Value{{"password", "jira"}, {"username", "rose"}, {"fullname", "Rose"}, {"session", "1234567"}, {"hostname", "corp"}, {"password", "hunter22"}}
	bundle := packed(t, zip.Deflate, entry{"a.log", "jira rose Rose 1234567 corp"})
	r, err := residue.Search(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), residue.Wanted{Values: values})
	if err != nil || r.Values != 1 || r.InPlace != 5 || r.Bytes != 27 {
		t.Errorf("%+v, %v", r, err)
	}
}

// The error tells the place, and not the value; what cannot be read is an error too.
func TestErrors(t *testing.T) {
	t.Parallel()
	v := residue.Value{Kind: "password", Text: "hunter22!x"}
	bundle := packed(t, zip.Deflate, entry{"a.log", strings.Repeat("hunter22!x\n", 300)})
	_, err := residue.Search(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), residue.Wanted{Values: []residue.Value{v}})
	var found *residue.Error
	if !errors.As(err, &found) || len(found.Spots) != 100 || !found.More || strings.Contains(err.Error(), "hunter") || !strings.Contains(err.Error(), `password in "a.log", line 1`) {
		t.Errorf("%v", err)
	}
	bundle[40] ^= 0xff
	if _, err := residue.Search(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), residue.Wanted{}); err == nil {
		t.Error("a damaged bundle was searched")
	}
	if _, err := residue.Search(t.Context(), strings.NewReader("no zip"), 6, residue.Wanted{}); err == nil {
		t.Error("no bundle was searched")
	}
}

// Whatever is around it, a value is found, plain or escaped.
func FuzzSearch(f *testing.F) {
	f.Add("before ", " after", "hunter22!x", uint8(0))
	f.Add("=", "&", "alice.k@nordwind.de", uint8(1))
	f.Fuzz(func(t *testing.T, before, after, value string, form uint8) {
		text := value
		if form%2 == 1 {
			text = url.QueryEscape(value)
		}
		if len(value) < 12 || strings.Contains(value, "\x00") || strings.ContainsFunc(before+after, func(r rune) bool { return r == 0 || r == utf8.RuneError }) {
			return
		}
		if got := inText(t, before+" "+text+" "+after, residue.Value{Kind: "secret", Text: value}); got == "" {
			t.Errorf("%q was not found in %q", value, text)
		}
	})
}
