package inventory

import (
	"strconv"
	"strings"
)

// said is a fact as text, before it is a claim.
type said struct {
	path Path
	text string
}

// productWord is the product that a text names, or empty.
func productWord(text string) string {
	text = strings.ToLower(text)
	for _, word := range []struct{ name, product string }{{"jira", "jira"}, {"confluence", "confluence"}, {"bitbucket", "bitbucket"}, {"stash", "bitbucket"}} {
		if strings.Contains(text, word.name) {
			return word.product
		}
	}
	return ""
}

// databaseName is the database that a text names, in the spelling of its maker; empty for one that no product supports.
func databaseName(text string) string {
	text = strings.ToLower(text)
	for _, word := range []struct{ name, database string }{
		{"postgres", "PostgreSQL"}, {"mysql", "MySQL"}, {"mariadb", "MariaDB"}, {"oracle", "Oracle"}, {"sqlserver", "SQL Server"},
		{"sql server", "SQL Server"}, {"mssql", "SQL Server"}, {"jtds", "SQL Server"}, {"hsql", "HSQLDB"}, {"h2", "H2"}, {"derby", "Derby"},
	} {
		if strings.Contains(text, word.name) {
			return word.database
		}
	}
	return ""
}

// scheme is http or https, and never more of a URL.
func scheme(url string) string {
	for _, s := range []string{"https", "http"} {
		if strings.HasPrefix(strings.ToLower(url), s+"://") {
			return s
		}
	}
	return ""
}

// fromArguments are the facts in a JVM's arguments: what of them may be told, and the size of the heap in bytes. Of an
// argument that is there twice the JVM takes the last.
func fromArguments(text string) []said {
	facts := []said{{JavaArguments, Arguments(text)}}
	for arg := range strings.FieldsSeq(text) {
		if size, found := strings.CutPrefix(arg, "-Xmx"); found && bytesOf(size) != "" {
			facts = append(facts, said{HeapMax, bytesOf(size)})
		}
		if size, found := strings.CutPrefix(arg, "-Xms"); found && bytesOf(size) != "" {
			facts = append(facts, said{HeapMin, bytesOf(size)})
		}
	}
	return facts
}

// bytesOf reads 4096m.
func bytesOf(size string) string {
	digits := strings.TrimRight(size, "kKmMgGtT")
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || len(size)-len(digits) > 1 {
		return ""
	}
	shift := map[string]uint{"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[strings.ToLower(size[len(digits):])]
	return strconv.FormatUint(n<<shift, 10)
}

// licence are the facts in a line of the licence's details. Organisation, partner and support entitlement number are not
// among them, and of the description only words that every licence has.
func licence(key, value string) (facts []said) {
	switch {
	case key == "Description":
		if word := oneOf(value, "Data Center", "Server", "Cloud"); word != "" {
			facts = append(facts, said{LicenceType, word})
		}
		if word := oneOf(value, "Evaluation", "Commercial", "Academic", "Community", "Open Source", "Developer", "Starter", "Non-Profit", "Demonstration", "Personal", "Trial"); word != "" {
			facts = append(facts, said{LicenceClass, word})
		}
	case strings.HasPrefix(key, "Maximum Number Of Users"):
		if strings.EqualFold(value, "unlimited") {
			value = "-1"
		}
		facts = append(facts, said{LicenceUsers, value})
	case strings.Contains(key, "Expir") && strings.Trim(value, "0123456789-/.: ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+") == "":
		facts = append(facts, said{LicenceExpires, value})
	}
	return facts
}

func oneOf(text string, words ...string) string {
	for _, word := range words {
		if strings.Contains(strings.ToLower(text), strings.ToLower(word)) {
			return strings.ToLower(word)
		}
	}
	return ""
}
