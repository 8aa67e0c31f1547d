package inventory

import "bytes"

// Seen is what one block says. Only Account.Take knows what to do with it.
type Seen struct {
	lines       int
	first, last string // the times of the first and the last line that have one
	levels      Levels
	banner      []piece
	statistics  statistics
	claims      map[Path]Claim
	access      *answers
}

// a marker is a literal that is searched for in every block, and what is done with a line that holds it.
type marker struct {
	literal string
	read    func(s *Seen, b Block, line []byte, at Place)
}

const sectionMark = "    ___ "

var markers = []marker{
	{sectionMark, nil}, // see banners
	{"[VERSIONING] total stats", averages}, {"[DBR] total stats", averages}, {"[JIRA-STATS]", averages},
	{`"timeToAddMillis":{`, averages}, {`"timeToSendMillis":{`, averages}, {`"receiveDBRMessageDelayed":{`, averages},
	{`"updateDocumentsWithVersion":{`, averages},
	{"' produced lucene query '", slowJQL},
	{" build: ", startedLine},
}

// Needles are the literals that Look wants found in every block of a log.
func Needles() []string {
	var needles []string
	for _, m := range markers {
		needles = append(needles, m.literal)
	}
	return needles
}

// Look reads one block of a log. It is pure, and keeps nothing of the block's text that it did not copy.
func Look(b Block) Seen {
	family := Classify(b.File)
	s := Seen{lines: bytes.Count(b.Text, []byte{'\n'}), statistics: statistics{}, claims: map[Path]Claim{}}
	if n := len(b.Text); n > 0 && b.Text[n-1] != '\n' {
		s.lines++
	}
	s.first, s.last = firstOf(b.Text, stampOf(family)), lastOf(b.Text, stampOf(family))
	if family.levelled() {
		s.levels = levelsOf(b.Text)
	}
	if family == JiraLog {
		s.banner = banners(b)
	}
	if read := readers[family]; read != nil {
		read(&s, b)
	}
	s.marked(b)
	return s
}

// readers are those of families whose every line is a measurement.
var readers = map[Family]func(*Seen, Block){
	AccessLog: accessLines, ApdexLog: apdexLines, GCLog: gcLines, JstatLog: jstatLines, PerfLog: perfLines, IPDLog: ipdLines,
}

// marked hands each line with a marker, once, to its reader.
func (s *Seen) marked(b Block) {
	cursor, done := b.Cursor(), -1
	for _, hit := range b.Hits {
		if hit.Needle < 0 || hit.Needle >= len(markers) || hit.End <= done || hit.End > len(b.Text) || markers[hit.Needle].read == nil {
			continue
		}
		at, line := cursor.At(hit.End), b.LineAround(hit.End)
		done = b.LineEnd(hit.End)
		markers[hit.Needle].read(s, b, line, at)
	}
}

// stampOf is how a family's lines tell the time.
func stampOf(f Family) func([]byte) string {
	if f == AccessLog {
		return accessStamp
	}
	return Stamp
}

// firstOf is the first time in a block.
func firstOf(text []byte, stamp func([]byte) string) string {
	for {
		if when := stamp(text); when != "" {
			return when
		}
		next := bytes.IndexByte(text, '\n')
		if next < 0 {
			return ""
		}
		text = text[next+1:]
	}
}

// lastOf is the last time in a block.
func lastOf(text []byte, stamp func([]byte) string) string {
	for end := len(bytes.TrimRight(text, "\n")); end > 0; {
		from := bytes.LastIndexByte(text[:end], '\n') + 1
		if when := stamp(text[from:]); when != "" {
			return when
		}
		end = from - 1
	}
	return ""
}

// startedLine reads "Jira 8.9.0 build: 809000 started".
func startedLine(s *Seen, _ Block, line []byte, at Place) {
	before, after, _ := bytes.Cut(line, []byte(" build: "))
	if !bytes.Contains(after, []byte(" started")) {
		return
	}
	words := bytes.Fields(before)
	if len(words) < 2 || !versionLike(words[len(words)-1]) {
		return
	}
	if product := productWord(string(words[len(words)-2])); product != "" {
		s.claim(Product, product, at)
		s.claim(Version, string(words[len(words)-1]), at)
		build, _, _ := bytes.Cut(after, []byte(" "))
		if versionLike(build) {
			s.claim(Build, string(build), at)
		}
	}
}

func (s *Seen) claim(p Path, value any, at Place) {
	c := Claim{value, FromLine, at}
	if old, known := s.claims[p]; !known || c.beats(old) {
		s.claims[p] = c
	}
}

func versionLike(word []byte) bool {
	return len(word) > 0 && len(word) < 40 && digit(word[0]) && len(bytes.Trim(word, "0123456789.-mrcMRCbetaSNAPHOT")) == 0
}
