package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"waybill/internal/fault"
	"waybill/internal/text"
)

// rules are the broken ones, in order.
func rules(broken fault.Fields) string {
	var names []string
	for _, f := range broken {
		names = append(names, f.Rule)
	}
	return strings.Join(names, " ")
}

func TestLine(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ value, broken string }{
		{"Jira to the cloud, wave 1", ""},
		{"é", ""},
		{strings.Repeat("é", 255), ""}, // characters, not bytes
		{"プロジェクト 🚚", ""},
		{"a\u200db", ""}, // joins letters in some scripts
		{"", "required"},
		{strings.Repeat("a", 256), "max-length"},
		{" a", "trimmed"},
		{"a\u00a0", "trimmed"},
		{"a\nb", "printable"},
		{"a\x00b", "printable"},
		{"a\x7fb", "printable"},
		{"a\u0085b", "printable"},
		{"a\u2028b", "printable"}, // would not be one line
		{"a\u2029b", "printable"},
		{"exe.\u202egpj", "printable"}, // reads "exe.jpg"
		{"a\xffb", "printable"},
		{"a\ufffdb", "printable"},
		{"\t", "printable trimmed"},
		{strings.Repeat("a", 255) + "\n", "max-length printable trimmed"},
	} {
		var broken fault.Fields
		text.Line(&broken, "/name", row.value, 1, 255)
		if got := rules(broken); got != row.broken {
			t.Errorf("%q breaks %q, want %q", row.value, got, row.broken)
		}
		for _, f := range broken {
			if f.Pointer != "/name" || f.Detail == "" {
				t.Errorf("%q: %+v", row.value, f)
			}
		}
	}
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	long := "https://jira.example/" + strings.Repeat("a", 2048-len("https://jira.example/"))
	for _, row := range []struct{ value, broken string }{
		{"https://jira.example", ""},
		{"https://jira.example:8443/context/path", ""},
		{"HTTPS://jira.example", ""},
		{"https://[2001:db8::1]/", ""},
		{"https://jira.example/a%20b", ""},
		{long, ""},
		{long + "a", "max-length"},
		{"", "required"},
		{"http://jira.example", "https-url"},
		{"jira.example", "https-url"},
		{"//jira.example", "https-url"},
		{"https:jira.example", "https-url"},
		{"https://", "https-url"},
		{"https://:443", "https-url"},
		{"https:///path", "https-url"},
		{"https://ada@jira.example", "https-url"},
		{"https://ada:secret@jira.example", "https-url"},
		{"https://jira.example/?a=b", "https-url"},
		{"https://jira.example/?", "https-url"},
		{"https://jira.example/#a", "https-url"},
		{"https://jira.example/#", "https-url"},
		{"https://jira.example/a b", "https-url"},
		{"https://jira.example/\n", "https-url"},
		{"https://jira.example\\@evil.example", "https-url"},
		{"https://jira.example/%zz", "https-url"},
		{"https://jira.example/\u202e", "https-url"},
		{"https://jira.example/\xff", "https-url"},
		{"javascript:alert(1)", "https-url"},
		{"file:///etc/passwd", "https-url"},
	} {
		var broken fault.Fields
		text.HTTPS(&broken, "/source/baseUrl", row.value)
		if got := rules(broken); got != row.broken {
			t.Errorf("%q breaks %q, want %q", row.value, got, row.broken)
		}
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ value, broken string }{
		{"9.12.1-rc_2", ""},
		{"AZaz09", ""},
		{strings.Repeat("a", 64), ""},
		{"", "required"},
		{strings.Repeat("a", 65), "max-length"},
		{"a b", "characters"},
		{"a/b", "characters"},
		{"é", "characters"},
		{"a\x00", "characters"},
		{"a\xff", "characters"},
		{"٣", "characters"}, // a digit, but not of ASCII
		{"@[`{/:", "characters"},
		{strings.Repeat("é", 33), "max-length characters"},
	} {
		var broken fault.Fields
		text.Code(&broken, "/source/version", row.value, "-._", 64)
		if got := rules(broken); got != row.broken {
			t.Errorf("%q breaks %q, want %q", row.value, got, row.broken)
		}
	}
}

// What passes is one line of valid UTF-8 within the limit, whatever was typed.
func FuzzLine(f *testing.F) {
	f.Add("Jira to the cloud")
	f.Add("a\u2028b")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, value string) {
		var broken fault.Fields
		text.Line(&broken, "/name", value, 1, 255)
		if broken.Err() != nil {
			return
		}
		if n := utf8.RuneCountInString(value); n < 1 || n > 255 || !utf8.ValidString(value) || len(strings.Fields(value)) == 0 || strings.ContainsAny(value, "\r\n\x00\u0085\u2028\u2029") {
			t.Errorf("%q passes for a line", value)
		}
	})
}
