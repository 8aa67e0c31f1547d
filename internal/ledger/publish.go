package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/fault"
)

// publish brings out all that is committed and answers the size that is published.
func (s Sequencer) publish(ctx context.Context) (int64, error) {
	for stale := 0; stale < tries; {
		head, err := s.Store.Head(ctx)
		if err != nil || head.Published == head.Size {
			return head.Published, err
		}
		err = s.advance(ctx, head)
		if errors.Is(err, fault.Stale) {
			stale++ // another one was faster; then there is less to do
		} else if err != nil {
			return head.Published, fmt.Errorf("publishing the leaves from %d on: %w", head.Published, err)
		}
	}
	return 0, errGrowing
}

// advance brings out what is committed behind the head's checkpoint, or as much of it as the store hands over at once.
func (s Sequencer) advance(ctx context.Context, head Head) error {
	leaves, err := s.Store.Committed(ctx, head.Published)
	if err != nil {
		return err
	}
	if len(leaves) == 0 {
		return errors.New("committed leaves are missing")
	}
	t, err := s.grow(ctx, head, leaves)
	if err != nil {
		return err
	}
	if err := t.write(ctx, s.Tiles, leaves); err != nil {
		return err
	}
	root, err := tlog.TreeHash(t.size, t)
	if err != nil {
		return fmt.Errorf("hashing the tree: %w", err)
	}
	after := head
	after.Published = t.size
	after.Checkpoint, err = Checkpoint{s.Origin, t.size, root}.sign(ctx, s.Signer)
	if err != nil {
		return err
	}
	return s.Store.Publish(ctx, head, after)
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
			t.fresh[index], hashes[i] = read[0], read[0] // a tile is read once
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
	var bundle []byte
	if w := int(t.from % width); w > 0 {
		p := path(tlog.Tile{H: height, L: entries, N: t.from / width, W: w})
		var err error
		if bundle, err = tiles.Get(ctx, p); err != nil {
			return fmt.Errorf("reading %s: %w", p, err)
		}
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

// hashes reads the published tree, and believes only what leads to the root that its checkpoint signs.
func (h Head) hashes(ctx context.Context, k Key, tiles Tiles) (tlog.HashReader, error) {
	key, err := k.PublicKey(ctx)
	if err != nil {
		return nil, err
	}
	c, err := OpenCheckpoint(h.Checkpoint, key)
	if err != nil || c.Size != h.Published {
		return nil, fmt.Errorf("the head's checkpoint is not of size %d: %w", h.Published, err)
	}
	return tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, tileReader{ctx, tiles}), nil
}

// tileReader reads published tiles for tlog, which checks them against the checkpoint's root.
type tileReader struct {
	ctx   context.Context
	tiles Tiles
}

func (r tileReader) Height() int { return height }

func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		var err error
		if data[i], err = r.tiles.Get(r.ctx, path(t)); err != nil {
			return nil, fmt.Errorf("reading %s: %w", path(t), err)
		}
	}
	return data, nil
}

// SaveTiles keeps nothing: a call reads a tile once.
func (r tileReader) SaveTiles([]tlog.Tile, [][]byte) {}
