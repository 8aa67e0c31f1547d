package auditor

import (
	"context"
	"fmt"
	"net/url"

	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"

	"waybill/internal/ledger"
)

// Log is a ledger's public half. The width of what is full is 0.
type Log interface {
	ReadCheckpoint(ctx context.Context) ([]byte, error)
	ReadTile(ctx context.Context, level, index uint64, width uint8) ([]byte, error)
	ReadEntryBundle(ctx context.Context, index uint64, width uint8) ([]byte, error)
}

// At reads a ledger over HTTP, as anybody may.
func At(address string) (Log, error) {
	root, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("reading the ledger's address: %w", err)
	}
	return client.NewHTTPFetcher(root, nil)
}

// Behind reads a ledger where it lies.
func Behind(store ledger.Reader, tiles ledger.Tiles) Log { return behind{store, tiles} }

type behind struct {
	store ledger.Reader
	tiles ledger.Tiles
}

// ReadCheckpoint implements Log.
func (b behind) ReadCheckpoint(ctx context.Context) ([]byte, error) {
	head, err := b.store.Head(ctx)
	return []byte(head.Checkpoint), err
}

// ReadTile implements Log.
func (b behind) ReadTile(ctx context.Context, level, index uint64, width uint8) ([]byte, error) {
	return b.tiles.Get(ctx, layout.TilePath(level, index, width))
}

// ReadEntryBundle implements Log.
func (b behind) ReadEntryBundle(ctx context.Context, index uint64, width uint8) ([]byte, error) {
	return b.tiles.Get(ctx, layout.EntriesPath(index, width))
}
