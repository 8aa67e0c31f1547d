// Package ledgertest is a ledger in memory: what package ledger asks of a store, of tiles and of a key, with a fate for
// every call, and one checker of the whole.
package ledgertest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/fault"
	"waybill/internal/ledger"
)

// Fate is what becomes of a call.
type Fate int

// The fates.
const (
	Heard          Fate = iota
	Lost                // it did not happen, and fails
	Unacknowledged      // it happened, and fails all the same
)

// ErrFate is what a call that was lost or not acknowledged answers.
var ErrFate = errors.New("the call failed")

// Origin is the ledger's name.
const Origin = "waybill.example/test"

// Ledger is all of it: a Store, Tiles and a Signer.
type Ledger struct {
	mu          sync.Mutex
	fate        func(call string) Fate
	head        ledger.Head
	leaves      []ledger.Leaf
	indices     map[string]int64
	tiles       map[string][]byte
	checkpoints []string // every one that was ever published
	broken      []error
	private     ed25519.PrivateKey
}

// New is an empty ledger. Its key is the same every time.
func New() *Ledger {
	seed := sha256.Sum256([]byte("a key for tests"))
	return &Ledger{indices: map[string]int64{}, tiles: map[string][]byte{}, private: ed25519.NewKeyFromSeed(seed[:])}
}

// Clone is another ledger in the same state, in which every call succeeds.
func (l *Ledger) Clone() *Ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &Ledger{head: l.head, leaves: slices.Clone(l.leaves), indices: maps.Clone(l.indices), tiles: maps.Clone(l.tiles),
		checkpoints: slices.Clone(l.checkpoints), broken: slices.Clone(l.broken), private: l.private}
}

// Decide sets what becomes of each call from now on; nil lets all succeed.
func (l *Ledger) Decide(fate func(call string) Fate) { l.fate = fate }

// Key is the public half of the key.
func (l *Ledger) Key() ed25519.PublicKey { return l.private.Public().(ed25519.PublicKey) }

// PublicKey implements ledger.Key.
func (l *Ledger) PublicKey(context.Context) (ed25519.PublicKey, error) { return l.Key(), nil }

// Sequencer appends to it.
func (l *Ledger) Sequencer() ledger.Sequencer {
	return ledger.Sequencer{Origin: Origin, Store: l, Tiles: l, Signer: l}
}

// Prover proves what stands in it.
func (l *Ledger) Prover() ledger.Prover { return ledger.Prover{Key: l, Store: l, Tiles: l} }

