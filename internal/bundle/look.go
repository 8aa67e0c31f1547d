package bundle

import (
	"slices"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/finding"
	"waybill/internal/bundle/inventory"
	"waybill/internal/bundle/needle"
	"waybill/internal/bundle/redact/pseudonym"
	"waybill/internal/bundle/sensitive"
)

// seen is what one block holds, and the memory to look at another.
type seen struct {
	finder  *needle.Finder
	hits    []inventory.Hit // the inventory's and the rules', one after the other
	values  sensitive.Found
	facts   inventory.Seen
	matches finding.Found
	text    []byte
}

func (s *Scanner) newSeen() any { return &seen{finder: s.set.Finder()} }

// look is called for many blocks at once.
func (p *pass) look(b *archive.Block) *seen {
	k := p.desks.Get().(*seen)
	k.facts, k.matches, k.text = inventory.Seen{}, finding.Found{}, b.Text
	hits := k.finder.Find(b.Text)
	p.detector.Look(b.Text, b.First, hits, 0, &k.values)
	k.pass(redacted)
	file := p.file(b.File)
	facts, rules := k.split(hits, p.facts, p.rules)
	k.matches = p.book.Look(inventory.Block{File: file.name, Line: b.First, Text: b.Text, Hits: rules})
	if !file.whole {
		k.facts = inventory.Look(inventory.Block{File: file.name, Line: b.First, Text: b.Text, Hits: facts})
	}
	return k
}

// pass leaves out the values that are so.
func (k *seen) pass(so func(sensitive.Value) bool) {
	k.values.Places = slices.DeleteFunc(k.values.Places, func(p sensitive.Place) bool { return so(k.values.Value(p)) })
}

// redacted tells whether something stood there, and was removed by a redaction.
func redacted(v sensitive.Value) bool {
	return !pseudonym.Keeps(v.Kind) && pseudonym.IsRemoved(v.Reveal())
}

// split gives each of two consumers its hits, numbered as it numbers its needles.
func (k *seen) split(hits []needle.Hit, first, second int32) (facts, rules []inventory.Hit) {
	k.hits = k.hits[:0]
	for _, h := range hits {
		if h.Needle >= first && h.Needle < second {
			k.hits = append(k.hits, inventory.Hit{Needle: int(h.Needle - first), End: int(h.End)})
		}
	}
	n := len(k.hits)
	for _, h := range hits {
		if h.Needle >= second {
			k.hits = append(k.hits, inventory.Hit{Needle: int(h.Needle - second), End: int(h.End)})
		}
	}
	return k.hits[:n], k.hits[n:]
}
