package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/fault"
)

// publish brings out what is committed, as far as head knows of it, and answers the head that is then.
func (s Sequencer) publish(ctx context.Context, head Head) (Head, error) {
	stale := 0
	for size := head.Size; head.Published < size; {
		after, err := s.advance(ctx, head)
		if errors.Is(err, fault.Stale) { // another one was faster; then there is less to do
			if stale++; stale > tries {
				return head, errGrowing
			}
			after, err = s.Store.Head(ctx)
		}
		if err != nil {
			return head, fmt.Errorf("publishing the leaves from %d on: %w", head.Published, err)
		}
		head = after
	}
	return head, nil
}

// advance brings out what is committed behind the head's checkpoint, or as much of it as the store hands over at once.
func (s Sequencer) advance(ctx context.Context, head Head) (Head, error) {
	leaves, err := s.Store.Committed(ctx, head.Published)
	if err != nil {
		return head, err
	}
	if len(leaves) == 0 {
		return head, errors.New("committed leaves are missing")
	}
	t, err := s.grow(ctx, head, leaves)
	if err != nil {
		return head, err
	}
	if err := t.write(ctx, s.Tiles, leaves); err != nil {
		return head, err
	}
	root, err := tlog.TreeHash(t.size, t)
	if err != nil {
		return head, fmt.Errorf("hashing the tree: %w", err)
	}
	signed, err := Checkpoint{s.Origin, t.size, root}.sign(ctx, s.Signer)
	if err != nil {
		return head, err
	}
	after := Head{Size: max(head.Size, t.size), Published: t.size, Checkpoint: signed}
	return after, s.Store.Publish(ctx, head, after)
}

// growth is a tree from one size to a greater one: what is published, and over it the hashes that are new.
type growth struct {
	from, size int64
	published  tlog.HashReader
	fresh      map[int64]tlog.Hash // by stored index
}

// grow hashes the leaves behind the head's checkpoint.
func (s Sequencer) grow(ctx context.Context, head Head, leaves []Leaf) (*growth, error) {
	t := &growth{from: head.Published, size: head.Published, fresh: map[int64]tlog.Hash{}}
	if head.Published > 0 {
		var err error
		if t.published, err = head.hashes(ctx, s.Signer, s.Tiles); err != nil {
			return nil, err
		}
	}
	for _, l := range leaves {
		hashes, err := tlog.StoredHashesForRecordHash(t.size, tlog.RecordHash(l.Data), t)
		if err != nil {
			return nil, fmt.Errorf("hashing leaf %d: %w", t.size, err)
		}
		for i, h := range hashes {
			t.fresh[tlog.StoredHashIndex(0, t.size)+int64(i)] = h
		}
		t.size++
	}
	return t, nil
}

// ReadHashes implements tlog.HashReader.
func (t *growth) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	var missing []int64
	for i, index := range indexes {
		if h, known := t.fresh[index]; known {
			hashes[i] = h
		} else {
			missing = append(missing, index)
		}
	}
	if len(missing) == 0 {
		return hashes, nil
	}
	read, err := t.published.ReadHashes(missing)
	if err != nil {
		return nil, err
	}
	for i, index := range indexes {
		if _, known := t.fresh[index]; !known {
			t.fresh[index], hashes[i] = read[0], read[0] // looked up and proven once
			read = read[1:]
		}
	}
	return hashes, nil
}

// write puts the bundles and tiles that the new leaves fill or begin.
func (t *growth) write(ctx context.Context, tiles Tiles, leaves []Leaf) error {
	if err := t.writeBundles(ctx, tiles, leaves); err != nil {
		return err
	}
	for _, tile := range tlog.NewTiles(height, t.from, t.size) {
		data, err := tlog.ReadTileData(tile, t)
		if err != nil {
			return fmt.Errorf("filling %s: %w", path(tile), err)
		}
		if err := tiles.Put(ctx, path(tile), data); err != nil {
			return fmt.Errorf("writing %s: %w", path(tile), err)
		}
	}
	return nil
}

// writeBundles goes on where the published bundle ends.
func (t *growth) writeBundles(ctx context.Context, tiles Tiles, leaves []Leaf) error {
	bundle, err := t.begun(ctx, tiles)
	if err != nil {
		return err
	}
	for i, l := range leaves {
		bundle = appendEntry(bundle, l.Data)
		next := t.from + int64(i) + 1
		if next%width != 0 && next != t.size {
			continue
		}
		p := path(tlog.Tile{H: height, L: entries, N: (next - 1) / width, W: int((next-1)%width) + 1})
		if err := tiles.Put(ctx, p, bundle); err != nil {
			return fmt.Errorf("writing %s: %w", p, err)
		}
		bundle = nil
	}
	return nil
}

// begun reads the bundle that is published in part. No hash of a tile vouches for it: it is believed when its leaves are
// those of the tree.
func (t *growth) begun(ctx context.Context, tiles Tiles) ([]byte, error) {
	w := int(t.from % width)
	if w == 0 {
		return nil, nil
	}
	p := path(tlog.Tile{H: height, L: entries, N: t.from / width, W: w})
	bundle, err := tiles.Get(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", p, err)
	}
	list, err := Entries(bundle)
	if err != nil || len(list) != w {
		return nil, fmt.Errorf("%s has %d leaves: %w", p, len(list), err)
	}
	indexes := make([]int64, w)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, t.from-int64(w-i))
	}
	hashes, err := t.ReadHashes(indexes)
	if err != nil {
		return nil, err
	}
	for i, data := range list {
		if tlog.RecordHash(data) != hashes[i] {
			return nil, fmt.Errorf("%s has another leaf %d than was published", p, i)
		}
	}
	return slices.Clip(bundle), nil // what follows is not written into the memory of whoever handed it over
}
