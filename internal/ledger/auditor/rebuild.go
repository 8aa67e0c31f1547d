package auditor

import (
	"bytes"
	"context"
	"fmt"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
)

// tree is what the entry bundles make.
type tree struct {
	*compact.Range
	nodes map[compact.NodeID][]byte
}

// rebuild makes the tree of a checkpoint from the entry bundles alone, and holds root and tiles against it.
func (a *Auditor) rebuild(ctx context.Context, c *log.Checkpoint) error {
	factory := compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}
	t := tree{factory.NewEmptyRange(0), map[compact.NodeID][]byte{}}
	for t.End() < c.Size {
		bundle, err := client.GetEntryBundle(ctx, a.log.ReadEntryBundle, t.End()/layout.EntryBundleWidth, c.Size)
		if err != nil {
			return err
		}
		if want := min(layout.EntryBundleWidth, c.Size-t.End()); uint64(len(bundle.Entries)) != want {
			return fmt.Errorf("the bundle from leaf %d on has %d entries, not %d", t.End(), len(bundle.Entries), want)
		}
		if err := t.append(bundle.Entries); err != nil {
			return err
		}
	}
	if root, err := t.GetRootHash(nil); err != nil || !bytes.Equal(root, c.Hash) {
		return fmt.Errorf("the root is %x, and %x is signed (%v)", root, c.Hash, err)
	}
	return a.compare(ctx, t)
}

func (t tree) append(entries [][]byte) error {
	for _, data := range entries {
		hash := rfc6962.DefaultHasher.HashLeaf(data)
		t.nodes[compact.NewNodeID(0, t.End())] = hash
		if err := t.Append(hash, func(id compact.NodeID, hash []byte) { t.nodes[id] = hash }); err != nil {
			return fmt.Errorf("hashing leaf %d: %w", t.End(), err)
		}
	}
	return nil
}

// compare wants every tile that a tree of that size has, and in each the hashes of the tree.
func (a *Auditor) compare(ctx context.Context, t tree) error {
	for level, width := uint64(0), t.End(); width > 0; level, width = level+1, width/layout.TileWidth {
		for index := uint64(0); index*layout.TileWidth < width; index++ {
			partial := layout.PartialTileSize(level, index, t.End())
			raw, err := a.log.ReadTile(ctx, level, index, partial)
			if err != nil {
				return fmt.Errorf("reading %s: %w", layout.TilePath(level, index, partial), err)
			}
			if !bytes.Equal(raw, t.tile(level, index, width)) {
				return fmt.Errorf("%s is not what the entries make", layout.TilePath(level, index, partial))
			}
		}
	}
	return nil
}

// tile is a tile of a level that is so many hashes wide.
func (t tree) tile(level, index, width uint64) []byte {
	var tile api.HashTile
	for at := index * layout.TileWidth; at < min(width, (index+1)*layout.TileWidth); at++ {
		tile.Nodes = append(tile.Nodes, t.nodes[compact.NewNodeID(uint(level)*layout.TileHeight, at)])
	}
	raw, _ := tile.MarshalText() // which never fails
	return raw
}
