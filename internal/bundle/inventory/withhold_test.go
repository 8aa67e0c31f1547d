package inventory_test

import (
	"strings"
	"testing"

	"waybill/internal/bundle/inventory"
)

func TestArgumentsKeepWhatIsTechnical(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"-Xmx8g -Xss512k":                        "-Xmx8g -Xss512k",
		"-XX:+UseG1GC -XX:MaxMetaspaceSize=512m": "-XX:+UseG1GC -XX:MaxMetaspaceSize=512m",
		"-Djava.awt.headless=true":               "-Djava.awt.headless=true",
		"-Dhttp.proxyPassword=12345":             "-Dhttp.proxyPassword=…",
		"-Djira.token=true":                      "-Djira.token=…",
		"-Dhttp.proxyHost=proxy.example.com":     "-Dhttp.proxyHost=…",
		"-Xloggc:/home/jane.doe/gc.log":          "-Xloggc:…",
		"-javaagent:/opt/agent.jar=key":          "…",
		"-Duser@example.com=true":                "…",
		"-D/home/jane.doe":                       "…",
		"secret -Xmx1g":                          "-Xmx1g",
		"":                                       "",
	} {
		if got := inventory.Arguments(arguments); got != want {
			t.Errorf("%q: %q, want %q", arguments, got, want)
		}
	}
}

func TestConnectionKeepsKindAndPort(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"jdbc:postgresql://db.example.com:5432/jira?user=a&password=b": "jdbc:postgresql:…:5432",
		"jdbc:mysql://user:1234@db.example.com/jira":                   "jdbc:mysql:…",
		"jdbc:mysql://user:12/34@db.example.com:3306/jira":             "jdbc:mysql:…:3306",
		"jdbc:oracle:thin:scott/tiger@db.example.com:1521:X":           "jdbc:oracle:thin:…",
		"jdbc:oracle:thin:@//db.example.com:1521/X":                    "jdbc:oracle:thin:…:1521",
		"jdbc:sqlserver://db:1433;databaseName=x;password=p@ss":        "jdbc:sqlserver:…",
		"jdbc:h2:file:/home/jane.doe/h2db":                             "jdbc:h2:file:…",
		"jdbc:secretdriver://x":                                        "",
		"postgres://user:pass@host":                                    "",
	} {
		if got := inventory.Connection(url); got != want {
			t.Errorf("%q: %q, want %q", url, got, want)
		}
	}
}

func TestPlainIsOneShortLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" a \n b\t": "a b", "a\x1b[31mb": "a[31mb", "jane@example.com": "…", "see https://x": "…", "a\xffb": "ab", strings.Repeat("ü", 200): strings.Repeat("ü", 100),
	} {
		if got := inventory.Plain(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
