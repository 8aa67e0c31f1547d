package pseudonym_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"waybill/internal/bundle/redact/pseudonym"
	"waybill/internal/bundle/sensitive"
)

var (
	maker   = pseudonym.New(pseudonym.Key{1})
	another = pseudonym.New(pseudonym.Key{2})
)

func of(k sensitive.Kind, value string) string {
	p, _ := maker.Of(k, []byte(value))
	return string(p)
}

// A pseudonym has the shape of its value, is the same every time, another under another key, and is known as one's own.
func TestShapes(t *testing.T) {
	t.Parallel()
	const name = `(?:[bdfghjklmnprstvz][aeio]){9}`
	for _, row := range []struct {
		kind        sensitive.Kind
		value, want string
	}{
		{sensitive.Email, "Jane.Doe@Corp.example.com", `(?i:` + name + `)@` + name + `\.` + name + `\.example`},
		{sensitive.Username, "jdoe7", name},
		{sensitive.Username, "EXT004711", `(?:[BDFGHJKLMNPRSTVZ][AEIO]){9}`},
		{sensitive.Username, `CORP\jdoe7`, `(?:[BDFGHJKLMNPRSTVZ][AEIO]){9}\\` + name},
		{sensitive.Fullname, "Jörg van O'Brien", `[A-Z][a-z]{17} ` + name + ` [A-Z][a-z]{17}`},
		{sensitive.Fullname, "Doe, Jane", `[A-Z][a-z]{17}, [A-Z][a-z]{17}`},
		{sensitive.Fullname, "山田太郎", name},
		{sensitive.Hostname, "ws-0042.corp.de", name + `\.` + name + `\.example`},
		{sensitive.Hostname, "dbserver1", name},
		{sensitive.IPv4, "10.1.2.3", `(?:192\.0\.2|198\.51\.100|203\.0\.113)\.(?:[1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])`},
		{sensitive.IPv6, "2a02:8109:9a80::17", `2001:db8:[0-9a-f:]+`},
		{sensitive.IPv6, "fe80::1%eth0", `2001:db8:[0-9a-f:]+%eth0`},
		{sensitive.Session, "1u7z9k6", `[0-9a-z]{14}`},
		{sensitive.Session, "0123456789ABCDEF0123456789ABCDEF", `[0-9A-F]{32}`},
		{sensitive.Session, "0123456789abcdef01234567", `[0-9a-f]{24}`},
		{sensitive.Session, strings.Repeat("f0", 32), `[0-9a-f]{64}`},
		{sensitive.SEN, "SEN-12345678", `SEN-\d{11}`},
		{sensitive.SEN, "SEN L1234567", `SEN L\d{11}`},
		{sensitive.ServerID, "BABC-1234-DEFG-5678", `[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}`},
	} {
		p, removed := maker.Of(row.kind, []byte(row.value))
		q, _ := another.Of(row.kind, []byte(row.value))
		if removed || !regexp.MustCompile(`^`+row.want+`$`).Match(p) {
			t.Errorf("%s %s became %s", row.kind, row.value, p)
		}
		if of(row.kind, row.value) != string(p) || row.kind != sensitive.IPv4 && bytes.Equal(p, q) {
			t.Errorf("%s: %s, then %s, and %s with another key", row.value, p, of(row.kind, row.value), q)
		}
		if !maker.Own(p) || maker.Own([]byte(row.value)) || row.kind != sensitive.IPv4 && another.Own(p) {
			t.Errorf("%s is not known for what it is", p)
		}
		if of(row.kind, string(p)) != string(p) {
			t.Errorf("%s became %s", p, of(row.kind, string(p)))
		}
	}
}

// What opens doors has no pseudonym, and what stands in its place says what it was.
func TestRemoved(t *testing.T) {
	t.Parallel()
	for _, k := range []sensitive.Kind{sensitive.Password, sensitive.PrivateKey, sensitive.JWT, sensitive.AWSKey, sensitive.Token, sensitive.Cookie, sensitive.Licence, sensitive.Secret} {
		p, removed := maker.Of(k, []byte("hunter22"))
		again, _ := maker.Of(k, p)
		if !removed || pseudonym.Keeps(k) || !pseudonym.IsRemoved(p) || !bytes.Equal(p, again) || !regexp.MustCompile(`^[a-z-]+-removed$`).Match(p) {
			t.Errorf("%s became %s, then %s", k, p, again)
		}
	}
	if pseudonym.IsRemoved([]byte("x-removed")) || pseudonym.IsRemoved([]byte("password")) {
		t.Error("something is taken for what was removed")
	}
}

