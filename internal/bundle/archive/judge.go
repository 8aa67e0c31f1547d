package archive

import (
	"cmp"
	"slices"
	"strings"
)

// judge decides, from the directory alone and therefore the same way every time, which entries are read.
func (a *Archive) judge(found *tally) {
	seen := make(map[string]string, len(a.Entries))
	for i := range a.Entries {
		e := &a.Entries[i]
		if p, refused := e.refusal(); refused {
			a.refuse(e, p, found)
		}
		repeated(seen, e, found)
	}
	a.judgePlaces(found)
	a.judgeTotal(found)
}

func (a *Archive) refuse(e *Entry, p Problem, found *tally) {
	if e.Refused == "" {
		e.Refused = p.Rule
	}
	p.File = e.Name
	found.add(p)
}

// repeated finds a name that would be unpacked over another: the same, or the same but for case. Both are read.
func repeated(seen map[string]string, e *Entry, found *tally) {
	exact := place(e.Name)
	folded := strings.ToLower(exact)
	first, twice := seen[folded]
	switch {
	case !twice:
		seen[folded] = exact
	case first == exact:
		found.add(Problem{File: e.Name, Rule: Duplicate, Reason: "a second entry of this name"})
	default:
		found.add(Problem{File: e.Name, Rule: DuplicateCase, Reason: "a second entry of this name but for case"})
	}
}

// judgePlaces orders what is left by offset and refuses what lies outside or over another: whoever begins first keeps
// its bytes, so that none is ever inflated twice.
func (a *Archive) judgePlaces(found *tally) {
	byOffset := make([]*Entry, len(a.Entries))
	for i := range a.Entries {
		byOffset[i] = &a.Entries[i]
	}
	slices.SortStableFunc(byOffset, func(x, y *Entry) int { return cmp.Compare(x.Offset, y.Offset) })
	var free int64
	for _, e := range byOffset {
		switch end := e.least(); {
		case e.Offset < 0 || e.Compressed < 0 || e.Size < 0 || end < e.Offset || end > a.data:
			a.refuse(e, broken(Outside, "%d bytes at %d lie outside the %d bytes of entries", e.Compressed, e.Offset, a.data), found)
		case e.Offset < free:
			a.refuse(e, broken(Overlap, "begins at %d, within the entry before it, which ends at %d", e.Offset, free), found)
		default:
			if free == 0 && e.Offset > 0 && len(a.plan) == 0 {
				found.add(broken(Unlisted, "%d bytes before the first entry belong to none", e.Offset))
			}
			free = end
			a.plan = append(a.plan, e)
		}
	}
	if len(a.plan) == 0 && a.data > 0 {
		found.add(broken(Unlisted, "%d bytes belong to no entry", a.data))
	}
}

// least is where an entry ends at the least: the local header may be longer than the directory lets on.
func (e *Entry) least() int64 { return e.Offset + sizeLocal + int64(len(e.Raw)) + e.Compressed }

// judgeTotal shares out the bytes that may be inflated, in the order of the directory, by what the directory says: an
// entry never gets more than that, so the sum holds.
func (a *Archive) judgeTotal(found *tally) {
	a.spare = a.limits.Total
	for i := range a.Entries {
		e := &a.Entries[i]
		size := min(e.Size, a.limits.Entry)
		switch {
		case e.Refused != "":
		case size > a.spare:
			a.refuse(e, broken(TooLarge, "its %d bytes go past the %d of all entries", e.Size, a.limits.Total), found)
		default:
			a.spare -= size
		}
	}
}

// next is where the entry that follows in the file begins, or the directory.
func (a *Archive) next(e *Entry) int64 {
	i, _ := slices.BinarySearchFunc(a.plan, e.Offset+1, func(x *Entry, offset int64) int { return cmp.Compare(x.Offset, offset) })
	if i < len(a.plan) {
		return a.plan[i].Offset
	}
	return a.data
}
