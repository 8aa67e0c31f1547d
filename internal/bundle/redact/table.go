package redact

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// table finds texts by how they begin: first a bit that says whether any text begins so, then the lengths of those that
// do, then the text itself by its hash. So thousands of addresses in one network cost no more than one.
//
// Letters are compared as small ones, and some signs as others, always in the same way: who finds something compares.
type table struct {
	filter  []uint64
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
	t := table{filter: make([]uint64, 1<<size>>2), lengths: map[uint64][]int32{}, heads: make([]int32, 1<<size), next: make([]int32, n), shift: 64 - size}
	for i := range t.heads {
		t.heads[i] = -1
	}
	return t
}

func (t *table) add(beginning uint64, text []byte, id int32) {
	at, bit := t.bit(beginning)
	t.filter[at] |= bit
	all, length := t.lengths[beginning], int32(len(text))
	if place, found := slices.BinarySearchFunc(all, length, func(a, b int32) int { return int(b - a) }); !found {
		t.lengths[beginning] = slices.Insert(all, place, length)
	}
	head := &t.heads[hashed(text)>>t.shift]
	t.next[id], *head = *head, id
}

// may tells whether any text could begin so.
func (t *table) may(beginning uint64) bool {
	at, bit := t.bit(beginning)
	return t.filter[at]&bit != 0
}

// first is the first of the texts that have this one's hash, or -1.
func (t *table) first(text []byte) int32 { return t.heads[hashed(text)>>t.shift] }

const spread = 0x9E3779B97F4A7C15

func (t *table) bit(beginning uint64) (at int, bit uint64) {
	h := beginning * spread >> (t.shift - 4)
	return int(h >> 6), 1 << (h & 63)
}

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