// What belongs together stays together: a domain, a user and their address, a name and its parts, all spellings of one.
func TestPartsCorrespond(t *testing.T) {
	t.Parallel()
	domain := of(sensitive.Hostname, "corp.de")
	for what, pair := range map[string][2]string{
		"a host in a domain":     {of(sensitive.Hostname, "ws-1.corp.de"), of(sensitive.Hostname, "ws-1.corp.de")[:19] + domain},
		"an address in a domain": {of(sensitive.Email, "jdoe7@corp.de"), of(sensitive.Username, "jdoe7") + "@" + domain},
		"case of an address":     {strings.ToLower(of(sensitive.Email, "JDoe7@CORP.de")), of(sensitive.Email, "jdoe7@corp.de")},
		"a name turned round":    {of(sensitive.Fullname, "Doe, Jane"), of(sensitive.Fullname, "Doe") + ", " + of(sensitive.Fullname, "Jane")},
		"capitals":               {of(sensitive.Fullname, "JANE"), strings.ToUpper(of(sensitive.Fullname, "Jane"))},
		"spellings of an IPv6":   {of(sensitive.IPv6, "2a02:0:0::17"), of(sensitive.IPv6, "2A02::17")},
		"a SEN and its digits":   {of(sensitive.SEN, "SEN-12345678")[4:], of(sensitive.SEN, "12345678")},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s and %s", what, pair[0], pair[1])
		}
	}
}

// Among many values few share a pseudonym, but for the 762 addresses.
func TestFewCollide(t *testing.T) {
	t.Parallel()
	const n = 20_000
	users, addresses := map[string]bool{}, map[string]bool{}
	for i := range n {
		users[of(sensitive.Username, fmt.Sprintf("user%d", i))] = true
		addresses[of(sensitive.IPv4, fmt.Sprintf("10.0.%d.%d", i/250, i%250))] = true
	}
	if len(users) < n-1 || len(addresses) != 762 {
		t.Errorf("%d users became %d, and %d addresses", n, len(users), len(addresses))
	}
}

// Only an address for documentation is one's own without having been made.
func TestOwn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"203.0.113.9": true, "192.0.2.0": true, "198.51.101.1": false, "203.0.113.999": false,
		"2001:db8::1": false, "badabadabadabadaba": false, "example": false, "": false, "@": false, "SEN-00000000000": false, "AAAA-AAAA-AAAA-AAAA": false,
		"00000000000000": false, "00000000000000000000000000000000": false,
	} {
		if got := maker.Own([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestKeyIDDoesNotTellTheKey(t *testing.T) {
	t.Parallel()
	a, b := pseudonym.Key{1}, pseudonym.Key{2}
	if a.ID() == b.ID() || !regexp.MustCompile(`^sha256:[0-9a-f]{64}$`).MatchString(a.ID()) {
		t.Errorf("%s, %s", a.ID(), b.ID())
	}
}

// Every text has a pseudonym that stays as it is, and addresses stay addresses.
func FuzzOf(f *testing.F) {
	for _, text := range []string{"jane@corp.de", `CORP\jdoe`, "Jörg O'Brien", "10.1.2.3", "fe80::1%eth0", "SEN-L1234", "0123456789ABCDEF0123456789ABCDEF", "a.b.c.", "\xff", ""} {
		for k := range sensitive.Kinds() {
			f.Add(uint8(k), []byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, text []byte) {
		k := sensitive.Kinds()[int(kind)%len(sensitive.Kinds())]
		p, _ := maker.Of(k, text)
		if again, _ := maker.Of(k, p); !bytes.Equal(again, p) {
			t.Errorf("%s %q became %q and then %q", k, text, p, again)
		}
		if bytes.ContainsAny(p, "\n") && !bytes.ContainsAny(text, "\n") {
			t.Errorf("%q became lines", text)
		}
		if k == sensitive.IPv4 {
			if _, err := netip.ParseAddr(string(p)); err != nil {
				t.Errorf("%q became %q", text, p)
			}
		}
	})
}
