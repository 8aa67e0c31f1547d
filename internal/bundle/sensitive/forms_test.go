package sensitive_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// escaped writes a value in each form that is not plain.
var escaped = map[string]func(string) string{
	"percent": func(s string) string {
		var out strings.Builder
		for _, b := range []byte(s) {
			if b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '.' {
				out.WriteByte(b)
			} else {
				fmt.Fprintf(&out, "%%%02X", b)
			}
		}
		return out.String()
	},
	"json": func(s string) string {
		return strings.NewReplacer("@", `\u0040`, "/", `\/`, "é", `\u00e9`, "😀", `\ud83d\ude00`).Replace(s)
	},
	"xml": func(s string) string {
		return strings.NewReplacer("@", "&#64;", ":", "&#x3A;", "é", "&#233;", "&", "&amp;").Replace(s)
	},
	"base64": func(s string) string { return base64.StdEncoding.EncodeToString([]byte("here is " + s + " and more")) },
}

func TestForms(t *testing.T) {
	t.Parallel()
	for form, escape := range escaped {
		for _, value := range []struct{ kind, text string }{{"email", "josé@corp.example"}, {"email", "jané.doe@corp.example"}} {
			text := "a line before\nq=" + escape(value.text) + "&x=1 and the rest\n"
			got := places(t, []byte(text), 1<<20)
			if len(got) != 1 || got[0].kind != value.kind || got[0].value != value.text || got[0].form != form || got[0].line != 2 {
				t.Errorf("%s: in %s found %v", form, text, got)
				continue
			}
			if at := text[got[0].start:got[0].end]; form != "base64" && at != escape(value.text) || form == "base64" && !strings.HasPrefix(escape(value.text), at) {
				t.Errorf("%s: the place is %q", form, at)
			}
		}
	}
}

// A value that a run of Base64 holds twice has one place there; two values have two, and both are the run.
func TestValuesOfOneRun(t *testing.T) {
	t.Parallel()
	run := base64.StdEncoding.EncodeToString([]byte("a@corp.example, b@corp.example, a@corp.example."))
	got := places(t, []byte("x="+run+"\n"), 1<<20)
	if len(got) != 2 || got[0].value != "a@corp.example" || got[1].value != "b@corp.example" || got[0].start != got[1].start || got[0].end != got[1].end {
		t.Errorf("found %v", got)
	}
}

// Everything is found through escapes, not only addresses.
func TestEscaped(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ line, form, kind, value string }{
		{`%3Calice@corp.example%3E`, "plain", "email", "alice@corp.example"},
		{`alice%2540corp.example`, "percent", "email", "alice@corp.example"},
		{`{"m":"{\"password\":\"p\u0026q\"}"}`, "json", "password", "p&q"},
		{`{\"url\":\"ldaps:\/\/ws-1.corp.example:636\"}`, "plain", "hostname", "ws-1.corp.example"},
		{`<v>&lt;password&gt;s3c&amp;ret&lt;/password&gt;</v>`, "xml", "password", "s3c&ret"},
		{`{"password":"a\ud83d\ude00b"}`, "json", "password", "a😀b"},
		{`displayName=Tom%C3%A1s%20Y%C4%B1lmaz`, "percent", "fullname", "Tomás Yılmaz"},
		{`Authorization: Basic am9lOmh1bnRlcjI=`, "base64", "password", "hunter2"},
		{`x="` + base64.StdEncoding.EncodeToString([]byte(`jdbc:postgresql://db-7.corp.example/jira`)) + `"`, "base64", "hostname", "db-7.corp.example"},
		{`x=` + base64.StdEncoding.EncodeToString([]byte(`mail=alice%40corp.example`)), "base64", "email", "alice@corp.example"},
		{`100%25 of C:\users\u00 &amp; 50%`, "", "", ""},
		{`{"class":"com.acme.Foo\u0040a1b2c3"}`, "", "", ""},
	} {
		var found bool
		for _, p := range places(t, []byte(row.line), 1<<20) {
			found = found || p.form == row.form && p.kind == row.kind && p.value == row.value
			if row.kind == "" {
				t.Errorf("in %s found %v", row.line, p)
			}
		}
		if !found && row.kind != "" {
			t.Errorf("in %s found %v", row.line, places(t, []byte(row.line), 1<<20))
		}
	}
}
