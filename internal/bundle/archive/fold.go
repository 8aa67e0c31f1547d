package archive

import "sync"

// fold brings what was found in the blocks of one file, in whatever order, back into theirs.
type fold[Found any] struct {
	file *File
	take func(*File, Found)
	end  func(*File)
	free chan<- *memory

	mu      sync.Mutex
	waiting map[int]held[Found]
	next    int // the block whose turn it is
	total   int // blocks, once the file has been read; negative until then
}

// held is a block that was looked at before its turn. It keeps its memory, so that what waits is bounded too.
type held[Found any] struct {
	found  Found
	stray  int
	memory *memory
}

// looked hands in what was found in a block, and takes as many as are next.
func (f *fold[Found]) looked(b *Block, found Found) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting[b.number] = held[Found]{found, b.stray, b.memory}
	f.settle()
}

// read says that there are no more blocks than these.
func (f *fold[Found]) read(blocks int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.total = blocks
	f.settle()
}

// settle lets go of the lock while it takes, so that others go on looking. Meanwhile none of them finds the next block:
// it is out of waiting, and it stays the next until it has been taken.
func (f *fold[Found]) settle() {
	for {
		h, ready := f.waiting[f.next]
		if !ready {
			break
		}
		delete(f.waiting, f.next)
		f.file.Stray += h.stray
		f.mu.Unlock()
		f.take(f.file, h.found)
		f.free <- h.memory
		f.mu.Lock()
		f.next++
	}
	if f.next == f.total && f.end != nil {
		f.end(f.file)
		f.end = nil
	}
}
