package sensitive

import (
	"bytes"
	"hash/maphash"
)

// The bounds of a tally. A bundle that holds more is not worth counting more exactly, and must not cost more memory.
const (
	MostPlaces = 1_000     // of a kind, listed with file and line
	mostValues = 1_000_000 // of a kind, told apart
)

// seed is one for the process, so that tallies can be added up.
var seed = maphash.MakeSeed()

// Tally counts what is found in one file, or in several after Add. It keeps no value: values are told apart by a hash
// whose seed is the process's own. Its zero value is empty.
type Tally struct {
	carry    Carry
	distinct [len(kindNames)]map[uint64]struct{}
	lines    [len(kindNames)][]Spot

	key     maphash.Hash // of the private key or licence whose lines are coming
	keyKind Kind
}

// Spot is where something sensitive stands.
type Spot struct {
	Kind Kind
	File string
	Line int
}

// Take counts what was found in the next block of a file, and completes it first as Carry does. Blocks have to come in
// their order.
func (t *Tally) Take(file string, f *Found) {
	t.carry.Complete(f)
	for _, p := range f.Places {
		if p.Continues {
			t.key.Write(f.Value(p).text)
			continue
		}
		t.endKey()
		if len(t.lines[p.Kind]) < MostPlaces {
			t.lines[p.Kind] = append(t.lines[p.Kind], Spot{p.Kind, file, p.Line})
		}
		if p.Kind == PrivateKey || p.Kind == Licence {
			t.keyKind = p.Kind
			t.key.SetSeed(seed)
			t.key.Write(f.Value(p).text)
			continue
		}
		t.count(p.Kind, identity(p.Kind, f.Value(p).text))
	}
}

// endKey counts a key or a licence when no more lines of it can come.
func (t *Tally) endKey() {
	if t.keyKind != 0 {
		t.count(t.keyKind, t.key.Sum64())
		t.keyKind = 0
	}
}

func (t *Tally) count(k Kind, id uint64) {
	if t.distinct[k] == nil {
		t.distinct[k] = map[uint64]struct{}{}
	}
	if len(t.distinct[k]) < mostValues {
		t.distinct[k][id] = struct{}{}
	}
}

// identity is the same for two values that are one: the names of machines and addresses have no case.
func identity(k Kind, value []byte) uint64 {
	switch k {
	case Email, Hostname, IPv6, Username:
		value = bytes.ToLower(value)
	}
	return maphash.Bytes(seed, value)
}

// Add adds the tally of another file, behind those added before. The other is not to be used afterwards.
func (t *Tally) Add(other *Tally) {
	t.endKey()
	other.endKey()
	for k := range other.distinct {
		for id := range other.distinct[k] {
			t.count(Kind(k), id)
		}
		room := MostPlaces - len(t.lines[k])
		t.lines[k] = append(t.lines[k], other.lines[k][:min(room, len(other.lines[k]))]...)
	}
}

// Counts is how many distinct values there are of each kind that there are any of.
func (t *Tally) Counts() map[Kind]int {
	t.endKey()
	counts := map[Kind]int{}
	for _, k := range Kinds() {
		if n := len(t.distinct[k]); n > 0 {
			counts[k] = n
		}
	}
	return counts
}

// Where lists the places, by kind and in the order they were taken in, up to MostPlaces of a kind.
func (t *Tally) Where() (all []Spot) {
	for _, k := range Kinds() {
		all = append(all, t.lines[k]...)
	}
	return all
}
