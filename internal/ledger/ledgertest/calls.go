package ledgertest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"

	"waybill/internal/fault"
	"waybill/internal/ledger"
)

// Head implements ledger.Store.
func (l *Ledger) Head(context.Context) (head ledger.Head, err error) {
	err = l.do("Head", func() error { head = l.head; return nil })
	return head, err
}

// Indices implements ledger.Store.
func (l *Ledger) Indices(_ context.Context, ids []string) (map[string]int64, error) {
	known := map[string]int64{}
	return known, l.do("Indices", func() error {
		for _, id := range ids {
			if at, stands := l.indices[id]; stands {
				known[id] = at
			}
		}
		return nil
	})
}

// mostBytes is what an item of DynamoDB's holds.
const mostBytes = 400 << 10

// Append implements ledger.Store.
func (l *Ledger) Append(_ context.Context, size int64, leaves []ledger.Leaf) error {
	return l.do("Append", func() error {
		bytes := 0
		for _, leaf := range leaves {
			if _, stands := l.indices[leaf.ID]; stands {
				return fault.Stale
			}
			bytes += len(leaf.ID) + len(leaf.Data)
		}
		if l.head.Size != size {
			return fault.Stale
		}
		if len(leaves) == 0 || len(leaves) > ledger.MostLeaves || bytes > mostBytes {
			return l.breaks("one transaction was to take %d leaves of %d bytes", len(leaves), bytes)
		}
		for i, leaf := range leaves {
			l.indices[leaf.ID] = size + int64(i)
		}
		l.leaves, l.batches[size] = append(l.leaves, leaves...), len(leaves)
		l.head.Size += int64(len(leaves))
		return nil
	})
}

// Committed implements ledger.Store. It answers whole batches, two at most.
func (l *Ledger) Committed(_ context.Context, from int64) (leaves []ledger.Leaf, err error) {
	err = l.do("Committed", func() error {
		if l.batches[from] == 0 {
			return l.breaks("no batch begins at %d", from)
		}
		to := from + int64(l.batches[from])
		leaves = slices.Clone(l.leaves[from : to+int64(l.batches[to])])
		return nil
	})
	return leaves, err
}

// Publish implements ledger.Store, and looks whether all that the checkpoint promises is there.
func (l *Ledger) Publish(_ context.Context, before, after ledger.Head) error {
	return l.do("Publish", func() error {
		if l.head.Published != before.Published {
			return fault.Stale
		}
		if after.Published <= before.Published || after.Published > l.head.Size {
			return l.breaks("%d of %d leaves are published after %d", after.Published, l.head.Size, before.Published)
		}
		l.head.Published, l.head.Checkpoint = after.Published, after.Checkpoint
		l.checkpoints = append(l.checkpoints, after.Checkpoint)
		if after.Published <= small { // Check does it for great ones, once
			_, err := l.rebuild(after.Published)
			l.broken = append(l.broken, err)
		}
		return nil
	})
}

// breaks notes for Check what must not be.
func (l *Ledger) breaks(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	l.broken = append(l.broken, err)
	return err
}

// Put implements ledger.Tiles. A tile that lies there already must be the same.
func (l *Ledger) Put(_ context.Context, path string, data []byte) error {
	return l.do("Put", func() error {
		if _, valid := ledger.ValidPath(path); !valid {
			return l.breaks("%s is no place for a tile", path)
		}
		if old, there := l.tiles[path]; there && !bytes.Equal(old, data) {
			return l.breaks("%s was to be changed", path)
		}
		l.tiles[path] = bytes.Clone(data)
		return nil
	})
}

// Get implements ledger.Tiles.
func (l *Ledger) Get(_ context.Context, path string) (data []byte, err error) {
	err = l.do("Get", func() error {
		var there bool
		if data, there = l.tiles[path]; !there {
			return fault.NotFound
		}
		data = bytes.Clone(data)
		return nil
	})
	return data, err
}

// Sign implements ledger.Signer.
func (l *Ledger) Sign(_ context.Context, message []byte) (signature []byte, err error) {
	err = l.do("Sign", func() error {
		if len(message) > 4096 {
			return fault.BadInput.Because("KMS signs at most 4,096 bytes.")
		}
		signature = ed25519.Sign(l.private, message)
		return nil
	})
	return signature, err
}
