package redact

import (
	"hash/maphash"
	"sync"

	"waybill/internal/bundle/sensitive"
)

// values are the distinct values that were found, each as it was written. They are all in memory, so they are bounded.
type values struct {
	most int // bytes of memory

	mu     sync.Mutex
	people sensitive.People
	kinds  map[string]sensitive.Kind // of a text that is of several, the one that is worst to lose
	count  map[sensitive.Kind]int
	bytes  int
	full   bool
}

func newValues(l Limits) *values {
	return &values{most: l.Memory, kinds: map[string]sensitive.Kind{}, count: map[sensitive.Kind]int{}}
}

// cost is how much memory a value takes in the searches that it is looked for with: by how many ways there are to write it.
func cost(text []byte) int {
	bytes := 100 + len(text)
	if len(text) >= leastBase64 {
		bytes += 240
	}
	for _, b := range text {
		if !unreserved(b) {
			return bytes + 4*(100+len(text))
		}
	}
	return bytes
}

// add keeps a value, unless there are too many; then no redaction can be shown to be complete.
func (v *values) add(k sensitive.Kind, text []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.full {
		return
	}
	v.people.Note(k, text)
	before, known := v.kinds[string(text)]
	switch {
	case known && (before == k || !worse(k, before)):
		return
	case !known && v.bytes+cost(text) > v.most:
		v.full = true
		return
	case known:
		v.count[before]--
	default:
		v.bytes += cost(text)
	}
	v.kinds[string(text)] = k
	v.count[k]++
}

// recent are the values that one goroutine has handed in lately: most places hold one of few values.
type recent [1 << 12]uint64

var recentSeed = maphash.MakeSeed()

// has tells whether the value was there, and notes it.
func (r *recent) has(k sensitive.Kind, text []byte) bool {
	h := maphash.Bytes(recentSeed, text) + uint64(k)*0x9E3779B97F4A7C15
	slot := &r[h%uint64(len(r))]
	if *slot == h {
		return true
	}
	*slot = h
	return false
}

// worse orders kinds by what is lost with them, so that what is two kinds at once is treated as the worse of them.
func worse(a, b sensitive.Kind) bool { return weight(a) > weight(b) }

func weight(k sensitive.Kind) int {
	switch k {
	case sensitive.Hostname:
		return 1
	case sensitive.Username, sensitive.Fullname:
		return 2
	case sensitive.IPv4, sensitive.IPv6, sensitive.SEN, sensitive.ServerID:
		return 3
	case sensitive.Email:
		return 4
	case sensitive.Session:
		return 5
	}
	return 6
}
