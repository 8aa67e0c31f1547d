package inventory

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds a value of the inventory, in bytes.
const maxText = 200

// withheld stands for a value that is there and is not told.
const withheld = "…"

// Plain makes a short printable line of a text, and withholds it altogether when it looks like an address of a person or
// of a machine: such a value has no place in a name or a version.
func Plain(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, text)
	if strings.ContainsRune(text, '@') || strings.Contains(text, "://") {
		return withheld
	}
	for len(text) > maxText {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

// Arguments keeps of a JVM's arguments what is technical: every name, and the values that are sizes, numbers or switches,
// unless the name speaks of a secret. Paths, hosts and all other values are withheld, and what is no option is left out.
func Arguments(text string) string {
	var kept []string
	for _, arg := range strings.Fields(text) {
		if strings.HasPrefix(arg, "-") && len(kept) < 200 {
			kept = append(kept, argument(arg))
		}
	}
	return strings.Join(kept, " ")
}

func argument(arg string) string {
	if name, value, found := strings.Cut(arg, "="); found {
		if !technicalName(name) {
			return withheld
		}
		if secretName(name) || !technical(value) {
			return name + "=" + withheld
		}
		return arg
	}
	if name, _, found := strings.Cut(arg, ":"); found && !strings.HasPrefix(arg, "-XX:") {
		return name + ":" + withheld
	}
	if !technicalName(arg) {
		return withheld
	}
	return arg
}

// technicalName holds for names of options: letters, digits, and what joins them.
func technicalName(name string) bool {
	return len(name) <= 80 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:+") == "" && !strings.ContainsAny(name, "/@")
}

func secretName(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"pass", "pwd", "secret", "token", "key", "credential", "user", "auth", "licen"},
		func(s string) bool { return strings.Contains(name, s) })
}

// technical holds for sizes, numbers and switches.
func technical(value string) bool {
	if slices.Contains([]string{"true", "false", "UTF-8", "disabled", "enabled", "none"}, value) {
		return true
	}
	digits := strings.TrimRight(value, "kmgKMG%")
	return len(digits) > 0 && len(digits) <= 12 && len(value)-len(digits) <= 1 && strings.Trim(digits, "0123456789") == ""
}

// the words of which the kind of a JDBC URL is made. Whatever follows them may be a user, a host or a file.
var jdbcWords = []string{"jdbc", "postgresql", "mysql", "mariadb", "oracle", "thin", "oci", "sqlserver", "jtds", "h2", "hsqldb", "file", "mem", "tcp", "aws-wrapper", "log4jdbc"}

// Connection keeps of a JDBC URL its kind and, where it is plain, its port: "jdbc:postgresql:…:5432".
func Connection(url string) string {
	var kind []string
	for word := range strings.SplitSeq(strings.TrimSpace(url), ":") {
		if !slices.Contains(jdbcWords, word) {
			break
		}
		kind = append(kind, word)
	}
	if len(kind) < 2 {
		return ""
	}
	text := strings.Join(kind, ":") + ":" + withheld
	if port := portOf(url); port != "" {
		text += ":" + port
	}
	return text
}

// portOf is the number after the host of a URL with "//". Whatever stands before an @ may be a password, digits and all.
func portOf(url string) string {
	_, rest, _ := strings.Cut(url, "//")
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if end := strings.IndexAny(rest, "/;?,"); end >= 0 {
		rest = rest[:end]
	}
	_, port, _ := strings.Cut(rest, ":")
	if len(port) < 2 || len(port) > 5 || strings.Trim(port, "0123456789") != "" {
		return ""
	}
	return port
}

// the beginnings of the names of thread pools that the products and their JVM have. A thread's own name may end with a
// URL and a user.
var pools = []string{"http-nio", "http-bio", "https-jsse-nio", "ajp-nio", "Caesium", "scheduler_Worker", "JiraTaskExecutionThread",
	"JIRA-Bootstrap", "ThreadPoolAsyncTaskExecutor", "FelixDispatchQueue", "FelixStartLevel", "localhost-startStop", "Catalina-utility",
	"active-objects-init", "versioning-stats", "IssueIndexer", "Sending mailitem", "ForkJoinPool", "HikariPool", "hz.", "NodeReindexServiceThread",
	"AtlassianEvent", "pool-", "Timer-", "C1 CompilerThread", "C2 CompilerThread", "G1", "GC Thread", "GC task thread", "VM Thread",
	"VM Periodic", "Reference Handler", "Finalizer", "lucene", "Lucene", "Modification Check", "main"}

// pool is the pool a thread belongs to, or "other": thread names are free text.
func pool(thread string) string {
	thread = strings.TrimLeft(thread, `"`)
	for _, p := range pools {
		if strings.HasPrefix(thread, p) {
			return strings.TrimRight(p, ".-")
		}
	}
	return "other"
}
