package ledger

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

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
	return c.hashes(ctx, tiles), nil
}

func (c Checkpoint) hashes(ctx context.Context, tiles Tiles) tlog.HashReader {
	return tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, tileReader{ctx, tiles, map[tlog.Tile][]byte{}})
}

// tileReader reads published tiles for tlog, which checks them against the checkpoint's root. It lives as long as one
// call, and reads a tile once.
type tileReader struct {
	ctx   context.Context
	tiles Tiles
	known map[tlog.Tile][]byte
}

func (r tileReader) Height() int { return height }

func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		var err error
		if data[i] = r.known[t]; data[i] != nil {
			continue
		}
		if data[i], err = r.tiles.Get(r.ctx, path(t)); err != nil {
			return nil, fmt.Errorf("reading %s: %w", path(t), err)
		}
	}
	return data, nil
}

// SaveTiles is told of tiles that are proven.
func (r tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	for i, t := range tiles {
		r.known[t] = data[i]
	}
}
