// Package ledgertest is a ledger in memory: what package ledger asks of a store, of tiles and of a key, with a fate for
// every call, and one checker of the whole.
package ledgertest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"
	"sync"

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
	*books
	fate func(call string) Fate
}

// books are what every door of a ledger leads to.
type books struct {
	mu          sync.Mutex
	head        ledger.Head
	leaves      []ledger.Leaf
	batches     map[int64]int // how many leaves were committed at once from an index on
	indices     map[string]int64
	tiles       map[string][]byte
	checkpoints []string // every one that was ever published
	broken      []error
	private     ed25519.PrivateKey
}

// New is an empty ledger. Its key is the same every time.
func New() *Ledger {
	seed := sha256.Sum256([]byte("a key for tests"))
	return &Ledger{books: &books{batches: map[int64]int{}, indices: map[string]int64{}, tiles: map[string][]byte{},
		private: ed25519.NewKeyFromSeed(seed[:])}}
}

// Door leads to the same ledger, with fates of its own.
func (l *Ledger) Door() *Ledger { return &Ledger{books: l.books} }

// Clone is another ledger in the same state, in which every call succeeds.
func (l *Ledger) Clone() *Ledger {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &Ledger{books: &books{head: l.head, leaves: slices.Clone(l.leaves), batches: maps.Clone(l.batches),
		indices: maps.Clone(l.indices), tiles: maps.Clone(l.tiles), checkpoints: slices.Clone(l.checkpoints),
		broken: slices.Clone(l.broken), private: l.private}}
}

// Decide sets what becomes of each call through this door from now on; nil lets all succeed. It is asked outside the lock:
// it may let another call in first.
func (l *Ledger) Decide(fate func(call string) Fate) { l.fate = fate }

// Key is the public half of the key.
func (l *Ledger) Key() ed25519.PublicKey { return l.private.Public().(ed25519.PublicKey) }

// PublicKey implements ledger.Key.
func (l *Ledger) PublicKey(context.Context) (ed25519.PublicKey, error) {
	return l.Key(), l.do("PublicKey", func() error { return nil })
}

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
		fate = l.fate(call)
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

// Checkpoints answers every checkpoint that was ever published, in order.
func (l *Ledger) Checkpoints() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.checkpoints)
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

// Replace changes what lies at a path behind everybody's back; nil takes it away.
func (l *Ledger) Replace(path string, data []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tiles[path] = data; data == nil {
		delete(l.tiles, path)
	}
}
