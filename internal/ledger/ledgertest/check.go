package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/ledger"
)

// Check holds the whole against what must be true when nobody is at work: all that is committed is published; each id
// stands once, where its index says; the entry bundles rebuild the tiles and the root that the checkpoint signs; every
// checkpoint ever published is of a beginning of that tree, so that any two are consistent; leaves can be proven.
func (l *Ledger) Check() error {
	l.mu.Lock()
	head, checkpoints := l.head, l.checkpoints
	broken := append(slices.Clone(l.broken), l.ordered())
	tree, err := l.rebuild(head.Published)
	l.mu.Unlock()
	if err != nil {
		return errors.Join(append(broken, err)...)
	}
	for _, text := range checkpoints {
		broken = append(broken, l.consistent(text, head, tree))
	}
	return errors.Join(append(broken, l.proven())...)
}

// ordered looks whether there is no gap and no leaf twice.
func (l *Ledger) ordered() error {
	if n := int64(len(l.leaves)); l.head.Size != n || l.head.Published != n || len(l.indices) != len(l.leaves) {
		return fmt.Errorf("%d leaves, %d bound, %d committed, %d published", n, len(l.indices), l.head.Size, l.head.Published)
	}
	for i, leaf := range l.leaves {
		if at, stands := l.indices[leaf.ID]; !stands || at != int64(i) {
			return fmt.Errorf("%s stands at %d, its index says %d", leaf.ID, i, at)
		}
	}
	return nil
}

// small is the size up to which every publication is looked at as a whole.
const small = 1000

// stored are the hashes of a tree, as tlog numbers them.
type stored []tlog.Hash

// ReadHashes implements tlog.HashReader.
func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s[index]
	}
	return hashes, nil
}

// rebuild makes the tree from its entry bundles alone, and looks whether its tiles are as they must be.
func (l *Ledger) rebuild(size int64) (tree stored, err error) {
	for at := int64(0); at < size; at += 256 {
		w := min(256, size-at)
		entries, err := ledger.Entries(l.tiles[tilePath("entries", at/256, w)])
		if err != nil || int64(len(entries)) != w {
			return nil, fmt.Errorf("the bundle from %d on of %d leaves has %d entries: %w", at, size, len(entries), err)
		}
		for i, data := range entries {
			n := at + int64(i)
			if !bytes.Equal(data, l.leaves[n].Data) {
				return nil, fmt.Errorf("the bundles have another leaf %d", n)
			}
			hashes, err := tlog.StoredHashes(n, data, tree)
			if err != nil {
				return nil, err
			}
			tree = append(tree, hashes...)
		}
	}
	return tree, l.tiled(size, tree)
}

func (l *Ledger) tiled(size int64, tree stored) error {
	for _, t := range tlog.NewTiles(8, 0, size) {
		want, err := tlog.ReadTileData(t, tree)
		if err != nil {
			return err
		}
		if p := tilePath(fmt.Sprint(t.L), t.N, int64(t.W)); !bytes.Equal(l.tiles[p], want) {
			return fmt.Errorf("%s of %d leaves is missing or another", p, size)
		}
	}
	return nil
}

// tilePath is where C2SP tlog-tiles has a tile: told apart from how package ledger spells it.
func tilePath(level string, n, width int64) string {
	index := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		index = fmt.Sprintf("x%03d/%s", n%1000, index)
	}
	if width < 256 {
		index += fmt.Sprintf(".p/%d", width)
	}
	return "tile/" + level + "/" + index
}

func (l *Ledger) consistent(text string, head ledger.Head, tree stored) error {
	c, err := ledger.OpenCheckpoint(text, l.Key())
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(c.Size, tree)
	if err != nil || root != c.Root || c.Origin != Origin || c.Size > head.Published {
		return fmt.Errorf("the checkpoint of size %d is not of this ledger: %w", c.Size, err)
	}
	return nil
}

// proven proves each leaf of a small ledger, and some of a great one, the first and the last among them: its tiles are
// known to be right.
func (l *Ledger) proven() error {
	p, step := l.Door().Prover(), max(1, len(l.leaves)/5)
	for i := range l.leaves {
		if i%step != 0 && i != len(l.leaves)-1 {
			continue
		}
		inclusion, err := p.Prove(context.Background(), l.leaves[i].ID)
		if err == nil {
			_, err = inclusion.Verify(l.leaves[i].Data, l.Key())
		}
		if err != nil || inclusion.LeafIndex != int64(i) {
			return fmt.Errorf("leaf %d, proven at %d: %w", i, inclusion.LeafIndex, err)
		}
	}
	return nil
}
