package inventory

import "bytes"

// Levels counts lines by how grave they say they are. Tomcat's SEVERE counts as Error, its WARNING as Warn, its CONFIG as
// Info, and its FINE, FINER and FINEST as Debug. Lines without a level (stack traces, banners) count nowhere.
type Levels struct {
	Fatal int64 `json:"fatal"`
	Error int64 `json:"error"`
	Warn  int64 `json:"warn"`
	Info  int64 `json:"info"`
	Debug int64 `json:"debug"`
	Trace int64 `json:"trace"`
}

// Total is how many lines have a level.
func (l Levels) Total() int64 { return l.Fatal + l.Error + l.Warn + l.Info + l.Debug + l.Trace }

func (l Levels) with(o Levels) Levels {
	return Levels{l.Fatal + o.Fatal, l.Error + o.Error, l.Warn + o.Warn, l.Info + o.Info, l.Debug + o.Debug, l.Trace + o.Trace}
}

// The level stands behind the time and the thread's name, which may hold blanks; levelReach is how far it is looked for.
const levelReach = 140

// levelsOf counts the levels of a block's lines. It runs over every byte of every log, so it looks at the head of each
// line only and allocates nothing.
func levelsOf(text []byte) (l Levels) {
	for len(text) > 0 {
		next := bytes.IndexByte(text, '\n')
		if next < 0 {
			next = len(text)
		}
		if next > stampWidth && text[13] == ':' && text[4] == '-' && digit(text[0]) {
			l.count(text[stampWidth:min(next, levelReach)])
		} else if next > stampWidth && text[2] == '-' && text[6] == '-' && digit(text[0]) {
			l.count(text[stampWidth:min(next, levelReach)])
		}
		text = text[min(next+1, len(text)):]
	}
	return l
}

// count finds the first word that is a level.
func (l *Levels) count(head []byte) {
	for {
		i := bytes.IndexByte(head, ' ')
		if i < 0 || len(head) < i+6 {
			return
		}
		head = head[i+1:]
		if c := l.of(head); c != nil {
			*c++
			return
		}
	}
}

// of is the counter of the level with which a text begins, or nil. Most words begin with a small letter.
func (l *Levels) of(word []byte) *int64 {
	if word[0] < 'C' || word[0] > 'W' {
		return nil
	}
	is := func(level string) bool { return len(word) >= len(level) && string(word[:len(level)]) == level }
	switch {
	case is("INFO "), is("CONFIG "):
		return &l.Info
	case is("WARN "), is("WARNING "):
		return &l.Warn
	case is("ERROR "), is("SEVERE "):
		return &l.Error
	case is("DEBUG "), is("FINE "), is("FINER "), is("FINEST "):
		return &l.Debug
	case is("TRACE "):
		return &l.Trace
	case is("FATAL "):
		return &l.Fatal
	}
	return nil
}