// do carries a call out as fate has it.
func (l *Ledger) do(call string, act func() error) error {
	fate := Heard
	if l.fate != nil {
		fate = l.fate(call) // outside the lock: whoever decides may let another call in first
	}
	if fate == Lost {
		return ErrFate
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := act(); err != nil || fate == Heard {
		return err
	}
	return ErrFate
}

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

// Append implements ledger.Store.
func (l *Ledger) Append(_ context.Context, size int64, leaves []ledger.Leaf) error {
	return l.do("Append", func() error {
		if l.head.Size != size || len(leaves) > ledger.MostLeaves {
			return fault.Stale
		}
		for _, leaf := range leaves {
			if _, stands := l.indices[leaf.ID]; stands {
				return fault.Stale
			}
		}
		for i, leaf := range leaves {
			l.indices[leaf.ID] = size + int64(i)
		}
		l.leaves = append(l.leaves, leaves...)
		l.head.Size += int64(len(leaves))
		return nil
	})
}

// Committed implements ledger.Store. It answers at most 150 leaves at once.
func (l *Ledger) Committed(_ context.Context, from int64) (leaves []ledger.Leaf, err error) {
	err = l.do("Committed", func() error {
		leaves = slices.Clone(l.leaves[from:min(from+150, l.head.Size)])
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
		l.head.Published, l.head.Checkpoint = after.Published, after.Checkpoint
		l.checkpoints = append(l.checkpoints, after.Checkpoint)
		if after.Published <= small { // Check does it for great ones, once
			_, err := l.rebuild(after.Published)
			l.broken = append(l.broken, err)
		}
		return nil
	})
}

// Put implements ledger.Tiles. A tile that lies there already must be the same.
func (l *Ledger) Put(_ context.Context, path string, data []byte) error {
	return l.do("Put", func() error {
		if _, valid := ledger.ValidPath(path); !valid {
			l.broken = append(l.broken, fmt.Errorf("%s is no place for a tile", path))
		}
		if old, there := l.tiles[path]; there && !bytes.Equal(old, data) {
			l.broken = append(l.broken, fmt.Errorf("%s was changed", path))
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

// Ledgered answers the ids that stand in it, in order.
func (l *Ledger) Ledgered() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ids []string
	for _, leaf := range l.leaves {
		ids = append(ids, leaf.ID)
	}
	return ids
}

// Check holds the whole against what must be true when nobody is at work: all that is committed is published; each id
// stands once, where its index says; the entry bundles rebuild the root that the checkpoint signs; every checkpoint ever
// published is consistent with the last; every leaf can be proven.
func (l *Ledger) Check() error {
	l.mu.Lock()
	head, ids, checkpoints := l.head, map[string]bool{}, slices.Clone(l.checkpoints)
	broken := slices.Clone(l.broken)
	for i, leaf := range l.leaves {
		if ids[leaf.ID] || l.indices[leaf.ID] != int64(i) {
			broken = append(broken, fmt.Errorf("%s stands twice, or not at %d", leaf.ID, i))
		}
		ids[leaf.ID] = true
	}
	hashes, err := l.rebuild(head.Published)
	l.mu.Unlock()
	broken = append(broken, err)
	if head.Published != head.Size || int(head.Size) != len(ids) {
		broken = append(broken, fmt.Errorf("%d leaves, %d committed, %d published", len(ids), head.Size, head.Published))
	}
	for _, text := range checkpoints {
		broken = append(broken, l.consistent(text, head, hashes))
	}
	return errors.Join(append(broken, l.proven())...)
}

// small is the size up to which every publication is looked at as a whole.
const small = 1000

// rebuild makes the stored hashes of the tree from its entry bundles alone.
func (l *Ledger) rebuild(size int64) (tlog.HashReader, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for at := int64(0); at < size; at += 256 {
		entries, err := ledger.Entries(l.tiles[bundlePath(at/256, min(256, size-at))])
		if err != nil || int64(len(entries)) != min(256, size-at) {
			return reader, fmt.Errorf("the bundle from %d on of %d leaves has %d entries: %w", at, size, len(entries), err)
		}
		for i, data := range entries {
			n := at + int64(i)
			if !bytes.Equal(data, l.leaves[n].Data) {
				return reader, fmt.Errorf("the bundles have another leaf %d", n)
			}
			fresh, err := tlog.StoredHashes(n, data, reader)
			if err != nil {
				return reader, err
			}
			stored = append(stored, fresh...)
		}
	}
	return reader, nil
}

func bundlePath(n, width int64) string {
	index := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		index = fmt.Sprintf("x%03d/%s", n%1000, index)
	}
	if width < 256 {
		index += fmt.Sprintf(".p/%d", width)
	}
	return "tile/entries/" + index
}

func (l *Ledger) consistent(text string, head ledger.Head, hashes tlog.HashReader) error {
	c, err := ledger.OpenCheckpoint(text, l.Key())
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(c.Size, hashes)
	if err != nil || root != c.Root || c.Origin != Origin || c.Size > head.Published {
		return fmt.Errorf("the checkpoint of size %d is not of this ledger: %w", c.Size, err)
	}
	return nil
}

func (l *Ledger) proven() error {
	p, step := l.Prover(), max(1, len(l.leaves)/20) // each of a small ledger, some of a great one
	for i := 0; i < len(l.leaves); i += step {
		inclusion, err := p.Prove(context.Background(), l.leaves[i].ID)
		if err != nil {
			return fmt.Errorf("leaf %d: %w", i, err)
		}
		if _, err := inclusion.Verify(l.leaves[i].Data, l.Key()); err != nil {
			return fmt.Errorf("leaf %d: %w", i, err)
		}
	}
	return nil
}
