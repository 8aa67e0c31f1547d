package redact_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"waybill/internal/bundle/redact"
	"waybill/internal/bundle/redact/residue"
	"waybill/internal/bundle/redact/reversal"
	"waybill/internal/bundle/sensitive"
)

// story is a bundle in which people and machines come again, in several files and forms.
func story(t testing.TB) []byte {
	t.Helper()
	return packed(t,
		entry{"a/jira.log", strings.Repeat(line, 3) + "user=bsmith22&host=db-01.corp.nordwind.de&password=hunter22!x\nJSESSIONID=0123456789ABCDEF0123456789ABCDEF; SEN-12345678 B4H7-K9QZ-22LM-XY7A\n"},
		entry{"a/access.log", "10.20.30.40 - akowalczyk7 [01/Mar/2026:06:00:06 +0000] \"GET /x?q=alicja.k%40nordwind.de HTTP/1.1\" 200 1\n10.20.30.41 - ALICJA.K@NORDWIND.DE [01/Mar/2026:06:00:07 +0000] \"GET / HTTP/1.1\" 200 1\n"},
		entry{"b/config.xml", "<a><mail>alicja.k@nordwind.de</mail><password>hunter22!x</password><address>10.20.30.40</address></a>\n"},
		entry{"b/wide.txt", "\xff\xfe" + wide("mail bsmith22@nordwind.de from 10.20.30.40\r\n")},
	)
}

func wide(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.Write([]byte{c, 0})
	}
	return b.String()
}

// What has been redacted stays as it is when it is redacted again with the same key.
func TestIdempotent(t *testing.T) {
	t.Parallel()
	once, _ := redacted(t, story(t), options())
	twice, r := redacted(t, once, options())
	if !bytes.Equal(once, twice) {
		a, b := unpacked(t, once), unpacked(t, twice)
		for name := range a {
			if a[name] != b[name] {
				t.Errorf("%s: %q became %q", name, a[name], b[name])
			}
		}
		t.Error("it is not the same")
	}
	for kind, n := range r.Counts {
		if n.Places > 0 {
			t.Errorf("%d places of %s were replaced again", n.Places, kind)
		}
	}
}

// The same value has the same pseudonym in every bundle under one key, and another under another.
func TestOneKeyOnePseudonym(t *testing.T) {
	t.Parallel()
	mail := regexp.MustCompile(`[a-z]+@[a-z.]+example`)
	first, _ := redacted(t, story(t), options())
	second, _ := redacted(t, packed(t, entry{"other.log", "x alicja.k@nordwind.de\n"}), options())
	o := options()
	o.Key[31] = 1
	third, _ := redacted(t, packed(t, entry{"other.log", "x alicja.k@nordwind.de\n"}), o)
	a := mail.FindString(unpacked(t, first)["b/config.xml"])
	b := mail.FindString(unpacked(t, second)["other.log"])
	c := mail.FindString(unpacked(t, third)["other.log"])
	if a == "" || a != b || a == c {
		t.Errorf("%s, %s, and with another key %s", a, b, c)
	}
	if log := unpacked(t, first)["a/access.log"]; !strings.Contains(log, strings.Replace(a, "@", "%40", 1)) {
		t.Errorf("%s is not in %q", a, log)
	}
}

// What stands in a file after redaction depends on what is in the bundle, and not on how many work at it or in which order
// the files lie; and it does not depend on a file that tells nothing new.
func TestOrderAndCompanyDoNotMatter(t *testing.T) {
	t.Parallel()
	all := []entry{{"a.log", line}, {"b.log", "user=bsmith22& from 10.1.2.3\n"}, {"c.log", "password=hunter22!x\nbsmith22 and akowalczyk7 and hunter22!x\n"}, {"d.log", "nothing\n"}, {"e.log", strings.Repeat(line, 9000)}}
	want, _ := redacted(t, packed(t, all...), options())
	for i, order := range [][]int{{4, 3, 2, 1, 0}, {2, 0, 4, 1}, {4, 1, 2}} {
		var some []entry
		for _, n := range order {
			some = append(some, all[n])
		}
		o := options()
		o.Workers = i + 1
		got, _ := redacted(t, packed(t, some...), o)
		for name, text := range unpacked(t, got) {
			if text != unpacked(t, want)[name] {
				t.Errorf("%v: %s differs", order, name)
			}
		}
	}
}

