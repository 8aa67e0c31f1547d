package redact

import (
	"bytes"
	"cmp"
	"slices"

	"waybill/internal/bundle/redact/pseudonym"
	"waybill/internal/bundle/sensitive"
)

// edit is a place of which the text is to be replaced.
type edit struct {
	start, end int32
	kind       sensitive.Kind
	form       sensitive.Form
	length     int32 // of the value, if it is escaped; of Base64 that was found again, see spelling.run
}

// merged orders edits and joins those that overlap, so that no byte of either stays. What was joined is one value of the
// worse kind; in what form it was is not known any more, and what cannot be kept in its form is removed.
func merged(all []edit) []edit {
	slices.SortFunc(all, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), weight(b.kind)-weight(a.kind), int(a.kind)-int(b.kind), int(a.length-b.length))
	})
	kept := all[:0]
	for _, e := range all {
		if len(kept) == 0 || e.start >= kept[len(kept)-1].end {
			kept = append(kept, e)
			continue
		}
		last := &kept[len(kept)-1]
		if e.end > last.end {
			*last = joined(*last, e)
		}
	}
	return kept
}

func joined(a, b edit) edit {
	e := edit{start: a.start, end: max(a.end, b.end), kind: a.kind}
	if worse(b.kind, a.kind) {
		e.kind = b.kind
	}
	return e
}

// desk is one goroutine's memory for rewriting.
type desk struct {
	*redaction
	edits []edit
	more  []edit
	coded []byte
	found sensitive.Found
	cache map[string]replacement
	key   []byte
}

// replacement is what stands where something stood.
type replacement struct {
	text      []byte
	changed   bool
	removed   bool   // at least a part of it has no pseudonym, and is not restored
	exception uint32 // what it stood for, where the map has another for the same pseudonym; see origins
}

// mostCached bounds the replacements that a desk remembers, and longestCached each.
const (
	mostCached    = 30_000
	longestCached = 256
)

// search lists what is to be replaced in a text: what the detector found, and what it found elsewhere and stands here too,
// people under any of their names.
func (d *desk) search(text []byte, found []edit) []edit {
	d.more = d.again.find(text, found, d.more[:0])
	return with(found, d.more)
}

// with adds edits that are not within others. Both are in order, and what is added mostly is there already.
func with(all, more []edit) []edit {
	had := len(all)
	at := 0
	for _, e := range more {
		for at < had && all[at].end <= e.start {
			at++
		}
		if at == had || e.start < all[at].start || e.end > all[at].end {
			all = append(all, e)
		}
	}
	if len(all) == had {
		return all
	}
	return merged(all)
}

// replace is what comes in place of a text.
func (d *desk) replace(text []byte, e edit) replacement {
	written := text[e.start:e.end]
	if len(written) > longestCached || e.form == sensitive.Base64 {
		return d.make(text, e)
	}
	d.key = append(append(d.key[:0], byte(e.kind), byte(e.form), byte(e.length)), written...)
	if r, found := d.cache[string(d.key)]; found {
		return r
	}
	r := d.make(text, e)
	if len(d.cache) >= mostCached {
		clear(d.cache)
	}
	d.cache[string(d.key)] = r
	return r
}

func (d *desk) make(text []byte, e edit) replacement {
	written := text[e.start:e.end]
	r := d.pseudonym(text, written, e)
	r.changed = !bytes.Equal(r.text, written)
	if !r.removed {
		r.exception = d.origins.note(r.text, written)
	}
	return r
}

func (d *desk) pseudonym(text, written []byte, e edit) (r replacement) {
	switch e.form {
	case sensitive.Plain:
		r.text, r.removed = d.maker.Of(e.kind, written)
	case sensitive.Base64:
		r.text, r.removed = d.packed(text[:e.start], written, e)
	default:
		value, forms, ok := peel(written, int(e.length))
		if !ok {
			return replacement{text: []byte(pseudonym.Removed(e.kind)), removed: true}
		}
		r.text, r.removed = d.maker.Of(e.kind, value)
		if bytes.Equal(r.text, value) {
			return replacement{text: written, removed: r.removed}
		}
		r.text = wrap(r.text, forms)
	}
	return r
}

// packed rewrites what a run of Base64 holds, and packs it again. Where nothing is found in it to replace, though there
// must be something, the whole run is removed.
func (d *desk) packed(before, run []byte, e edit) (text []byte, removed bool) {
	p, ok := unpack(run, max(0, int(e.length)-1))
	all := d.unpacked(before, p)
	switch {
	case !ok || len(all) == 0 && e.length == 0:
		return []byte(pseudonym.Removed(e.kind)), true
	case len(all) == 0: // it only began like one that holds a value
		return run, false
	}
	inner, changed, at := d.newDesk(), false, int32(0)
	var out []byte
	for _, e := range all {
		r := inner.replace(p.plain, e)
		out = append(append(out, p.plain[at:e.start]...), r.text...)
		at = e.end
		changed, removed = changed || r.changed, removed || r.removed
	}
	switch {
	case !changed:
		return run, removed
	case basic(before):
		p.back = nil // it was a part of the password
	}
	return p.pack(append(out, p.plain[at:]...)), removed
}

// unpacked lists what is to be replaced in what was packed.
func (d *desk) unpacked(before []byte, p packed) (all []edit) {
	text := p.text()
	if colon := bytes.IndexByte(text, ':'); colon > 0 && basic(before) {
		return []edit{{0, int32(colon), sensitive.Username, sensitive.Plain, 0}, {int32(colon) + 1, int32(len(text)), sensitive.Password, sensitive.Plain, 0}}
	}
	var found sensitive.Found
	d.detector.Search(text, 1, &found)
	for _, place := range found.Places {
		all = append(all, edit{place.Start, place.End, place.Kind, place.Form, packedLength(place.Form, len(found.Value(place).Reveal()))})
	}
	return d.newDesk().search(p.plain, merged(all))
}

// packedLength is the length that an edit has: none for what was found in a run of Base64 that is whole.
func packedLength(form sensitive.Form, length int) int32 {
	if form == sensitive.Base64 {
		return 0
	}
	return int32(length)
}

// basic tells whether the text in front says that a user and a password follow (RFC 7617).
func basic(before []byte) bool {
	const word = "basic "
	return len(before) >= len(word) && bytes.EqualFold(before[len(before)-len(word):], []byte(word))
}
