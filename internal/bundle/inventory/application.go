package inventory

import (
	"cmp"
	"strings"
)

// application.xml has two shapes. Jira's is flat, one element a fact. Newer ones, and Bitbucket's, are nested: database
// and operating system, nodes, filesystems and plugins have elements of their own. One table reads both: a fact is found
// by the element's name and its parent's where that tells, else by the name alone.

// nested are facts told by "parent/name".
var nested = map[string]Path{
	"product/@version":                     Version,
	"cluster-information/clustered":        Clustered,
	"operating-system/os-name":             SystemName,
	"operating-system/os-version":          SystemVersion,
	"operating-system/os-architecture":     Architecture,
	"operating-system/system-cpu-load":     SystemLoad,
	"database-information/version":         DatabaseVersion,
	"database-information/support-level":   DatabaseSupport,
	"database-information/driver-name":     Driver,
	"database-information/driver-version":  DriverVersion,
	"projects/count":                       Projects,
	"repositories/count":                   Repositories,
	"java-runtime-environment/heap-used":   HeapUsed,
	"java-runtime-environment/java.vendor": JavaVendor,
}

// flat are facts told by the name, wherever it stands but inside a plugin, a node, a filesystem or a directory.
var flat = map[string]Path{
	"build-number":            Build,
	"build":                   Build,
	"server-id":               ServerID,
	"serverid":                ServerID,
	"available-processors":    Processors,
	"total-physical-memory":   Memory,
	"total-swap-space":        Swap,
	"max-file-descriptor":     MaxFiles,
	"open-file-descriptor":    OpenFiles,
	"java.runtime.version":    JavaVersion,
	"java.version":            JavaVersion,
	"java-version":            JavaVersion,
	"java.vendor":             JavaVendor,
	"java-vendor":             JavaVendor,
	"application-server":      Server,
	"os-name":                 SystemName,
	"operating-system-name":   SystemName,
	"os-version":              SystemVersion,
	"os-architecture":         Architecture,
	"database-version":        DatabaseVersion,
	"database-driver":         Driver,
	"database-driver-version": DriverVersion,
	"issues":                  Issues,
	"custom-fields":           CustomFields,
	"workflows":               Workflows,
	"users":                   Users,
	"groups":                  Groups,
	"attachments":             Attachments,
	"comments":                Comments,
	"projects":                Projects,
	"spaces":                  Spaces,
	"global-spaces":           Spaces,
	"pages":                   Pages,
	"repositories":            Repositories,
	"evaluation":              LicenceEvaluates,
}

// readApplication reads application.xml. What stands before an error counts.
func (a *Account) readApplication(text []byte) {
	r := application{account: a}
	if line, err := walkXML(text, r.read); err != nil {
		a.fail(line, "%v", err)
	}
	r.finish()
}

// application is what is known so far of one application.xml.
type application struct {
	account     *Account
	plugin      Plugin
	plugins     []Plugin
	filesystems map[string]*Filesystem
	nodes       int
	maxFiles    float64
	openFiles   float64
	openAt      int
}

func (r *application) tell(p Path, text string, line int) {
	r.account.tell(p, text, FromDocument, line)
}

func (r *application) read(n node) {
	switch {
	case r.list(n), r.derived(n):
	case nested[n.parent()+"/"+n.name()] != "":
		r.tell(nested[n.parent()+"/"+n.name()], n.text, n.line)
	case flat[n.name()] != "" && !within(n, "user-directories", "directory"):
		r.tell(flat[n.name()], n.text, n.line)
	case (n.name() == "version" || n.name() == "@version") && len(n.path) <= 2:
		r.tell(Version, n.text, n.line)
	}
}

func within(n node, names ...string) bool {
	for _, open := range n.path[:len(n.path)-1] {
		for _, name := range names {
			if open == name {
				return true
			}
		}
	}
	return false
}

// list reads what there are several of.
func (r *application) list(n node) bool {
	switch {
	case n.name() == "plugin":
		r.endPlugin(n)
	case n.parent() == "plugin":
		r.plugin.set(strings.TrimPrefix(n.name(), "@"), n.text)
	case n.name() == "node":
		r.nodes++
	case n.name() == "home" || n.name() == "shared-home" || n.parent() == "home" || n.parent() == "shared-home":
		r.filesystem(n)
	default:
		return within(n, "plugin", "node")
	}
	return true
}

func (r *application) endPlugin(n node) {
	r.plugin.Place = Place{File: r.account.file, Line: n.line}
	if r.plugin.Key != "" && len(r.plugins) < maxPlugins {
		r.plugins = append(r.plugins, r.plugin)
	}
	r.plugin = Plugin{}
}

func (r *application) filesystem(n node) {
	if n.parent() != "home" && n.parent() != "shared-home" {
		return
	}
	if r.filesystems == nil {
		r.filesystems = map[string]*Filesystem{}
	}
	f := r.filesystems[n.parent()]
	if f == nil {
		f = &Filesystem{Home: n.parent(), Place: Place{File: r.account.file, Line: n.line}}
		r.filesystems[n.parent()] = f
	}
	value, _ := Number([]byte(n.text))
	switch n.name() {
	case "type":
		f.Type = Plain(n.text)
	case "free-size":
		f.Free = value
	case "total-size":
		f.Total = value
	}
}

// derived reads what is told otherwise than it stands there.
func (r *application) derived(n node) bool {
	switch n.name() {
	case "@name":
		if n.parent() == "product" || n.parent() == "" {
			r.tell(Product, productWord(n.text), n.line)
		}
	case "database-name", "database-type":
		r.tell(Database, cmp.Or(databaseName(n.text), n.text), n.line)
	case "connection-url", "database-url":
		r.tell(DatabaseURL, Connection(n.text), n.line)
	case "base-url", "baseurl":
		r.tell(BaseURLScheme, scheme(n.text), n.line)
	case "jvm-input-arguments", "virtual-machine-arguments":
		for _, t := range fromArguments(n.text) {
			r.tell(t.path, t.text, n.line)
		}
	case "license-type", "license-description":
		for _, t := range licence("Description", n.text) {
			r.tell(t.path, t.text, n.line)
		}
	case "max-file-descriptor":
		r.maxFiles, _ = Number([]byte(n.text))
		return false
	case "open-file-descriptor":
		r.openFiles, _ = Number([]byte(n.text))
		r.openAt = n.line
		return false
	default:
		return false
	}
	return true
}

// finish tells what the whole document adds up to.
func (r *application) finish() {
	a := r.account
	a.plugins = listing[Plugin]{FromDocument, Place{File: a.file, Line: 1}, r.plugins}
	if r.nodes > 0 {
		a.claim(Nodes, Claim{float64(r.nodes), FromDocument, Place{File: a.file, Line: 1}})
	}
	if r.maxFiles > 0 && r.openAt > 0 {
		a.statistics.add(OpenShare, 100*r.openFiles/r.maxFiles, Place{File: a.file, Line: r.openAt})
	}
	for _, home := range sortedKeys(r.filesystems) {
		f := *r.filesystems[home]
		a.filesystems = append(a.filesystems, f)
		if f.Total > 0 && f.Free >= 0 && f.Free <= f.Total {
			a.statistics.add(DiskShare, 100*(1-f.Free/f.Total), f.Place)
		}
	}
}
