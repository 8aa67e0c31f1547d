package redact

import (
	"encoding/binary"
	"maps"
	"slices"

	"waybill/internal/bundle/redact/receipt"
	"waybill/internal/bundle/redact/reversal"
)

// writeMap writes the map, if one is wanted.
func (r *redaction) writeMap(after receipt.Digest) error {
	if r.Map == nil {
		return nil
	}
	w, err := reversal.NewWriter(r.Map, reversal.Header{KeyID: r.Key.ID(), Bundle: after.SHA256}, r.Recipients...)
	if err != nil {
		return err
	}
	for _, p := range slices.Sorted(maps.Keys(r.origins.first)) {
		if err := w.Rule(reversal.Rule{Pseudonym: p, Origin: r.origins.first[p]}); err != nil {
			return err
		}
	}
	for _, c := range r.files {
		if err := r.writeExceptions(w, c); err != nil {
			return err
		}
	}
	return w.Close()
}

// writeExceptions writes those of one file, block by block.
func (r *redaction) writeExceptions(w *reversal.Writer, c *copied) error {
	var buffer []byte
	for _, a := range c.apart {
		coded, err := r.spool.read(buffer, a.coded)
		if err != nil {
			return err
		}
		buffer = coded
		at := map[uint64][]int64{}
		for len(coded) > 0 {
			offset, n := binary.Uvarint(coded)
			exception, m := binary.Uvarint(coded[n:])
			at[exception] = append(at[exception], a.base+int64(offset))
			coded = coded[n+m:]
		}
		for _, n := range slices.Sorted(maps.Keys(at)) {
			p := r.origins.list[n-1]
			if err := w.Exception(reversal.Exception{File: c.name, At: at[n], Rule: reversal.Rule{Pseudonym: p.pseudonym, Origin: p.origin}}); err != nil {
				return err
			}
		}
	}
	return nil
}
