package ledger

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/fault"
)

// Archive reads what stands in the ledger, from its entry bundles.
type Archive struct {
	Store Reader
	Tiles Tiles
}

// Each hands on every published leaf in order, bundle by bundle, and ends with the first error.
func (a Archive) Each(ctx context.Context, do func(index int64, data []byte) error) error {
	head, err := a.Store.Head(ctx)
	if err != nil {
		return fmt.Errorf("reading the ledger's head: %w", err)
	}
	for from := int64(0); from < head.Published; from += width {
		entries, err := a.bundle(ctx, from/width, min(width, head.Published-from))
		if err != nil {
			return err
		}
		for i, data := range entries {
			if err := do(from+int64(i), data); err != nil {
				return err
			}
		}
	}
	return nil
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
