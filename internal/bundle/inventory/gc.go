package inventory

import (
	"bytes"
	"slices"
)

// gcLines reads the logs of garbage collection, unified (JDK 9 and later, "GC(12) Pause Full (…) 1024M->512M(2048M)
// 123.4ms") and old ("[Full GC (Ergonomics) … 0.1234 secs]").
func gcLines(s *Seen, b Block) {
	eachLine(b.Text, b.Line, func(line []byte, number, _ int) {
		ms, paused := pause(line)
		if !paused {
			return
		}
		at := Place{b.File, number, Stamp(line)}
		s.statistics.add(GCPause, ms, at)
		if bytes.Contains(line, []byte("Pause Full")) || bytes.Contains(line, []byte("[Full GC")) {
			s.statistics.add(GCFull, ms, at)
		}
	})
}

// pause is how long the line says that the program stood still. The unified log says so at the line's end; the old one
// says it several times, and the last before "[Times:" is the whole.
func pause(line []byte) (ms float64, ok bool) {
	if bytes.Contains(line, []byte("Pause ")) && bytes.HasSuffix(line, []byte("ms")) {
		return Number(line[bytes.LastIndexByte(line, ' ')+1:])
	}
	if !bytes.Contains(line, []byte("[GC")) && !bytes.Contains(line, []byte("[Full GC")) {
		return 0, false
	}
	line, _, _ = bytes.Cut(line, []byte("[Times:"))
	end := bytes.LastIndex(line, []byte(" secs]"))
	if end < 0 {
		return 0, false
	}
	seconds, ok := Number(line[bytes.LastIndexByte(line[:end], ' ')+1:])
	return seconds * 1000, ok
}

// jstatLines reads "jstat -gcutil" tables. The header may be in a block that is not this one, so columns are counted from
// the end, where every version has YGC YGCT FGC FGCT GCT, with CGC CGCT before GCT since JDK 11.
func jstatLines(s *Seen, b Block) {
	eachLine(b.Text, b.Line, func(line []byte, number, _ int) {
		row := bytes.Fields(line)
		if len(row) > 0 && len(row[0]) >= stampWidth && isStamp(row[0]) {
			row = row[1:]
		}
		at := Place{b.File, number, Stamp(line)}
		if full, old, ok := jstatRow(row); ok {
			s.statistics.add(JstatFull, full, at)
			s.statistics.add(JstatOld, old, at)
		}
	})
}

// jstatRow reads [Timestamp] S0 S1 E O M CCS YGC YGCT FGC FGCT [CGC CGCT] GCT. A column that the JVM does not have is "-".
func jstatRow(row [][]byte) (full, old float64, ok bool) {
	offset := 0
	switch len(row) {
	case 11, 13: // no Timestamp
	case 12, 14:
		offset = 1
	default:
		return 0, 0, false
	}
	if slices.ContainsFunc(row, func(c []byte) bool { return !digit(c[0]) && c[0] != '-' }) {
		return 0, 0, false
	}
	old, ok = Number(row[offset+3])
	full, known := Number(row[offset+8])
	return full, old, ok && known && old <= 100
}
