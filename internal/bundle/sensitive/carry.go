package sensitive

// Carry puts together what runs on from one block of a file into the next. Its zero value stands at the start of a file.
type Carry struct {
	open  Kind
	lines int
}

// Complete adds to what was found in a block the lines of a key that began in an earlier block. It must be called for
// every block of a file, in their order.
func (c *Carry) Complete(f *Found) {
	open := f.open
	if c.open != 0 {
		ran := f.continueKey(c.open, mostLines-c.lines)
		c.lines += len(f.head.places)
		if ran && c.lines < mostLines {
			open = c.open
		}
	}
	if open != c.open || len(f.head.places) == 0 {
		c.lines = 0
	}
	c.open = open
}

// continueKey makes places of the lines that the block starts with, and tells whether there may be more in the next.
func (f *Found) continueKey(kind Kind, most int) (ran bool) {
	places, whole := f.head.places, f.head.whole
	if kind != PrivateKey {
		places, whole = continued(f.block, 0, kind, nil)
		number(f.block, f.first, places)
	}
	if len(places) > most {
		places, whole = places[:most], false
	}
	f.Places = append(f.Places, places...)
	f.settle(f.first)
	return whole
}
