package finding

import (
	"bytes"
	"slices"

	"waybill/internal/bundle/inventory"
)

// Book is a set of rules made ready for a pass. It does not change, and may be used by many at once.
type Book struct {
	rules   []Rule
	needles []string
	byWhom  [][]int // the rules that want a needle
}

// NewBook makes rules ready.
func NewBook(rules []Rule) *Book {
	b := &Book{rules: rules}
	for i, r := range rules {
		if r.Log == nil {
			continue
		}
		for _, literal := range r.Log.Any {
			id := slices.Index(b.needles, literal)
			if id < 0 {
				id = len(b.needles)
				b.needles, b.byWhom = append(b.needles, literal), append(b.byWhom, nil)
			}
			b.byWhom[id] = append(b.byWhom[id], i)
		}
	}
	return b
}

// Needles are the literals that Look wants found in every block of a log.
func (b *Book) Needles() []string { return b.needles }

// Found is what one block has for the rules. Only Tally.Take knows what to do with it.
type Found struct {
	sums    map[int]inventory.Statistic
	untimed []sample // from before the first time in the block, which may lie in the block before
	last    string
}

type sample struct {
	rule  int
	value float64
	at    inventory.Place
}

// Look reads one block of a log. It is pure, costs next to nothing where no needle was found, and keeps nothing of the
// block's text.
func (b *Book) Look(block inventory.Block) Found {
	f := Found{last: block.Last()}
	if len(block.Hits) == 0 {
		return f
	}
	family := inventory.Classify(block.File)
	cursor, end := block.Cursor(), -1
	var line []byte
	var at inventory.Place
	var counted []int // the rules that counted this line
	for _, hit := range block.Hits {
		if hit.Needle < 0 || hit.Needle >= len(b.byWhom) || hit.End < 0 || hit.End > len(block.Text) {
			continue
		}
		if hit.End > end {
			at, line, end, counted = cursor.At(hit.End), block.LineAround(hit.End), block.LineEnd(hit.End), counted[:0]
		}
		for _, rule := range b.byWhom[hit.Needle] {
			if slices.Contains(counted, rule) {
				continue
			}
			counted = append(counted, rule)
			if value, counts := b.rules[rule].Log.reads(family, line); counts {
				f.add(sample{rule, value, at})
			}
		}
	}
	return f
}

func (f *Found) add(s sample) {
	if s.at.Time == "" {
		f.untimed = append(f.untimed, s)
		return
	}
	if f.sums == nil {
		f.sums = map[int]inventory.Statistic{}
	}
	f.sums[s.rule] = f.sums[s.rule].Plus(inventory.One(s.value, s.at))
}

// reads tells whether a line counts, and for how much: the number that the rule wants, or one.
func (p *Pattern) reads(family inventory.Family, line []byte) (value float64, counts bool) {
	lacks := func(literal string) bool { return !bytes.Contains(line, []byte(literal)) }
	if len(p.Families) > 0 && !slices.Contains(p.Families, family) || slices.ContainsFunc(p.With, lacks) {
		return 0, false
	}
	if p.After == "" {
		return 1, true
	}
	i := bytes.LastIndex(line, []byte(p.After))
	if i < 0 {
		return 0, false
	}
	rest := line[i+len(p.After):]
	if p.Word == 0 {
		return inventory.Number(rest)
	}
	word, _, _ := bytes.Cut(bytes.TrimLeft(rest, " :="), []byte(" "))
	return 1, len(word) >= p.Word
}

// Tally is what one file has for the rules. It is not safe for concurrent use.
type Tally struct {
	book *Book
	sums map[int]inventory.Statistic
	time string
}

// NewTally begins the tally of one file.
func (b *Book) NewTally() *Tally { return &Tally{book: b, sums: map[int]inventory.Statistic{}} }

// Take folds in what the next block of the file had.
func (t *Tally) Take(f Found) {
	for _, s := range f.untimed {
		s.at.Time = t.time
		t.sums[s.rule] = t.sums[s.rule].Plus(inventory.One(s.value, s.at))
	}
	for rule, sum := range f.sums {
		t.sums[rule] = t.sums[rule].Plus(sum)
	}
	if f.last != "" {
		t.time = f.last
	}
}
