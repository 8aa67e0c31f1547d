package sensitive

import (
	"bytes"
	"fmt"
	"slices"
)

// Place is where a value stands: the bytes from Start to End of the block. It holds no value.
type Place struct {
	Kind       Kind
	Form       Form
	Continues  bool // the value began on an earlier line, and is counted there
	Line       int
	Start, End int32

	from, to int32 // the value in Found's decoded text; both zero when the bytes of the block are the value
}

// Found is what one look at one block found. It refers to the block, and is worth nothing when the block's memory is
// used for other bytes. It can be used again for another block.
type Found struct {
	Places []Place // by where they start; no two overlap, but for several values of one run of Base64

	block   []byte
	first   int // line
	decoded []byte
	head    run  // what the block starts with, should it continue what the last one ended in
	open    Kind // what the block ends in the middle of, or zero
}

// run is lines at the start of a block that may belong to a key that began in an earlier one.
type run struct {
	places []Place
	whole  bool // it does not end in this block
}

// Value is what was found at a place of Found.Places, decoded.
func (f *Found) Value(p Place) Value {
	if p.to > 0 {
		return Value{p.Kind, f.decoded[p.from:p.to]}
	}
	return Value{p.Kind, f.block[p.Start:p.End]}
}

func (f *Found) reset(block []byte) {
	f.Places, f.decoded, f.block, f.open = f.Places[:0], f.decoded[:0], block, 0
	f.head = run{places: f.head.places[:0]}
}

// Format keeps fmt from walking into the text.
func (f *Found) Format(w fmt.State, _ rune) { fmt.Fprintf(w, "%d places", len(f.Places)) }

// Value is something sensitive. Whatever prints it prints its kind and length only.
type Value struct {
	Kind Kind
	text []byte
}

// Reveal is the value itself, in the memory of what it was found in. Whoever calls it answers for where it goes.
func (v Value) Reveal() []byte { return v.text }

// String names the kind and the length.
func (v Value) String() string { return fmt.Sprintf("[%s, %d bytes]", v.Kind, len(v.text)) }

// Format does what String does, for every verb.
func (v Value) Format(w fmt.State, _ rune) { fmt.Fprint(w, v.String()) }

// GoString does what String does.
func (v Value) GoString() string { return v.String() }

// MarshalText does what String does; encoding/json and both handlers of log/slog go by it.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// settle orders the places, gives bytes that two claim to one of them, and numbers the lines.
func (f *Found) settle(firstLine int) {
	f.first = firstLine
	slices.SortStableFunc(f.Places, before)
	kept := f.Places[:0]
	for _, p := range f.Places {
		if kept, p = f.contest(kept, p); p.End > p.Start {
			kept = append(kept, p)
		}
	}
	f.Places = kept
	number(f.block, firstLine, f.Places)
	number(f.block, firstLine, f.head.places)
}

// contest settles what a place and those before it claim both, and returns what is left of the place.
func (f *Found) contest(kept []Place, p Place) ([]Place, Place) {
	if len(kept) == 0 {
		return kept, p
	}
	last := &kept[len(kept)-1]
	switch {
	case p.Start >= last.End:
		return kept, p
	case p.shares(*last):
		return kept, f.unlessKnown(kept, p)
	case weight[p.Kind] > weight[last.Kind] && p.End >= last.End:
		*last = joined(*last, p)
		return kept, Place{}
	case p.End <= last.End:
		return kept, Place{}
	}
	return kept, Place{Kind: p.Kind, Start: last.End, End: p.End}
}

// unlessKnown is a value of a run of Base64, unless it has been found in that run already.
func (f *Found) unlessKnown(kept []Place, p Place) Place {
	for i := len(kept) - 1; i >= 0 && p.shares(kept[i]); i-- {
		if kept[i].Kind == p.Kind && bytes.Equal(f.Value(kept[i]).text, f.Value(p).text) {
			return Place{}
		}
	}
	return p
}

// shares tells whether two places are values of one run of Base64.
func (p Place) shares(other Place) bool {
	return p.Form == Base64 && other.Form == Base64 && p.Start == other.Start && p.End == other.End
}

// before orders places by start; of those that start together the longer comes first, then the heavier.
func before(a, b Place) int {
	switch {
	case a.Start != b.Start:
		return int(a.Start - b.Start)
	case a.End != b.End:
		return int(b.End - a.End)
	case a.Continues != b.Continues:
		return map[bool]int{true: -1, false: 1}[a.Continues]
	}
	return int(weight[b.Kind]) - int(weight[a.Kind])
}

// joined gives a place to the heavier kind, without leaving a byte of the lighter one uncovered.
func joined(light, heavy Place) Place {
	if light.Start < heavy.Start {
		return Place{Kind: heavy.Kind, Start: light.Start, End: heavy.End}
	}
	return heavy
}

func number(block []byte, line int, places []Place) {
	at := int32(0)
	for i := range places {
		line += bytes.Count(block[at:places[i].Start], []byte{'\n'})
		at = places[i].Start
		places[i].Line = line
	}
}
