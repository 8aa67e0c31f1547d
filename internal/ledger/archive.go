package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"waybill/internal/fault"
)

// Archive reads what stands in the ledger, from its entry bundles.
type Archive struct {
	Key   Key
	Store Reader
	Tiles Tiles
}

// bundlesAtOnce is how many entry bundles are fetched at a time.
const bundlesAtOnce = 16

// Each hands on every published leaf in order, and ends with the first error. At the end it compares the tree of what it
// handed on with the checkpoint that the key signed: an error then says that a leaf is missing, or is another one.
func (a Archive) Each(ctx context.Context, do func(index int64, data []byte) error) error {
	head, err := a.Store.Head(ctx)
	if err != nil {
		return fmt.Errorf("reading the ledger's head: %w", err)
	}
	var tree frontier
	for from := int64(0); from < head.Published; from += bundlesAtOnce * width {
		entries, err := a.bundles(ctx, from, min(bundlesAtOnce*width, head.Published-from))
		if err != nil {
			return err
		}
		for i, data := range entries {
			tree.add(data)
			if err := do(from+int64(i), data); err != nil {
				return err
			}
		}
	}
	return a.signed(ctx, head, tree.root())
}

// bundles reads n leaves from one on that begins a bundle.
func (a Archive) bundles(ctx context.Context, from, n int64) ([][]byte, error) {
	lists := make([][][]byte, (n+width-1)/width)
	g, ctx := errgroup.WithContext(ctx)
	for i := range lists {
		g.Go(func() (err error) {
			lists[i], err = a.bundle(ctx, from/width+int64(i), min(width, n-int64(i)*width))
			return err
		})
	}
	err := g.Wait()
	return slices.Concat(lists...), err
}

// signed tells whether the key signed that root.
func (a Archive) signed(ctx context.Context, head Head, root tlog.Hash) error {
	if head.Published == 0 {
		return nil
	}
	key, err := a.Key.PublicKey(ctx)
	if err != nil {
		return err
	}
	c, err := OpenCheckpoint(head.Checkpoint, key)
	if err == nil && (c.Size != head.Published || c.Root != root) {
		err = errAltered
	}
	return err
}

var errAltered = errors.New("the entry bundles are not those of the checkpoint: a leaf was altered, or is missing")

// frontier is a tree that grows leaf by leaf: its largest perfect subtrees, from the left.
type frontier struct {
	size   int64
	hashes []tlog.Hash
}

func (f *frontier) add(data []byte) {
	h := tlog.RecordHash(data)
	for n := f.size; n&1 == 1; n >>= 1 {
		last := len(f.hashes) - 1
		h, f.hashes = tlog.NodeHash(f.hashes[last], h), f.hashes[:last]
	}
	f.hashes = append(f.hashes, h)
	f.size++
}

func (f *frontier) root() (h tlog.Hash) {
	for i := len(f.hashes) - 1; i >= 0; i-- {
		if i == len(f.hashes)-1 {
			h = f.hashes[i]
		} else {
			h = tlog.NodeHash(f.hashes[i], h)
		}
	}
	return h
}

// At is one leaf; fault.NotFound when none is published there.
func (a Archive) At(ctx context.Context, index int64) ([]byte, error) {
	head, err := a.Store.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the ledger's head: %w", err)
	}
	if index < 0 || index >= head.Published {
		return nil, fault.NotFound.Because("No leaf of that index is published.")
	}
	n := index / width
	entries, err := a.bundle(ctx, n, min(width, head.Published-n*width))
	if err != nil {
		return nil, err
	}
	return entries[index%width], nil
}

func (a Archive) bundle(ctx context.Context, n, entriesInIt int64) ([][]byte, error) {
	p := path(tlog.Tile{H: height, L: entries, N: n, W: int(entriesInIt)})
	data, err := a.Tiles.Get(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", p, err)
	}
	list, err := Entries(data)
	if err == nil && int64(len(list)) != entriesInIt {
		err = errBundle
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", p, err)
	}
	return list, nil
}
