package sensitive

// Carry puts together what runs on from one block of a file into the next. Its zero value stands at the start of a file.
type Carry struct{ open Kind }

// Complete adds to what was found in a block the lines of a key that began in an earlier block. It must be called for
// every block of a file, in their order.
func (c *Carry) Complete(f *Found) {
	ran := c.open != 0 && f.continueKey(c.open)
	if !ran {
		c.open = f.open
	}
}

// continueKey makes places of the lines that the block starts with, and tells whether there may be more in the next.
func (f *Found) continueKey(kind Kind) (ran bool) {
	places, whole := f.head.places, f.head.whole
	if kind != PrivateKey {
		var next int
		places, next = continued(f.block, 0, kind, nil)
		whole = next == len(f.block)
	}
	f.Places = append(f.Places, places...)
	f.settle(f.first)
	return whole
}
