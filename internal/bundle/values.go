package bundle

import (
	"cmp"
	"hash/maphash"
	"slices"

	"waybill/internal/bundle/sensitive"
)

// mark stands for a value: its kind, and a digest by which equal values are known. It is no way back to the value: the
// digest is keyed with what ends with the process.
type mark struct {
	kind   sensitive.Kind
	digest uint64
}

// remembered is how many marks a goroutine remembers, so that what stands on every line is counted without asking the
// others.
const remembered = 1 << 12

type memory [remembered]mark

// fresh are the values of a block that this memory has not met lately. What began on an earlier line was counted there.
func (m *memory) fresh(seed maphash.Seed, found *sensitive.Found, into []mark) []mark {
	for _, place := range found.Places {
		if place.Continues {
			continue
		}
		v := mark{place.Kind, maphash.Bytes(seed, found.Value(place).Reveal())}
		if slot := &m[v.digest%remembered]; *slot != v {
			*slot = v
			into = append(into, v)
		}
	}
	return into
}

// distinct is how many values are told apart in a bundle; beyond, a count is a lower bound.
const distinct = 500_000

// known are the values of a bundle.
type known struct {
	marks map[mark]bool
	full  bool // there were more
}

func (k *known) add(marks []mark) {
	for _, m := range marks {
		if len(k.marks) < distinct {
			k.marks[m] = true
		} else if !k.marks[m] {
			k.full = true
		}
	}
}

func (k *known) counts() map[string]int {
	counts := map[string]int{}
	for m := range k.marks {
		counts[m.kind.String()]++
	}
	return counts
}

// listed is how many places of a kind are listed.
const listed = 1000

// places are where values stand, by kind: the first so many, in the order of files and lines.
type places [][]Place

func newPlaces() places { return make(places, len(sensitive.Kinds())+1) }

func (p places) add(file string, found []sensitive.Place) {
	for _, f := range found {
		if list := &p[f.Kind]; len(*list) < listed && !f.Continues {
			*list = append(*list, Place{f.Kind.String(), file, f.Line})
		}
	}
}

// join takes in those of another file. Whatever the order of files, the first stay.
func (p places) join(other places) {
	for kind, list := range other {
		if len(list) == 0 {
			continue
		}
		all := append(p[kind], list...)
		slices.SortStableFunc(all, func(a, b Place) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
		p[kind] = all[:min(len(all), listed)]
	}
}
