package charset

import "unicode/utf8"

// Original walks through decoded text and the bytes that it came from, side by side. Whoever edits text takes the
// original bytes of what he leaves alone from here, and encodes only what he puts in:
//
//	o := charset.NewOriginal(encoding, raw, mark)
//	out = append(out, o.Until(from)...)       // what stands before the edit, to the byte
//	out = encoding.Encode(out, replacement)
//	o.Until(to)                               // what the edit takes out
//	out = append(out, o.Rest()...)
type Original struct {
	encoding Encoding
	raw      []byte
	at       int // in raw
	text     int // the same place in the decoded text
	from     int // where in raw the next answer begins
	same     bool
}

// NewOriginal begins at the front of raw. The first mark bytes are a byte order mark: they belong to no text, and come
// out with what stands first.
func NewOriginal(e Encoding, raw []byte, mark int) *Original {
	return &Original{encoding: e, raw: raw, at: mark, same: e == UTF8 && utf8.Valid(raw)}
}

// Until returns the original bytes from where it stands to a place in the text, which must not lie further back. A
// place within a character means the end of that character.
func (o *Original) Until(place int) []byte {
	if o.same {
		step := min(max(0, place-o.text), len(o.raw)-o.at)
		o.at, o.text = o.at+step, o.text+step
	}
	for o.text < place && o.at < len(o.raw) {
		r, n, _ := o.encoding.next(o.raw[o.at:])
		o.at, o.text = o.at+n, o.text+utf8.RuneLen(r)
	}
	return o.answer()
}

// Rest returns what is left.
func (o *Original) Rest() []byte {
	o.at = len(o.raw)
	return o.answer()
}

func (o *Original) answer() []byte {
	bytes := o.raw[o.from:o.at]
	o.from = o.at
	return bytes
}
