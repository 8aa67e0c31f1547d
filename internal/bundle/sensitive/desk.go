package sensitive

import (
	"bytes"

	"waybill/internal/bundle/needle"
)

// depth is how often a text that was escaped may have been escaped before: a%2540b.example is twice.
const depth = 2

// desk is one goroutine's memory for the texts that it decodes, by how deep they lie.
type desk struct {
	level  [depth + 1]level
	base64 level
}

type level struct {
	finder *needle.Finder
	view   view
	lines  []span
	text   []byte
	at     []int32
	run    Place // of Base64
}

type span struct{ start, end int }

func newDesk(set *needle.Set) *desk {
	k := &desk{base64: level{finder: set.Finder()}}
	for i := range k.level {
		k.level[i].finder = set.Finder()
	}
	return k
}

// escaped lists the lines that hold an escape.
func (k *desk) escaped(v *view, hits []needle.Hit, first int32, deep int) []span {
	lines := k.level[deep].lines[:0]
	if deep == depth {
		return nil
	}
	past := 0
	for _, h := range hits {
		id := h.Needle - first
		if id < 0 || id >= escapes || int(h.End) <= past {
			continue
		}
		start := bytes.LastIndexByte(v.text[past:h.End], '\n') + 1 + past
		past = v.lineEnd(int(h.End))
		lines = append(lines, span{start, past})
	}
	k.level[deep].lines = lines
	return lines
}

// block is the view of the block itself.
func (k *desk) block(f *Found) *view {
	k.level[0].view = view{found: f, text: f.block}
	return &k.level[0].view
}

// decode is the view of a line after one round of decoding.
func (k *desk) decode(v *view, line span, deep int) *view {
	l := &k.level[deep]
	l.decode(v, line)
	l.view = view{found: v.found, text: l.text, at: l.at, whole: v.whole}
	return &l.view
}
