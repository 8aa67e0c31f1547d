package redact

import (
	"encoding/hex"
	"slices"
	"strings"

	"waybill/internal/bundle/archive"
	"waybill/internal/bundle/redact/pseudonym"
	"waybill/internal/bundle/redact/receipt"
	"waybill/internal/bundle/redact/residue"
	"waybill/internal/bundle/sensitive"
)

// account is what became of each file, in the order of the bundle.
type account struct {
	passed            []receipt.File
	dropped, withheld []receipt.Left
	notes             []string // what was wrong with the bundle, without what must not leave
}

// receipt is that of a file that was passed on.
func (c *copied) receipt(name string) receipt.File {
	f := receipt.File{Name: name, Lines: c.file.Lines, Counts: map[string]int{},
		Before: receipt.Digest{SHA256: hex.EncodeToString(c.before.Sum(nil)), Size: c.file.Size},
		After:  receipt.Digest{SHA256: hex.EncodeToString(c.after.Sum(nil)), Size: c.size}}
	if c.file.Kind == archive.Binary {
		f.Binary, f.Lines = c.file.Format, 0
	}
	for k, n := range c.counts {
		if n > 0 {
			f.Counts[sensitive.Kind(k).String()] = n
		}
	}
	return f
}

// wanted is what the second method is to look for: every value as it was found, but for what has been redacted before.
func (r *redaction) wanted() residue.Wanted {
	w := residue.Wanted{Workers: r.workers, Unexamined: map[string]bool{}}
	for text, kind := range r.values.kinds {
		if made, _ := r.maker.Of(kind, []byte(text)); string(made) != text {
			w.Values = append(w.Values, residue.Value{Kind: kind.String(), Text: text})
		}
	}
	slices.SortFunc(w.Values, func(a, b residue.Value) int { return strings.Compare(a.Text, b.Text) })
	for _, f := range r.passed {
		if f.Binary != "" {
			w.Unexamined[f.Name] = true
		}
	}
	return w
}

// receipt puts it all down.
func (r *redaction) receipt(before, after receipt.Digest, searched residue.Report) receipt.Receipt {
	all := receipt.Receipt{Version: receipt.Version, Rules: Rules, When: r.When.UTC(), KeyID: r.Key.ID(), Before: before, After: after,
		Files: r.passed, Dropped: r.dropped, Withheld: r.withheld, Counts: map[string]receipt.Count{}, Notes: r.notes, Map: r.Map != nil}
	for _, k := range sensitive.Kinds() {
		n := receipt.Count{Values: r.values.count[k], Kept: pseudonym.Keeps(k)}
		for _, f := range r.passed {
			n.Places += f.Counts[k.String()]
		}
		if n.Values > 0 || n.Places > 0 {
			all.Counts[k.String()] = n
		}
	}
	all.Residual = receipt.Residual{Values: searched.Values, InPlace: searched.InPlace, Bytes: searched.Bytes, Forms: residue.Forms(), Shapes: residue.Shapes()}
	return all
}
