package residue

import (
	"encoding/binary"
	"strings"
)

// lights finds beacons of at least four bytes. It looks at three bytes at every second place: those with which a beacon
// begins, or those behind its first byte.
type lights struct {
	lit  [1 << 10]uint64 // a bit for each hash of three bytes
	from map[uint32][]light
}

// light is a beacon, and how far in it the three bytes are.
type light struct {
	text   string
	offset int
	shape  int
}

var beacons = func() *lights {
	l := &lights{from: map[uint32][]light{}}
	for id, s := range all[1:] {
		for _, b := range s.beacons {
			for _, text := range numbered(b) {
				l.add(text, id+1)
			}
		}
	}
	return l
}()

// numbered is a beacon with each digit in the place of its #.
func numbered(beacon string) (all []string) {
	before, after, found := strings.Cut(beacon, "#")
	if !found {
		return []string{beacon}
	}
	for d := '0'; d <= '9'; d++ {
		all = append(all, before+string(d)+after)
	}
	return all
}

func (l *lights) add(text string, shape int) {
	for offset := range 2 {
		three := uint32(text[offset]) | uint32(text[offset+1])<<8 | uint32(text[offset+2])<<16
		h := dim(three)
		l.lit[h>>6] |= 1 << (h & 63)
		l.from[three] = append(l.from[three], light{text, offset, shape})
	}
}

func dim(three uint32) uint32 { return three << 8 * 0x9E3779B1 >> 16 }

func (l *lights) find(text []byte, visit func(shape, place, length int)) {
	at := 0
	for ; at+4 <= len(text); at += 2 {
		three := binary.LittleEndian.Uint32(text[at:]) & 0xffffff
		if h := dim(three); l.lit[h>>6]>>(h&63)&1 != 0 {
			l.around(three, text, at, visit)
		}
	}
	if at+3 == len(text) {
		l.around(uint32(text[at])|uint32(text[at+1])<<8|uint32(text[at+2])<<16, text, at, visit)
	}
}

func (l *lights) around(three uint32, text []byte, at int, visit func(shape, place, length int)) {
	for _, b := range l.from[three] {
		start := at - b.offset
		if start >= 0 && start+len(b.text) <= len(text) && string(text[start:start+len(b.text)]) == b.text {
			visit(b.shape, start, len(b.text))
		}
	}
}
