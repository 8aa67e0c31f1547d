package inventory

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Path names one fact. Rules about findings use the same names.
type Path string

// The facts. Numbers are counts, and bytes where the name says memory, heap or size.
const (
	Product          Path = "product.name" // jira, confluence or bitbucket
	Version          Path = "product.version"
	Build            Path = "product.build"
	Installation     Path = "product.installation"
	ServerID         Path = "product.serverId"      // only that there is one
	BaseURLScheme    Path = "product.baseUrlScheme" // http or https; the host is withheld
	Clustered        Path = "cluster.clustered"
	Nodes            Path = "cluster.nodes"
	SystemName       Path = "system.name"
	SystemVersion    Path = "system.version"
	Architecture     Path = "system.architecture"
	Processors       Path = "system.processors"
	Memory           Path = "system.memory"
	Swap             Path = "system.swap"
	SystemLoad       Path = "system.load" // share of the CPU, 0 to 1
	MaxFiles         Path = "system.maxFiles"
	OpenFiles        Path = "system.openFiles"
	JavaVersion      Path = "java.version"
	JavaVendor       Path = "java.vendor"
	JavaArguments    Path = "java.arguments"
	HeapMax          Path = "java.heapMax"
	HeapMin          Path = "java.heapMin"
	HeapUsed         Path = "java.heapUsed"
	Server           Path = "java.server" // the servlet container
	Database         Path = "database.name"
	DatabaseVersion  Path = "database.version"
	DatabaseSupport  Path = "database.support"
	DatabaseURL      Path = "database.url" // kind and port
	Driver           Path = "database.driver"
	DriverVersion    Path = "database.driverVersion"
	PoolMax          Path = "database.poolMax"
	PoolMin          Path = "database.poolMin"
	PoolIdle         Path = "database.poolIdle"
	PoolWait         Path = "database.poolWait" // milliseconds
	WeakPassword     Path = "database.weakPassword"
	Issues           Path = "counts.issues"
	Projects         Path = "counts.projects"
	CustomFields     Path = "counts.customFields"
	Workflows        Path = "counts.workflows"
	Users            Path = "counts.users"
	Groups           Path = "counts.groups"
	Attachments      Path = "counts.attachments"
	Comments         Path = "counts.comments"
	Spaces           Path = "counts.spaces"
	Pages            Path = "counts.pages"
	Repositories     Path = "counts.repositories"
	LicenceType      Path = "licence.type"  // server, data center
	LicenceClass     Path = "licence.class" // evaluation, commercial, …
	LicenceEvaluates Path = "licence.evaluation"
	LicenceSupported Path = "licence.supported"
	LicenceUsers     Path = "licence.users" // -1 for unlimited
	LicenceExpires   Path = "licence.expires"
	UserPlugins      Path = "plugins.user"
	SystemPlugins    Path = "plugins.system"
	DisabledPlugins  Path = "plugins.disabled"
	ChecksFailing    Path = "health.failing"
	UnreadDocuments  Path = "bundle.unread"
	DebugShare       Path = "logs.debugPercent" // of the lines of the product's own log that have a level
	PlainDirectories Path = "directories.plain" // directories asked without TLS
)

// Origin is where a fact was said. A higher origin wins over a lower one.
type Origin int

// From the weakest to the strongest: the support tool writes application.xml when the bundle is made, so it is the
// newest word; a start that ran to its end says more than one that broke off; a configuration file says what was meant,
// not what is; and a file's name only hints.
const (
	FromName Origin = iota
	FromLine
	FromConfig
	FromBrokenStart
	FromStart
	FromDocument
)

var origins = [...]string{"file name", "log line", "configuration", "unfinished start", "start", "application.xml"}

// String is the origin in words.
func (o Origin) String() string { return origins[max(0, min(int(o), len(origins)-1))] }

// MarshalText gives the origin in words to JSON.
func (o Origin) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Claim is what one source said. Value is a string, a float64 or a bool.
type Claim struct {
	Value  any    `json:"value"`
	Origin Origin `json:"origin"`
	Place
}

// beats decides between two claims: the better origin, then the later time, then the later file and line. The last is
// arbitrary and only there so that the answer never depends on the order of reading.
func (c Claim) beats(d Claim) bool {
	if c.Origin != d.Origin {
		return c.Origin > d.Origin
	}
	return d.Place.Before(c.Place)
}

// Fact is the claim that won, and for each other value the best claim that there was, best first.
type Fact struct {
	Claim
	Others []Claim `json:"others,omitempty"`
}

// maxOthers bounds the evidence beside one fact.
const maxOthers = 8

// settle lets the best claim win. There is at least one.
func settle(claims []Claim) Fact {
	slices.SortFunc(claims, func(a, b Claim) int {
		if a.beats(b) {
			return -1
		}
		return 1
	})
	f := Fact{Claim: claims[0]}
	for _, c := range claims[1:] {
		same := func(other Claim) bool { return other.Value == c.Value }
		if c.Value != f.Value && len(f.Others) < maxOthers && !slices.ContainsFunc(f.Others, same) {
			f.Others = append(f.Others, c)
		}
	}
	return f
}

// kind is what the value of a fact is.
type kind int

const (
	words kind = iota
	number
	flag
	presence // only whether there is one
	harmless // words that were made harmless, at some length
)

var kinds = map[Path]kind{
	ServerID: presence, JavaArguments: harmless, Clustered: flag, Nodes: number, Processors: number, Memory: number, Swap: number, SystemLoad: number,
	MaxFiles: number, OpenFiles: number, HeapMax: number, HeapMin: number, HeapUsed: number, PoolMax: number, PoolMin: number,
	PoolIdle: number, PoolWait: number, Issues: number, Projects: number, CustomFields: number, Workflows: number,
	Users: number, Groups: number, Attachments: number, Comments: number, Spaces: number, Pages: number,
	Repositories: number, LicenceEvaluates: flag, WeakPassword: flag, LicenceSupported: flag, LicenceUsers: number, UserPlugins: number,
	SystemPlugins: number,
}

// valueOf reads a fact's text as what the fact is, and tells whether it could. What is free text stays out of the
// inventory unless a reader below made it harmless.
func valueOf(p Path, text string) (value any, ok bool) {
	text = strings.TrimSpace(text)
	switch kinds[p] {
	case number:
		n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
		return n, err == nil && n >= -1 && n < 1e18
	case flag:
		return truth(text), text != ""
	case presence:
		return true, text != ""
	case harmless:
		return text[:min(len(text), longest)], text != ""
	}
	text = Plain(text)
	return text, text != ""
}

func truth(text string) bool {
	return slices.Contains([]string{"true", "yes", "on", "enabled"}, strings.ToLower(text))
}

// sortedKeys walks a map in the order of its keys.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
