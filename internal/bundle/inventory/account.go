package inventory

import (
	"cmp"
	"fmt"
)

// Account is what one file says. It is not safe for concurrent use.
type Account struct {
	file        string
	family      Family
	log         Log
	statistics  statistics
	claims      map[Path][]Claim // one an origin
	access      *answers
	plugins     listing[Plugin]
	printed     listing[piece] // of plugins, by the start that wins so far; they are long, and only one start's are read
	directories listing[Directory]
	checks      []Check
	filesystems []Filesystem
	threads     []ThreadDump
	busy        []BusyThread
	problem     *Problem

	open *piece // a section that the last block did not end
	now  *start // the start whose banner is being read
}

// NewAccount begins the account of a file, by its name in the bundle.
func NewAccount(file string) *Account {
	family := Classify(file)
	a := &Account{file: file, family: family, log: Log{Family: family, Files: 1}, statistics: statistics{}, claims: map[Path][]Claim{}}
	if product := family.product(); product != "" {
		a.claim(Product, Claim{product, FromName, Place{File: file, Line: 1}})
	}
	return a
}

// Log is what the logs of one family say together. First and Last are the times of the first and the last line of a file
// that have one, and of several files the earliest and the latest.
type Log struct {
	Family Family `json:"family"`
	Files  int    `json:"files"`
	Lines  int64  `json:"lines"`
	First  string `json:"first,omitempty"`
	Last   string `json:"last,omitempty"`
	Levels Levels `json:"levels"`
}

func (l Log) with(o Log) Log {
	if l.First == "" || o.First != "" && o.First < l.First {
		l.First = o.First
	}
	l.Last = max(l.Last, o.Last)
	l.Files, l.Lines, l.Levels = l.Files+o.Files, l.Lines+o.Lines, l.Levels.with(o.Levels)
	return l
}

// Take folds in what the next block of the file said.
func (a *Account) Take(s Seen) {
	a.takeBanner(s)
	a.log.Lines, a.log.Levels = a.log.Lines+int64(s.lines), a.log.Levels.with(s.levels)
	a.log.First = cmp.Or(a.log.First, s.first)
	a.log.Last = cmp.Or(s.last, a.log.Last)
	for _, path := range sortedKeys(s.claims) {
		a.claim(path, s.claims[path])
	}
	a.access = a.access.with(s.access)
	a.statistics.mergeAll(s.statistics)
}

// claim keeps the best claim of each origin.
func (a *Account) claim(path Path, c Claim) {
	for i, old := range a.claims[path] {
		if old.Origin == c.Origin {
			if c.beats(old) {
				a.claims[path][i] = c
			}
			return
		}
	}
	a.claims[path] = append(a.claims[path], c)
}

// takeBanner goes on with the section that the block before left open, and with those that begin in this one.
func (a *Account) takeBanner(s Seen) {
	if len(s.banner) == 0 || s.banner[0].name != "" {
		a.endSection()
	}
	for _, p := range s.banner {
		if p.time == "" {
			p.time = a.log.Last
		}
		if p.name != "" {
			a.endSection()
			a.open = &p
		} else if a.open != nil && len(a.open.text)+len(p.text) <= maxSection {
			a.open.text = append(a.open.text, p.text...)
			a.open.open = p.open
		}
		if a.open != nil && !a.open.open {
			a.endSection()
		}
	}
}

func (a *Account) endSection() {
	if a.open == nil {
		return
	}
	p := *a.open
	a.open = nil
	switch {
	case p.name == "Environment":
		a.endStart(FromBrokenStart)
		fallthrough
	case a.now == nil && p.name != "Plugin System Started":
		a.now = &start{claims: map[Path]Claim{}, at: Place{a.file, p.line, p.time}}
	}
	if p.name == "Plugin System Started" {
		if a.now != nil && a.now.counted {
			a.endStart(FromStart)
		}
		return
	}
	a.now.section(a.file, p)
}

// endStart makes what a start has printed the file's own claims.
func (a *Account) endStart(origin Origin) {
	if a.now == nil {
		return
	}
	for _, path := range sortedKeys(a.now.claims) {
		c := a.now.claims[path]
		c.Origin = origin
		a.claim(path, c)
	}
	a.printed = a.printed.or(listing[piece]{origin, a.now.at, a.now.plugins})
	a.directories = a.directories.or(listing[Directory]{origin, a.now.at, a.now.directories})
	a.now = nil
}

// close ends what the file's end left open.
func (a *Account) close() {
	a.endSection()
	a.endStart(FromBrokenStart)
	a.plugins = a.plugins.or(listing[Plugin]{a.printed.origin, a.printed.at, bannerPlugins(a.file, a.printed.items)})
	a.printed = listing[piece]{}
	a.shares()
}

// shares turns what was counted over the whole file into statistics and facts.
func (a *Account) shares() {
	if a.access != nil {
		r, at := a.access.report(a.file), Place{a.file, max(a.access.first, 1), a.access.firstAt}
		if r.Requests > 0 {
			a.statistics.add(ServerErrors, 100*float64(r.Classes[4])/float64(r.Requests), at)
		}
		if r.Timed > 0 {
			a.statistics.add(SlowAnswers, float64(r.P99), Place{File: a.file, Line: 1, Time: a.log.First})
		}
	}
}

// tell notes a fact of a document.
func (a *Account) tell(path Path, text string, origin Origin, line int) {
	if value, ok := valueOf(path, text); ok {
		a.claim(path, Claim{value, origin, Place{File: a.file, Line: line}})
	}
}

func (a *Account) fail(line int, format string, args ...any) {
	if a.problem == nil {
		a.problem = &Problem{Place{File: a.file, Line: line}, Plain(fmt.Sprintf(format, args...))}
	}
}

// MaxDocument is how much of a document is read, in bytes; what is beyond it is a Problem.
const MaxDocument = 16 << 20

// Document reads a file of a family that is Whole. It may be called once.
func (a *Account) Document(text []byte) {
	if len(text) > MaxDocument {
		a.fail(1, "it has more than %d bytes, and only those were read", MaxDocument)
		text = text[:MaxDocument]
	}
	a.log.Lines = int64(linesOf(text))
	switch a.family {
	case Application:
		a.readApplication(text)
	case DatabaseConfig, ConfluenceCfg:
		a.readConfig(text)
	case BitbucketProps, Properties:
		a.readProperties(text)
	case Health:
		a.readChecks(text)
	case DirectoryInfo:
		a.readDirectories(text)
	case ThreadDumps:
		a.readThreads(text)
	case ThreadCPU:
		a.readBusy(text)
	}
}

func linesOf(text []byte) (n int) {
	eachLine(text, 1, func([]byte, int, int) { n++ })
	return n
}
