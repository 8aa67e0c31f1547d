package archive

import (
	"bytes"
	"io"
	"math"
)

// reach is how far from its end an archive is searched for its end record: the longest comment, and the records before.
const reach = math.MaxUint16 + sizeEnd + sizeLocator + sizeEnd64

// small is an archive that is fetched whole, at once, and kept.
const small = 1 << 20

// tail is a source of which the end is held: Open looks at it several times, and a source may be a network away.
type tail struct {
	io.ReaderAt
	from int64
	held []byte
}

// ReadAt answers from what is held where that is all of it.
func (t tail) ReadAt(p []byte, off int64) (int, error) {
	if off < t.from {
		return t.ReaderAt.ReadAt(p, off)
	}
	return bytes.NewReader(t.held).ReadAt(p, off-t.from)
}

func nearEnd(source io.ReaderAt, size int64) (tail, error) {
	length := min(size, reach)
	if size <= small {
		length = size
	}
	t := tail{source, size - length, make([]byte, length)}
	n, err := source.ReadAt(t.held, t.from)
	if n == len(t.held) {
		err = nil
	}
	return t, err
}

// end is where the directory lies.
type end struct {
	at      int64 // of the end record
	start   int64 // of the directory
	size    int64
	entries uint64
	shift   int64 // how far the archive lies behind where its offsets count from
	comment string
	after   int64 // bytes behind the archive
}

// candidates is how many places that look like an end record are looked into: each may cost a fetch.
const candidates = 64

// findEnd looks for the last end record that a directory stands before. What looks like one in a comment is passed over;
// if it too had a directory, two programs would see two archives, and that is a problem.
func findEnd(t tail, size int64, found *tally) (chosen end, holds bool) {
	at := len(t.held)
	for range candidates {
		if at = bytes.LastIndex(t.held[:at], []byte("PK\x05\x06")); at < 0 {
			break
		}
		e, valid := readEnd(t, at, size)
		if valid && holds {
			if e.at+sizeEnd+int64(len(e.comment)) > chosen.at {
				found.add(broken(Ambiguous, "a second directory ends at %d; the one that ends at %d is read", e.at, chosen.at))
			}
			break
		}
		if valid {
			chosen, holds = e, true
		}
	}
	return chosen, holds
}

// readEnd reads the end record in the tail at a place, with its zip64 forms, and tells whether a directory stands where
// it says, or as far behind that as the archive was moved by bytes put in front of it.
func readEnd(t tail, at int, size int64) (e end, holds bool) {
	b := t.held[at:]
	if len(b) < sizeEnd {
		return e, false
	}
	comment := int(order.Uint16(b[20:]))
	if sizeEnd+comment > len(b) {
		return e, false
	}
	e = end{at: t.from + int64(at), entries: uint64(order.Uint16(b[10:])), comment: string(b[sizeEnd : sizeEnd+comment])}
	e.after = size - e.at - int64(sizeEnd+comment)
	length, start := uint64(order.Uint32(b[12:])), uint64(order.Uint32(b[16:]))
	last := e.at // the directory ends here
	if e.entries == 0xFFFF || length == unknown32 || start == unknown32 {
		if r, place, found := readEnd64(t, e.at); found {
			last, e.entries, length, start = place, order.Uint64(r[32:]), order.Uint64(r[40:]), order.Uint64(r[48:])
		}
	}
	if length > uint64(last) || start > uint64(last) {
		return e, false
	}
	e.start, e.size = last-int64(length), int64(length)
	e.shift = e.start - int64(start)
	if e.shift >= 0 && e.begins(t) {
		return e, true
	}
	// Something stands between the directory and its end; then the offset is right as it is.
	e.start, e.shift = int64(start), 0
	return e, e.start+e.size <= last && e.size > 0 && e.begins(t)
}

// begins tells whether a record of the directory stands at its start. An empty archive has none, and nothing before its
// end either: otherwise 22 bytes in a comment could hide all that is there.
func (e end) begins(t tail) bool {
	if e.size == 0 {
		return e.at == 0
	}
	var sign [4]byte
	n, _ := t.ReadAt(sign[:], e.start)
	return n == 4 && order.Uint32(sign[:]) == signCentral
}

// readEnd64 is the zip64 end record that the locator before an end record leads to, or that stands before the locator
// when the archive was moved.
func readEnd64(t tail, at int64) (record []byte, place int64, found bool) {
	locator := make([]byte, sizeLocator)
	if at < sizeLocator {
		return nil, 0, false
	}
	if n, _ := t.ReadAt(locator, at-sizeLocator); n < sizeLocator || order.Uint32(locator) != signLocator {
		return nil, 0, false
	}
	record = make([]byte, sizeEnd64)
	for _, place := range []int64{int64(order.Uint64(locator[8:])), at - sizeLocator - sizeEnd64} {
		if place < 0 || place > at-sizeLocator-sizeEnd64 {
			continue
		}
		if n, _ := t.ReadAt(record, place); n == sizeEnd64 && order.Uint32(record) == signEnd64 {
			return record, place, true
		}
	}
	return nil, 0, false
}
