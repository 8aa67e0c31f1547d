package inventory

import (
	"bytes"
	"strings"
)

// When Jira starts it prints what it found, in sections "___ Name ___" of "Key : value" lines, over some two thousand
// lines of its own log. A start begins with the section Environment and is complete with Plugin System Started. A log
// holds several: what the last complete one says wins, section by section, since a start that broke off has printed only
// some of them; what only unfinished starts say is kept at a lower rank (see Origin).

// piece is a part of the banner within one block: a section, or the untimed lines at the head of a block, which go on
// with whatever the block before it left open.
type piece struct {
	name string // empty for the head of a block
	line int    // number of the first line of text
	time string
	text []byte
	open bool // it reaches the end of the block
}

// maxSection bounds one section, in bytes. The real ones have up to 120 KB.
const maxSection = 2 << 20

// banners finds the pieces of a block.
func banners(b Block) (pieces []piece) {
	if head := untilStamp(b, 0, b.Line); len(head.text) > 0 {
		pieces = append(pieces, head)
	}
	cursor := b.Cursor()
	for _, hit := range b.Hits {
		from := hit.End - len(sectionMark)
		if hit.Needle != 0 || from < 0 || hit.End > len(b.Text) || from > 0 && b.Text[from-1] != '\n' {
			continue
		}
		at, title := cursor.At(from), b.LineAround(from)
		p := untilStamp(b, min(from+len(title)+1, len(b.Text)), at.Line+1)
		name, _, _ := bytes.Cut(title[len(sectionMark):], []byte(" _"))
		p.name, p.time = Plain(string(name)), at.Time
		pieces = append(pieces, p)
	}
	return pieces
}

// untilStamp copies the lines from an offset up to the next section or the next line with a time.
func untilStamp(b Block, from, line int) piece {
	end := from
	for end < len(b.Text) && !isStamp(b.Text[end:]) && !bytes.HasPrefix(b.Text[end:], []byte(sectionMark)) {
		next := bytes.IndexByte(b.Text[end:], '\n')
		if next < 0 {
			end = len(b.Text)
			break
		}
		end += next + 1
	}
	return piece{line: line, text: bytes.Clone(b.Text[from:min(end, from+maxSection)]), open: end == len(b.Text)}
}

// entry is one line of a section. Nested entries stand further in.
type entry struct {
	key, value string
	nested     bool
	line       int
}

// entries reads a section's lines. A value may go on in lines without a key, which are left out: nothing that is wanted
// from a banner has them. Names of plugins may hold " : ", their keys cannot, so those are cut at the last one.
func entries(p piece, cut func(string, string) int) (found []entry) {
	eachLine(p.text, p.line, func(line []byte, number, _ int) {
		indent := len(line) - len(bytes.TrimLeft(line, " "))
		text := string(bytes.TrimLeft(line, " ")) + " "
		i := cut(text, " : ")
		if indent < 5 || indent > 20 || i < 0 {
			return
		}
		found = append(found, entry{strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+3:]), indent >= 10, number})
	})
	return found
}

const (
	userPlugins   = "User Plugins"
	systemPlugins = "System Plugins"
	shortText     = 4 << 10
)

// labels are the lines of the banner that are facts, by section and key.
var labels = map[string]map[string]Path{
	"Core Application Properties": {
		"Version": Version, "Build #": Build, "Installation Type": Installation, "Server ID": ServerID,
	},
	"Environment": {"Application Server": Server, "Java Version": JavaVersion},
	"Java System Properties": {
		"os.name": SystemName, "os.version": SystemVersion, "os.arch": Architecture, "java.runtime.version": JavaVersion, "java.vendor": JavaVendor,
	},
	"Database Configuration": {"Database Version": DatabaseVersion, "Database Driver": Driver},
	"Database Statistics": {
		"Issues": Issues, "Projects": Projects, "Custom Fields": CustomFields, "Workflows": Workflows, "Users": Users,
		"Groups": Groups, "Attachments": Attachments, "Comments": Comments,
	},
	userPlugins:       {"Number": UserPlugins},
	systemPlugins:     {"Number": SystemPlugins},
	"License Details": {"Evaluation": LicenceEvaluates, "Entitled To Support": LicenceSupported},
}

// start is one start of the product, while its banner is read.
type start struct {
	claims      map[Path]Claim
	plugins     []piece
	directories []Directory
	counted     bool // it has printed the database's statistics
	at          Place
}

func (s *start) tell(p Path, text string, at Place) {
	if value, ok := valueOf(p, text); ok {
		s.claims[p] = Claim{value, FromBrokenStart, at}
	}
}

// section reads one whole section into the start.
func (s *start) section(file string, p piece) {
	switch p.name {
	case userPlugins, systemPlugins:
		s.plugins = append(s.plugins, p)
		p.text = p.text[:min(len(p.text), shortText)] // how many they are stands at the top
	case "User Directories (Ordered)":
		s.directories = bannerDirectories(file, p)
	}
	s.counted = s.counted || p.name == "Database Statistics"
	if labels[p.name] == nil {
		return
	}
	for _, e := range entries(p, strings.Index) {
		at := Place{file, e.line, p.time}
		if path, known := labels[p.name][e.key]; known && !e.nested {
			s.tell(path, e.value, at)
		}
		s.special(p.name, e, at)
	}
}

// special reads the lines that say more than one fact, or less than they hold.
func (s *start) special(section string, e entry, at Place) {
	switch {
	case section == "Environment" && e.key == "JIRA Build":
		version, _, _ := strings.Cut(e.value, "#")
		s.tell(Product, "jira", at)
		s.tell(Version, version, at)
	case section == "Environment" && e.key == "JVM Input Arguments":
		for _, t := range fromArguments(e.value) {
			s.tell(t.path, t.text, at)
		}
	case section == "Core Application Properties" && e.key == "Base URL":
		s.tell(BaseURLScheme, scheme(e.value), at)
	case section == "Database Configuration" && e.key == "Database URL":
		s.tell(DatabaseURL, Connection(e.value), at)
	case section == "Database Configuration" && e.key == "Database Version":
		name, _, _ := strings.Cut(e.value, " - ")
		s.tell(Database, databaseName(name), at)
	case section == "License Details":
		for _, t := range licence(e.key, e.value) {
			s.tell(t.path, t.text, at)
		}
	}
}

// bannerPlugins reads the sections of plugins of one start.
func bannerPlugins(file string, sections []piece) (found []Plugin) {
	for _, p := range sections {
		for _, e := range entries(p, strings.LastIndex) {
			switch {
			case e.nested && len(found) > 0:
				found[len(found)-1].set(e.key, e.value)
			case !e.nested && e.key != "Number" && len(found) < maxPlugins:
				found = append(found, Plugin{Name: Plain(e.key), Key: Plain(e.value), User: p.name == userPlugins, Place: Place{file, e.line, p.time}})
			}
		}
	}
	return found
}
