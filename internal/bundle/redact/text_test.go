package redact_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
)

// Each kind keeps its shape, or is removed and says so, in every form that it is written in.
func TestShapes(t *testing.T) {
	t.Parallel()
	const name, Name = `(?:[bdfghjklmnprstvz][aeio]){9}`, `[BDFGHJKLMNPRSTVZ](?:[aeio][bdfghjklmnprstvz]){8}[aeio]`
	const address = `(?:192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}`
	blob := base64.StdEncoding.EncodeToString([]byte("mail to alice.k@corp.nordwind.de now"))
	basic := base64.StdEncoding.EncodeToString([]byte("alice.k:hunter22!x"))
	for what, row := range map[string]struct{ text, want string }{
		"an e-mail address":      {"to alice.k@corp.nordwind.de.", `to ` + name + `@` + name + `\.` + name + `\.example\.`},
		"a full name":            {"to Alice Kowalczyk <alice.k@nordwind.de>", `to ` + Name + ` ` + Name + ` <` + name + `@` + name + `\.example>`},
		"an IPv4 address":        {"from 10.20.30.40:8080", `from ` + address + `:8080`},
		"an IPv6 address":        {"from [2a02:8109:9a80::17]", `from \[2001:db8:[0-9a-f:]+\]`},
		"a host":                 {"ldaps://dc-01.corp.nordwind.de:636", `ldaps://` + name + `\.` + name + `\.` + name + `\.example:636`},
		"a user name":            {"user=akowalczyk7&x=1", `user=` + name + `&x=1`},
		"a user of a domain":     {`user=NORDWIND\akowalczyk7 x`, `user=` + `(?i:` + name + `)\\` + name + ` x`},
		"a long session":         {"JSESSIONID=0123456789ABCDEF0123456789ABCDEF; a", `JSESSIONID=[0-9A-F]{32}; a`},
		"a SEN":                  {"SEN-12345678 x", `SEN-\d{11} x`},
		"a server's id":          {"Server ID: B4H7-K9QZ-22LM-XY7A", `Server ID: [A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}`},
		"a password":             {"ldap.password=hunter22!x", `ldap\.password=password-removed`},
		"a password in XML":      {"<password>hunter22!x</password>", `<password>password-removed</password>`},
		"a password in JSON":     {`{"password":"hunter22!x","a":1}`, `\{"password":"password-removed","a":1\}`},
		"a password in a URL":    {"jdbc:postgresql://jira:hunter22!x@db-01.nordwind.de/jira", `jdbc:postgresql://jira:password-removed@` + name + `\.` + name + `\.example/jira`},
		"a cloud key":            {"AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", `AWS_ACCESS_KEY_ID=aws-key-removed`},
		"a bearer token":         {"Authorization: Bearer abcdef0123456789ABCDEF", `Authorization: Bearer token-removed`},
		"percent-encoded":        {"?q=alice.k%40nordwind.de&x", `\?q=` + name + `%40` + name + `\.example&x`},
		"percent-encoded twice":  {"?q=alice.k%2540nordwind.de&x", `\?q=` + name + `%2540` + name + `\.example&x`},
		"escaped for JSON":       {`"m":"alice.k\u0040nordwind.de"`, `"m":"` + name + `@` + name + `\.example"`},
		"escaped for XML":        {`<m>alice.k&#64;nordwind.de</m>`, `<m>` + name + `@` + name + `\.example</m>`},
		"a private key, 3 lines": {"-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("MIIabc0x", 8) + "\n-----END PRIVATE KEY-----\nx", "private-key-removed\nprivate-key-removed\nprivate-key-removed\nx"},
		"in Base64":              {"data=" + blob + " x", `data=[A-Za-z0-9+/]+=* x`},
		"Basic":                  {"Authorization: Basic " + basic, `Authorization: Basic [A-Za-z0-9+/]+=*`},
		"nothing":                {"2026-03-01 06:00:06,682+0000 main INFO [c.a.j.C] took 8.9.0.1\n\tat java.base@11.0.9/x", `2026-03-01 06:00:06,682\+0000 main INFO \[c\.a\.j\.C\] took 8\.9\.0\.1\n\tat java\.base@11\.0\.9/x`},
	} {
		if got := rewritten(t, row.text); !regexp.MustCompile(`^` + row.want + `$`).MatchString(got) {
			t.Errorf("%s: %q became %q", what, row.text, got)
		}
	}
}

// What is in Base64 is Base64 of the same with its values replaced.
func TestBase64StaysReadable(t *testing.T) {
	t.Parallel()
	blob := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	got := rewritten(t, "a "+blob("mail to alice.k@nordwind.de, password=hunter22!x")+" b\nAuthorization: Basic "+blob("alice.k:hunter22!x")+"\nalice.k@nordwind.de\n")
	var lines []string
	for _, run := range regexp.MustCompile(`[A-Za-z0-9+/]{20,}=*`).FindAllString(got, -1) {
		plain, err := base64.StdEncoding.DecodeString(run)
		if err != nil {
			t.Fatalf("%q is no Base64: %v", run, err)
		}
		lines = append(lines, string(plain))
	}
	mail := strings.TrimSpace(got[strings.LastIndex(got, "\n")+1+strings.LastIndex(strings.TrimSpace(got), "\n")-strings.LastIndex(got, "\n"):])
	user, _, _ := strings.Cut(mail, "@")
	if len(lines) != 2 || lines[0] != "mail to "+mail+", password=password-removed" || lines[1] != user+":password-removed" {
		t.Errorf("%q, of %s", lines, mail)
	}
}

// A value that was found once is hidden wherever it stands, without what gave it away, and in other forms; and so are the
// parts of a name.
func TestFoundOnceHiddenEverywhere(t *testing.T) {
	t.Parallel()
	out, _ := redacted(t, packed(t,
		entry{"a.log", "{\"password\":\"Tr0ub4dor&3x\"}\nuser=akowalczyk7&\nto Alicja Kowalczyk <ak@nordwind.de>\nfrom 10.20.30.40\n"},
		entry{"b.log", "then Tr0ub4dor&3x was typed\nTr0ub4dor%263x Tr0ub4dor&amp;3x\nAKOWALCZYK7 came\nKowalczyk, Alicja and Alicja\nversion 10.20.30.40 of it\n" + base64.StdEncoding.EncodeToString([]byte("xx Tr0ub4dor&3x and more of it")) + "\n"},
	), options())
	text := unpacked(t, out)["b.log"]
	for _, gone := range []string{"Tr0ub4dor", "kowalczyk", "alicja", "10.20.30.40"} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(gone)) {
			t.Errorf("%s is still in %q", gone, text)
		}
	}
	if !strings.HasPrefix(text, "then password-removed was typed\npassword-removed password-removed\n") {
		t.Errorf("%q", text)
	}
}

