package redact

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// table finds texts by how they begin: first the lengths of those that begin so, then the text itself by its hash. So
// thousands of addresses in one network cost no more than one.
//
// Letters are compared as small ones, and some signs as others, always in the same way: who finds something compares.
type table struct {
	lengths map[uint64][]int32 // by beginning, the longest first
	heads   []int32            // by hash, the first text with it
	next    []int32            // by text, the next with the same hash
	shift   uint8
}

// A beginning is eight bytes; of a shorter text, the five that it has at least.
const (
	window    = 8
	short     = 5
	shortMask = 1<<(8*short) - 1
)

func newTable(n int) table {
	size := uint8(max(10, bits.Len(uint(n))+1))
	t := table{lengths: map[uint64][]int32{}, heads: make([]int32, 1<<size), next: make([]int32, n), shift: 64 - size}
	for i := range t.heads {
		t.heads[i] = -1
	}
	return t
}

func (t *table) add(beginning uint64, text []byte, id int32) {
	all, length := t.lengths[beginning], int32(len(text))
	if place, found := slices.BinarySearchFunc(all, length, func(a, b int32) int { return int(b - a) }); !found {
		t.lengths[beginning] = slices.Insert(all, place, length)
	}
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

// filter tells by four bytes whether a text may be near. Every text has two stretches of four that begin at its first two
// bytes, so every second place is enough to look at. Nearly all of them are nothing, and a bit says so.
type filter struct {
	bits  []uint64
	shift uint8
}

// A filter has sixteen bits for each text, and as many as a core keeps close at least.
func newFilter(n int) filter {
	size := uint8(max(17, bits.Len(uint(n))+5))
	return filter{make([]uint64, 1<<size>>6), 64 - size}
}

func (f *filter) bit(four uint32) uint64 { return uint64(four|0x20202020) * spread >> (f.shift & 63) }

func (f *filter) add(text []byte) {
	for _, from := range []int{0, 1} {
		h := f.bit(binary.LittleEndian.Uint32(text[from:]))
		f.bits[h>>6] |= 1 << (h & 63)
	}
}

// next is the first place, of every second from one on, that a text may begin at or a byte before.
func (f *filter) next(text []byte, at int) int {
	for ; at+4 <= len(text); at += 2 {
		if h := f.bit(binary.LittleEndian.Uint32(text[at:])); f.bits[h>>6]>>(h&63)&1 != 0 {
			return at
		}
	}
	return len(text)
}
