package sensitive

import (
	"fmt"
	"sync"

	"waybill/internal/bundle/needle"
)

// Detector is all rules, made into needles and what each means. It is immutable and safe for concurrent use.
type Detector struct {
	rules []rule
	set   *needle.Set
	pool  sync.Pool // of *desk
}

// rule is a needle and what is to be checked where it ends.
type rule struct {
	needle needle.Needle
	look   look
}

// look checks the text around the end of a needle, and reports what it finds.
type look func(v *view, end int)

// New makes a detector of the tables of this package. It takes some milliseconds.
func New() (*Detector, error) {
	d := &Detector{rules: rules()}
	var err error
	if d.set, err = needle.New(d.Needles()); err != nil {
		return nil, fmt.Errorf("making the needles: %w", err)
	}
	d.pool.New = func() any { return newDesk(d.set) }
	return d, nil
}

// Needles lists what has to be searched for in a block before Look is called with it.
func (d *Detector) Needles() (all []needle.Needle) {
	for _, r := range d.rules {
		all = append(all, r.needle)
	}
	return all
}

// Look finds the values in a block of whole lines. The hits are those of a search for Needles in the block, perhaps
// together with other needles; first is the number that the first of Needles has there. Lines count from firstLine.
//
// A block may have up to 2 GiB, but everything is made for some 256 KiB. The time is linear in the block's length.
func (d *Detector) Look(block []byte, firstLine int, hits []needle.Hit, first int, found *Found) {
	found.reset(block)
	k := d.pool.Get().(*desk)
	defer d.pool.Put(k)
	v := k.block(found)
	d.see(k, v, hits, int32(first), 0)
	v.ahead()
	found.settle(firstLine)
}

// Search is Look for whoever has no search of their own to join it with.
func (d *Detector) Search(block []byte, firstLine int, found *Found) {
	k := d.pool.Get().(*desk)
	defer d.pool.Put(k)
	d.Look(block, firstLine, k.level[0].finder.Find(block), 0, found)
}

// see checks every hit. A line with an escape in it is decoded and then looked at, and not as it is: as it is, the
// address in %3Calice@corp.example%3E would begin with a 3.
func (d *Detector) see(k *desk, v *view, hits []needle.Hit, first int32, deep int) {
	lines := k.escaped(v, hits, first, deep)
	for _, h := range hits {
		for len(lines) > 0 && int(h.End) > lines[0].end {
			d.decoded(k, v, lines[0], deep)
			lines = lines[1:]
		}
		id := h.Needle - first
		if id < 0 || int(id) >= len(d.rules) || len(lines) > 0 && int(h.End) > lines[0].start {
			continue
		}
		if see := d.rules[id].look; see != nil {
			see(v, int(h.End))
		}
	}
	for _, line := range lines {
		d.decoded(k, v, line, deep)
	}
	k.unpack(v, func(inner *view) {
		d.see(k, inner, k.base64.finder.Find(inner.text), 0, min(deep+1, depth))
	})
}

// decoded looks at a line after one round of decoding.
func (d *Detector) decoded(k *desk, v *view, line span, deep int) {
	inner := k.decode(v, line, deep+1)
	d.see(k, inner, k.level[deep+1].finder.Find(inner.text), 0, deep+1)
}