// A value is found again as a word, and a part of a name only in the case of a name: other words stay.
func TestOtherWordsStay(t *testing.T) {
	t.Parallel()
	const others = "bsmith2200 xbsmith22 kowalczyk kowalczykowa BSMITH221 Kowalczykowa"
	got := rewritten(t, "user=bsmith22&\nto Ewa Kowalczyk <x@nordwind.de>\n"+others+"\nBSMITH22 Kowalczyk KOWALCZYK Ewa ewa (Ewa)\n")
	lines := strings.Split(got, "\n")
	if lines[2] != others {
		t.Errorf("%q became %q", others, lines[2])
	}
	const name = `(?i:[bdfghjklmnprstvz][aeio]){9}`
	if !regexp.MustCompile(`^` + name + ` ` + name + ` ` + name + ` ` + name + ` ewa \(` + name + `\)$`).MatchString(lines[3]) {
		t.Errorf("%q", lines[3])
	}
}

// People whose script puts no spaces between words are found within them.
func TestWordlessScripts(t *testing.T) {
	t.Parallel()
	if got := rewritten(t, "displayName=山田太郎\n担当は山田太郎さん\n"); strings.Contains(got, "山田") || !strings.Contains(got, "担当は") {
		t.Errorf("%q", got)
	}
}

// A key that runs on from one block of the file into the next is removed to its end, line by line.
func TestKeyOverBlocks(t *testing.T) {
	t.Parallel()
	key := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat(strings.Repeat("Zm9vYm", 10)+"\n", 300) + "-----END PRIVATE KEY-----\n"
	before := strings.Repeat("nothing of any interest\n", (256<<10-9000)/24)
	got := rewritten(t, before+key+"end\n")
	if want := before + strings.Repeat("private-key-removed\n", 302) + "end\n"; got != want {
		t.Errorf("%d lines are left of the key", strings.Count(got, "Zm9vYm"))
	}
}

// What only the name of a file gives away is hidden in the files as well.
func TestNamesTell(t *testing.T) {
	t.Parallel()
	out, _ := redacted(t, packed(t, entry{"logs/of-node 10.120.30.40.txt", "x"}, entry{"b.log", "node-10.120.30.40\n"}), options())
	if text := unpacked(t, out)["b.log"]; strings.Contains(text, "10.120") {
		t.Errorf("%q", text)
	}
}

// Documents stay documents.
func TestDocumentsStayValid(t *testing.T) {
	t.Parallel()
	out, _ := redacted(t, packed(t,
		entry{"a.json", `{"user":"akowalczyk7","mail":"alicja.k\u0040nordwind.de","name":"\"Alicja Kowalczyk\" <alicja.k@nordwind.de>","password":"a\"b\\c1&x","dn":"NORDWIND\\akowalczyk7","home":"https:\/\/db-01.nordwind.de\/x"}`},
		entry{"a.xml", `<a u="akowalczyk7" d="O&apos;Brien &lt;alicja.k&#64;nordwind.de&gt;"><password>a&amp;b1&lt;c&gt;x</password><![CDATA[user=akowalczyk7&x]]></a>`},
		entry{"a.properties", "ldap.password=a:b-c1 x!\nldap.url=ldaps://db-01.nordwind.de:636\n"},
	), options())
	files := unpacked(t, out)
	if !json.Valid([]byte(files["a.json"])) {
		t.Errorf("%s", files["a.json"])
	}
	if err := xml.Unmarshal([]byte(files["a.xml"]), new(struct{})); err != nil {
		t.Errorf("%s: %v", files["a.xml"], err)
	}
	if !regexp.MustCompile(`^ldap\.password=password-removed\nldap\.url=ldaps://[a-z.]+:636\n$`).MatchString(files["a.properties"]) {
		t.Errorf("%q", files["a.properties"])
	}
	for name, text := range files {
		mustBeGone(t, name, text)
	}
}
