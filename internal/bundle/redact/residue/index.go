package residue

import (
	"encoding/binary"
	"math/bits"
)

// index finds spellings by samples. Every spelling of at least eleven bytes has four stretches of eight bytes that begin
// at its first four bytes, so whoever looks at every fourth place of a text meets one of them wherever the spelling stands.
// The shorter ones have two of four bytes, and are met at every second place. A sample leads to the lengths that spellings with it have,
// and a hash of so many bytes tells whether they are one. Letters count as small ones throughout.
type index struct {
	values int
	kinds  []string
	sizes  [2]samples
	known  known
}

// mostSpelling is how much of a longer spelling is compared, from its beginning and up to its end.
const mostSpelling = long + 63

// long is how many bytes a spelling has that holds four samples of eight.
const long = 11

func newIndex(values []Value) *index {
	x := &index{sizes: [2]samples{{least: long, size: 8, step: 4}, {least: least, size: 4, step: 2}}}
	var all [2]int
	for _, v := range values {
		if worth(v) {
			x.values++
			spell(v, func(text []byte, _ bool) { all[class(text)]++ })
		}
	}
	x.known = newKnown(all[0] + all[1])
	for i := range x.sizes {
		x.sizes[i].room(all[i])
	}
	numbers := map[string]uint8{}
	for _, v := range values {
		if !worth(v) {
			continue
		}
		if _, has := numbers[v.Kind]; !has {
			numbers[v.Kind] = uint8(len(x.kinds))
			x.kinds = append(x.kinds, v.Kind)
		}
		spell(v, func(text []byte, bounded bool) {
			x.known.add(hash(text), mark{numbers[v.Kind], bounded})
			x.sizes[class(text)].add(text)
		})
	}
	return x
}

// class is which of the sizes a spelling has.
func class(text []byte) int {
	if len(text) >= long {
		return 0
	}
	return 1
}

// find reports each spelling in a text. One that stands where the text is cut is found in the one it is cut from.
func (x *index) find(text []byte, report func(kind string, place int)) {
	for i := range x.sizes {
		if s := &x.sizes[i]; s.filter != nil {
			x.sampled(s, text, report)
		}
	}
}

func (x *index) sampled(s *samples, text []byte, report func(kind string, place int)) {
	mask := uint64(1)<<(8*s.size-1)<<1 - 1
	for at := 0; at+8 <= len(text); at += s.step {
		sample := mixed(binary.LittleEndian.Uint64(text[at:]) & mask)
		if s.filter[sample>>s.shift>>6]&(1<<(sample>>s.shift&63)) != 0 {
			x.around(s, sample, text, at, report)
		}
	}
	// What is left is shorter than a word of the machine.
	for at := max(0, (len(text)-7+s.step-1)/s.step*s.step); at+s.size <= len(text); at += s.step {
		x.around(s, mixed(short(text[at:], s.size)), text, at, report)
	}
}

// around compares whatever may stand around a sample.
func (x *index) around(s *samples, sample uint64, text []byte, at int, report func(kind string, place int)) {
	for lengths := s.lengths[sample>>s.narrow]; lengths != 0; lengths &= lengths - 1 {
		length := s.least + bits.TrailingZeros64(lengths)
		for start := max(0, at-s.step+1); start <= at && start+length <= len(text); start++ {
			m, is := x.known.get(hash(text[start : start+length]))
			if is && !(m.bounded && inWord(text, start, start+length)) {
				report(x.kinds[m.kind], start)
			}
		}
	}
}

// inWord tells whether a stretch is only a part of a word.
func inWord(text []byte, start, end int) bool {
	return start > 0 && wordly[text[start-1]] && wordly[text[start]] || end < len(text) && wordly[text[end-1]] && wordly[text[end]]
}

var wordly = func() (all [256]bool) {
	for b := range 256 {
		all[b] = b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b >= 0x80
	}
	return all
}()

// samples are those of the spellings of one size.
type samples struct {
	least, size, step int
	filter            []uint64
	lengths           []uint64 // by the sample, a bit for each length from least on
	shift, narrow     uint8
}

func (s *samples) room(spellings int) {
	if spellings == 0 {
		return
	}
	n := uint8(max(12, bits.Len(uint(spellings))))
	wide := max(min(n+8, 21), n+4)
	s.lengths, s.filter = make([]uint64, 1<<n), make([]uint64, 1<<wide>>6)
	s.shift, s.narrow = 64-wide, 64-n
}

func (s *samples) add(text []byte) {
	for i := range s.step {
		sample := mixed(short(text[i:], s.size))
		s.filter[sample>>s.shift>>6] |= 1 << (sample >> s.shift & 63)
		s.lengths[sample>>s.narrow] |= 1 << (len(text) - s.least)
	}
}

func short(text []byte, size int) uint64 {
	var word uint64
	for i := range size {
		word |= uint64(text[i]) << (8 * i)
	}
	return word
}

// mixed spreads a word over all bits. The bit that tells small letters from large ones does not count.
func mixed(word uint64) uint64 {
	word &= 0xdfdfdfdfdfdfdfdf
	word *= 0xff51afd7ed558ccd
	word ^= word >> 33
	return word * 0xc4ceb9fe1a85ec53
}

// hash is that of a spelling, its letters small.
func hash(text []byte) uint64 {
	h := uint64(len(text)) * 0x9ddfea08eb382d69
	for _, b := range text {
		h = (h ^ uint64(lower[b])) * 0x100000001b3
		h ^= h >> 32
	}
	return h | 1
}

var lower = func() (all [256]byte) {
	for b := range all {
		all[b] = byte(b)
		if b >= 'A' && b <= 'Z' {
			all[b] += 'a' - 'A'
		}
	}
	return all
}()

// mark is what is known of a spelling: the kind of its value, and whether it has to be a word.
type mark struct {
	kind    uint8
	bounded bool
}

// known tells the hashes of spellings from all others.
type known struct {
	hashes []uint64
	marks  []mark
}

func newKnown(n int) known {
	size := 1 << bits.Len(uint(2*n))
	return known{make([]uint64, size), make([]mark, size)}
}

// add keeps of two marks the stricter.
func (k *known) add(h uint64, m mark) {
	at := k.slot(h)
	if k.hashes[at] == h {
		m.bounded = m.bounded && k.marks[at].bounded
	}
	k.hashes[at], k.marks[at] = h, m
}

func (k *known) get(h uint64) (mark, bool) {
	at := k.slot(h)
	return k.marks[at], k.hashes[at] == h
}

func (k *known) slot(h uint64) int {
	at := int(h>>7) & (len(k.hashes) - 1)
	for k.hashes[at] != 0 && k.hashes[at] != h {
		at = (at + 1) & (len(k.hashes) - 1)
	}
	return at
}
