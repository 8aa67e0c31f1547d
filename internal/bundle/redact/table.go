package redact

import (
	"encoding/binary"
	"math/bits"
)

// table finds texts by how they begin: first the lengths of those that begin so, then the text itself by its hash. So
// thousands of addresses in one network cost no more than one. Of a long text, the first bytes are looked up.
//
// Letters are compared as small ones, and some signs as others, always in the same way: who finds something compares.
type table struct {
	lengths map[uint64]uint64 // by beginning, a bit for each
	heads   []int32           // by hash, the first text with it
	next    []int32           // by text, the next with the same hash
	shift   uint8
}

// lookedUp is how many bytes of a text are, at the most.
const lookedUp = 63

// A beginning is eight bytes; of a shorter text, the three that it has at least.
const (
	window    = 8
	short     = 5 // the shortest value that is told from ordinary text by how it looks
	leastTerm = 3 // and the shortest by which somebody is known
	shortMask = 1<<(8*leastTerm) - 1
)

func newTable(n int) table {
	size := uint8(max(10, bits.Len(uint(n))))
	t := table{lengths: make(map[uint64]uint64, n), heads: make([]int32, 1<<size), next: make([]int32, n), shift: 64 - size}
	for i := range t.heads {
		t.heads[i] = -1
	}
	return t
}

func (t *table) add(beginning uint64, text []byte, id int32) {
	text = text[:min(len(text), lookedUp)]
	t.lengths[beginning] |= 1 << len(text)
	head := &t.heads[hashed(text)>>t.shift]
	t.next[id], *head = *head, id
}

// first is the first of the texts that have this one's hash, or -1.
func (t *table) first(text []byte) int32 { return t.heads[hashed(text)>>t.shift] }

const spread = 0x9E3779B97F4A7C15

// beginning is the first bytes of a text as a number, its letters small.
func beginning(text []byte) uint64 {
	if len(text) >= window {
		return small(binary.LittleEndian.Uint64(text))
	}
	var b [window]byte
	copy(b[:], text)
	return small(binary.LittleEndian.Uint64(b[:]))
}

func small(word uint64) uint64 { return word | 0x2020202020202020 }

func hashed(text []byte) uint64 {
	h := uint64(len(text))
	for ; len(text) >= window; text = text[window:] {
		h = (h ^ small(binary.LittleEndian.Uint64(text))) * spread
		h ^= h >> 29
	}
	return (h ^ beginning(text)) * spread
}

// filter tells by four bytes whether a text may be near. Every text is met at one of two places beside each other, so every
// second place is enough to look at. Nearly all of them are nothing, and a bit says so.
type filter struct {
	bits  []uint64
	shift uint8
}

// newFilter has sixteen bits for each sample, and as many as a core keeps close at least.
func newFilter(all []spelling) filter {
	n := 0
	for i := range all {
		samples([]byte(all[i].text), func(uint32) { n++ })
	}
	size := uint8(max(17, bits.Len(uint(n))+3))
	f := filter{make([]uint64, 1<<size>>6), 64 - size}
	for i := range all {
		samples([]byte(all[i].text), func(four uint32) {
			h := f.bit(four)
			f.bits[h>>6] |= 1 << (h & 63)
		})
	}
	return f
}

func (f *filter) bit(four uint32) uint64 { return uint64(four|0x20202020) * spread >> (f.shift & 63) }

// samples yields the four bytes that begin where a text does, and those that begin a byte before or behind that. Of a text
// of three or four bytes they reach over its bounds, where there is a byte of no word.
func samples(text []byte, yield func(four uint32)) {
	four := func(b ...byte) { yield(uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24) }
	if len(text) > 4 {
		four(text[0], text[1], text[2], text[3])
		four(text[1], text[2], text[3], text[4])
		return
	}
	for b := range 0x80 {
		if wordByte(byte(b)) {
			continue
		}
		four(byte(b), text[0], text[1], text[2])
		if len(text) == 3 {
			four(text[0], text[1], text[2], byte(b))
		}
	}
	if len(text) == 4 {
		four(text[0], text[1], text[2], text[3])
	}
}

// next is the first place, of every second from one on, at which or beside which a text may begin. The last places are
// always ones.
func (f *filter) next(text []byte, at int) int {
	for ; at+4 <= len(text); at += 2 {
		if h := f.bit(binary.LittleEndian.Uint32(text[at:])); f.bits[h>>6]>>(h&63)&1 != 0 {
			return at
		}
	}
	return at
}
