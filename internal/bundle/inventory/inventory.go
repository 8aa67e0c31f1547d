// Package inventory is what a support bundle says of its product: which one, of which version, on what machine, how much
// is in it, which apps, which health, and what its logs count. It reads text; it never opens a file or an archive.
//
// A bundle's files come in two ways. Logs come in blocks of whole lines: Look is pure and may be called for any block at
// any time, and Account.Take then folds what it saw in the order of the blocks. Small documents (XML, properties, health
// checks, thread dumps) come whole, to Account.Document. Merge folds the accounts of all files into one Inventory; neither
// the order of the files nor the presence of others changes what a file contributes.
//
// Every fact keeps its place (file and line). Where sources disagree the better one wins and the others stay beside it as
// evidence: see Origin for who is better, and Claim for what decides between equals.
//
// What it will not do: it keeps no value that names a person, a machine or a secret. The server id and the base URL are
// known to be there, not what they are; connection URLs keep their kind and port; JVM arguments keep what is technical;
// directories keep their type; the licence its terms. It redacts nothing: the text itself is another package's business.
package inventory

// Place is a line of a file of the bundle. Time is the log's own clock without its offset, "2006-01-02 15:04:05", where
// the line or one before it has a time.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Time string `json:"time,omitempty"`
}

// Before orders places by time, then by file and line, so that the order in which files are met does not matter.
func (p Place) Before(q Place) bool {
	switch {
	case p.Time != q.Time:
		return p.Time < q.Time
	case p.File != q.File:
		return p.File < q.File
	}
	return p.Line < q.Line
}

// Inventory is the whole of it. Lists are sorted by what identifies their items.
type Inventory struct {
	Facts       map[Path]Fact        `json:"facts"`
	Plugins     []Plugin             `json:"plugins,omitempty"`
	Directories []Directory          `json:"directories,omitempty"`
	Checks      []Check              `json:"healthChecks,omitempty"`
	Filesystems []Filesystem         `json:"filesystems,omitempty"`
	Logs        []Log                `json:"logs,omitempty"`
	Access      []Access             `json:"access,omitempty"`
	Threads     []ThreadDump         `json:"threadDumps,omitempty"`
	Busy        []BusyThread         `json:"busyThreads,omitempty"`
	Statistics  map[string]Statistic `json:"statistics,omitempty"`
	Layout      map[Family][]string  `json:"layout"`
	Problems    []Problem            `json:"problems,omitempty"`
}

// Problem is a document that could not be read to its end, with the reason in one line.
type Problem struct {
	Place
	Reason string `json:"reason"`
}

// Shorten lists no more than so many files of a family, plugins, requests of access logs and threads.
func (i *Inventory) Shorten(most int) {
	for family, files := range i.Layout {
		i.Layout[family] = files[:min(len(files), most)]
	}
	i.Plugins, i.Access, i.Threads = i.Plugins[:min(len(i.Plugins), most)], i.Access[:min(len(i.Access), most)], i.Threads[:min(len(i.Threads), most)]
	i.Busy, i.Checks, i.Problems = i.Busy[:min(len(i.Busy), most)], i.Checks[:min(len(i.Checks), most)], i.Problems[:min(len(i.Problems), most)]
}

// Text is the value of a fact that is words; empty when nobody said.
func (i *Inventory) Text(p Path) string {
	text, _ := i.Facts[p].Value.(string)
	return text
}

// Number is the value of a fact that is a number, and whether anybody said.
func (i *Inventory) Number(p Path) (float64, bool) {
	number, known := i.Facts[p].Value.(float64)
	return number, known
}

// Flag is the value of a fact that holds or does not; false when nobody said.
func (i *Inventory) Flag(p Path) bool {
	flag, _ := i.Facts[p].Value.(bool)
	return flag
}

// Unknown are the files of no family.
func (i *Inventory) Unknown() []string { return i.Layout[Unknown] }