// With the map, the text is what it was, but for what was removed: in every form and case, and where several machines
// share an address.
func TestMapTurnsItBack(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var many strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&many, "from 10.20.%d.%d to 203.0.113.%d, Alice.K@nordwind.de and alice.k@nordwind.de\n", i/250, i%250+1, i%250+1)
	}
	bundle := packed(t, entry{"many.log", many.String()}, entry{"b/config.xml", "<a><mail>alicja.k&#64;nordwind.de</mail><address>10.20.30.40</address></a>\n"},
		entry{"access.log", line + "10.20.30.40 - akowalczyk7 [01/Mar/2026:06:00:06 +0000] \"GET /x?q=alicja.k%40nordwind.de HTTP/1.1\" 200 1\n"})
	var encrypted bytes.Buffer
	o := options()
	o.Map, o.Recipients = &encrypted, []age.Recipient{identity.Recipient()}
	out, r := redacted(t, bundle, o)
	if !r.Map || bytes.Contains(encrypted.Bytes(), []byte("nordwind")) || bytes.Contains(o.Scratch.(*room).bytes, []byte("nordwind")) {
		t.Error("the map lies in the clear")
	}
	m, err := reversal.Read(&encrypted, identity)
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.KeyID != r.KeyID || m.Header.Bundle != r.After.SHA256 {
		t.Errorf("the map is of %+v", m.Header)
	}
	for name, text := range unpacked(t, out) {
		if got, want := string(m.Restore(name, []byte(text))), unpacked(t, bundle)[name]; got != want {
			a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
			for i := range min(len(a), len(b)) {
				if a[i] != b[i] {
					t.Fatalf("%s, line %d: %q, want %q", name, i+1, a[i], b[i])
				}
			}
			t.Fatalf("%s: %d lines, want %d", name, len(a), len(b))
		}
	}
}

// Secrets are in no map.
func TestMapHoldsNoSecret(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var encrypted bytes.Buffer
	o := options()
	o.Map, o.Recipients = &encrypted, []age.Recipient{identity.Recipient()}
	redacted(t, packed(t, entry{"a.log", "password=hunter22!x\nAuthorization: Basic YWt3Omh1bnRlcjIyIXg=\nAKIAIOSFODNN7EXAMPLE alicja.k@nordwind.de\n"}), o)
	plain, err := age.Decrypt(&encrypted, identity)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(plain); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter22", "YWt3Omh", "AKIAIOSF"} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("%s is in the map", secret)
		}
	}
	if !strings.Contains(text.String(), "alicja.k@nordwind.de") {
		t.Errorf("the map is %s", text.String())
	}
}

// forgetful is a detector with a rule broken: it finds nothing of one kind.
type forgetful struct {
	*sensitive.Detector
	kind sensitive.Kind
	in   string // only in blocks with this in them; empty for all
}

func (f forgetful) Search(block []byte, first int, found *sensitive.Found) {
	f.Detector.Search(block, first, found)
	if bytes.Contains(block, []byte(f.in)) {
		found.Places = slices.DeleteFunc(found.Places, func(p sensitive.Place) bool { return p.Kind == f.kind })
	}
}

// Whatever kind the first method misses, the second finds by its shape, says where, and not what.
func TestSecondMethodCatchesTheFirst(t *testing.T) {
	t.Parallel()
	whole, err := sensitive.New()
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[sensitive.Kind]string{
		sensitive.Email:      "to alicja.k@nordwind.de now",
		sensitive.IPv4:       "from 10.120.30.40 now",
		sensitive.PrivateKey: "-----BEGIN RSA PRIVATE KEY-----\n" + strings.Repeat("MIIabc0x", 8) + "\n-----END RSA PRIVATE KEY-----",
		sensitive.JWT:        "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljamEifQ.c2lnbmF0dXJlc2lnbmF0dXJl now",
		sensitive.AWSKey:     "key AKIAIOSFODNN7EXAMPLE now",
		sensitive.Password:   "ldap.password=hT7xQ2vL9pZ4mB now",
		sensitive.Token:      "Authorization: Bearer abcdeF0123456789ABCdef now",
	}
	for _, kind := range slices.Sorted(maps.Keys(secrets)) {
		o := options()
		o.Detector = forgetful{whole, kind, ""}
		bundle := packed(t, entry{"a.log", "one\ntwo\n" + secrets[kind] + "\n"})
		var out room
		_, err := redact.Redact(t.Context(), bytes.NewReader(bundle), int64(len(bundle)), &out, o)
		var left *residue.Error
		if !errors.As(err, &left) || left.Spots[0].File != "a.log" || left.Spots[0].Line != 3 {
			t.Errorf("%s: %v", kind, err)
		}
		if err != nil && strings.Contains(err.Error(), secrets[kind][8:16]) {
			t.Errorf("%s: the error tells what it is: %v", kind, err)
		}
	}
}

// A rule that fails in one file only is made good by what the others tell.
func TestFoundElsewhere(t *testing.T) {
	t.Parallel()
	whole, err := sensitive.New()
	if err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Detector = forgetful{whole, sensitive.Email, "broken"}
	out, _ := redacted(t, packed(t, entry{"a.log", "to alicja.k@nordwind.de now\n"}, entry{"b.log", "broken: alicja.k@nordwind.de\n"}), o)
	mustBeGone(t, "b.log", unpacked(t, out)["b.log"])
}
