package redact_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"waybill/internal/bundle/redact"
	"waybill/internal/bundle/redact/residue"
	"waybill/internal/bundle/redact/reversal"
)

// Whatever text a file holds: what comes out is readable, has as many lines, and is turned back by its map where nothing
// was removed; or nothing comes out, because the second method still finds something.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		line, "a\r\n" + line + "z", "\xff\xfe" + wide(line), "Gr\xfc\xdfe " + line,
		"?q=alice.k%2540nordwind.de&password=hunter22!x", `{"password":"hunter22!x","m":"alice.k\u0040nordwind.de"}`,
		"<password>hunter&amp;22</password> alice.k&#64;nordwind.de", "Authorization: Basic YWxpY2Uuazpodw50ZXIyMiF4 x",
		"data=bWFpbCB0byBhbGljZS5rQG5vcmR3aW5kLmRlIG5vdw== alice.k@nordwind.de", `user=NORDWIND\akow7 cn=Doe\, Jane,ou=staff,dc=nordwind`,
		"-----BEGIN PRIVATE KEY-----\nMIIabc0xMIIabc0xMIIabc0xMIIabc0x\n-----END PRIVATE KEY-----\n", "10.20.30.40,2a02:8109::17 SEN-12345678 B4H7-K9QZ-22LM-XY7A",
		"JSESSIONID=0123456789ABCDEF0123456789ABCDEF jdbc:postgresql://jira:hunter22!x@db-01.nordwind.de/jira",
	} {
		f.Add(text)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var encrypted bytes.Buffer
		o := options()
		o.Map, o.Recipients = &encrypted, []age.Recipient{identity.Recipient()}
		bundle := packed(t, entry{"a.log", text})
		var out room
		r, err := redact.Redact(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), &out, o)
		if left := new(residue.Error); errors.As(err, &left) {
			t.Skip("the second method found something")
		} else if err != nil {
			t.Fatal(err)
		}
		got, passed := unpacked(t, out.bytes)["a.log"]
		if !passed {
			return
		}
		if !strings.Contains(text, "\x00") && strings.Count(got, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q became %q", text, got)
		}
		for kind, n := range r.Counts {
			if n.Places > 0 && !n.Kept {
				t.Skipf("%s was removed", kind)
			}
		}
		m, err := reversal.Read(&encrypted, identity)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ToValidUTF8(text, "") == text && !strings.Contains(got, "-removed") && !strings.Contains(text, "\x00") && !strings.HasPrefix(text, "\ufeff") {
			if back := string(m.Restore("a.log", []byte(got))); back != text {
				t.Errorf("%q became %q and then %q", text, got, back)
			}
		}
	})
}

// Whatever bundle it is given, it ends with an error or with a bundle that can be read to its end.
func FuzzBundle(f *testing.F) {
	f.Add(packed(f, entry{"a/", ""}, entry{"a/a.log", line}, entry{"b.zip", string(packed(f, entry{"c.log", line}))}))
	f.Add(raw(f, func(h *zip.FileHeader) { h.Flags |= 1 }, line))
	f.Add(packed(f, entry{"a.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x4b\x04\x00\x43\xbe\xb7\xe8\x01\x00\x00\x00"}))
	f.Fuzz(func(t *testing.T, bundle []byte) {
		var out room
		_, err := redact.Redact(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), &out, options())
		if err != nil {
			return
		}
		z, err := zip.NewReader(bytes.NewReader(out.bytes), int64(len(out.bytes)))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range z.File {
			r, err := file.Open()
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if err != nil {
				t.Errorf("%s: %v", file.Name, err)
			}
		}
	})
}
