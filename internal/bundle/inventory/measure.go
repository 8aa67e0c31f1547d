package inventory

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Number reads the number at the head of a text, past blanks, quotes, brackets and signs of assignment; commas between
// digits group thousands ("60,495").
func Number(text []byte) (float64, bool) {
	text = bytes.TrimLeft(text, " \t'\"[(=:")
	var digits [32]byte
	n := 0
	for i := 0; i < len(text) && n < len(digits); i++ {
		c := text[i]
		if c == ',' && i > 0 && i+3 < len(text) && digit(text[i-1]) && digit(text[i+1]) && digit(text[i+2]) && digit(text[i+3]) {
			continue
		}
		if !digit(c) && (c != '.' || i+1 >= len(text) || !digit(text[i+1])) && (c != '-' || i > 0) {
			break
		}
		digits[n] = c
		n++
	}
	value, err := strconv.ParseFloat(string(digits[:n]), 64)
	return value, err == nil && !math.IsInf(value, 0)
}

// after reads the number behind a literal.
func after(line []byte, literal string) (float64, bool) {
	_, rest, found := bytes.Cut(line, []byte(literal))
	if !found {
		return 0, false
	}
	return Number(rest)
}

// averages reads the metrics of Jira's statistics, "name":{"count":…,"avg":…}. The tags before them differ by version
// ([VERSIONING], [DBR], [LOCALQ], [JIRA-STATS]), so the metric's own name decides. A metric that was never counted says
// nothing, and snapshots say what the totals say again.
func averages(s *Seen, _ Block, line []byte, at Place) {
	if bytes.Contains(line, []byte("snapshot stats")) {
		return
	}
	for range maxMetrics {
		i := bytes.Index(line, []byte(`":{"count":`))
		if i < 0 {
			return
		}
		name := line[bytes.LastIndexByte(line[:i], '"')+1 : i]
		line = line[i+len(`":{`):]
		body := line
		if end := bytes.IndexByte(body, '{'); end >= 0 {
			body = body[:end]
		}
		count, _ := after(body, `"count":`)
		if avg, ok := after(body, `"avg":`); ok && count > 0 && identifier(name) {
			s.average(string(name), avg, at)
		}
	}
}

// maxMetrics bounds how many metrics one line may bring. The real ones have up to 30.
const maxMetrics = 200

func (s *Seen) average(name string, avg float64, at Place) {
	s.statistics.add("jira.stats."+name, avg, at)
	if strings.HasPrefix(name, "processDBR") {
		s.statistics.add(ProcessDBR, avg, at)
	}
}

// identifier holds for names such as getIssueVersionMillis.
func identifier(name []byte) bool {
	return len(name) > 0 && len(name) <= 64 && len(bytes.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._")) == 0
}

// slowJQL reads "JQL query '…' produced lucene query '…' and took '515' ms to run."; the query may hold anything, so the
// last "took" counts.
func slowJQL(s *Seen, _ Block, line []byte, at Place) {
	if i := bytes.LastIndex(line, []byte("' and took '")); i >= 0 {
		if ms, ok := Number(line[i+len("' and took '"):]); ok {
			s.statistics.add(SlowJQL, ms, at)
		}
	}
}

// apdexLines reads "category: overall, apdex: {apdexScore=81, …}".
func apdexLines(s *Seen, b Block) {
	eachLine(b.Text, b.Line, func(line []byte, number, _ int) {
		if bytes.Contains(line, []byte("category: overall,")) {
			if score, ok := after(line, "apdexScore="); ok {
				s.statistics.add(Apdex, score, Place{b.File, number, Stamp(line)})
			}
		}
	})
}

// perfLines reads the tagged JSON of performance logs.
func perfLines(s *Seen, b Block) {
	eachLine(b.Text, b.Line, func(line []byte, number, _ int) {
		at := Place{b.File, number, Stamp(line)}
		switch {
		case bytes.Contains(line, []byte("JMXINSTRUMENTS-OS")):
			share(s, OpenShare, line, `"OpenFileDescriptorCount"`, `"MaxFileDescriptorCount"`, at)
			if load, ok := named(line, `"SystemCpuLoad"`); ok && load >= 0 && load <= 1 {
				s.statistics.add(CPULoad, load*100, at)
			}
		case bytes.Contains(line, []byte("DBLATENCY")):
			if nanos, ok := after(line, `"latencyNanos"`); ok {
				s.statistics.add(DBLatency, nanos/1e6, at)
			}
		case bytes.Contains(line, []byte("PLATFORMINSTRUMENTS")):
			share(s, PoolShare, line, `"dbcp.numActive"`, `"dbcp.maxActive"`, at)
		}
	})
}

// named reads the value of {"name":"…","value":…}, the name in its quotes.
func named(line []byte, name string) (float64, bool) {
	_, rest, found := bytes.Cut(line, []byte(name))
	if end := bytes.IndexByte(rest, '}'); found && end >= 0 {
		return after(rest[:end], `"value"`)
	}
	return 0, false
}

// share adds how many percent one value is of another.
func share(s *Seen, name string, line []byte, part, whole string, at Place) {
	p, ok := named(line, part)
	w, known := named(line, whole)
	if ok && known && w > 0 {
		s.statistics.add(name, 100*p/w, at)
	}
}

// ipdLines reads in-product diagnostics by discovery: lines with a JSON object that has a label (or an object's name) and
// attributes with numbers, quoted or not.
func ipdLines(s *Seen, b Block) {
	eachLine(b.Text, b.Line, func(line []byte, number, _ int) {
		i := bytes.IndexByte(line, '{')
		if i < 0 || !bytes.Contains(line, []byte(`"attributes"`)) {
			return
		}
		var entry struct {
			Label      string         `json:"label"`
			Attributes map[string]any `json:"attributes"`
		}
		if json.Unmarshal(line[i:], &entry) != nil || !identifier([]byte(entry.Label)) {
			return
		}
		for _, key := range sortedKeys(entry.Attributes) {
			if value, ok := numeric(entry.Attributes[key]); ok && identifier([]byte(key)) {
				name := "ipd." + strings.ToLower(entry.Label) + "." + strings.ToLower(strings.TrimLeft(key, "_"))
				s.statistics.add(name, value, Place{b.File, number, Stamp(line)})
			}
		}
	})
}

func numeric(v any) (float64, bool) {
	if text, ok := v.(string); ok {
		return Number([]byte(text))
	}
	value, ok := v.(float64)
	return value, ok
}
