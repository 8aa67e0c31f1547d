package ledger

import (
	"context"
	"crypto/ed25519"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/fault"
)

// Prover shows that a leaf stands in the ledger. It can read what is public and where a leaf stands.
type Prover struct {
	Key   Key
	Store Reader
	Tiles Tiles
}

// Reader is what a Prover needs of a Store.
type Reader interface {
	Head(ctx context.Context) (Head, error)
	Indices(ctx context.Context, ids []string) (map[string]int64, error)
}

// Prove answers where the leaf stands under the newest checkpoint; fault.NotFound when it is not published yet.
func (p Prover) Prove(ctx context.Context, id string) (Inclusion, error) {
	known, err := p.Store.Indices(ctx, []string{id})
	if err != nil {
		return Inclusion{}, fmt.Errorf("finding the leaf of %s: %w", id, err)
	}
	head, err := p.Store.Head(ctx)
	if err != nil {
		return Inclusion{}, fmt.Errorf("reading the ledger's head: %w", err)
	}
	index, stands := known[id]
	if !stands || index >= head.Published {
		return Inclusion{}, fault.NotFound.Because("It does not stand in the ledger yet.")
	}
	return p.prove(ctx, head, index)
}

func (p Prover) prove(ctx context.Context, head Head, index int64) (Inclusion, error) {
	hashes, err := head.hashes(ctx, p.Key, p.Tiles)
	if err != nil {
		return Inclusion{}, err
	}
	path, err := tlog.ProveRecord(head.Published, index, hashes)
	if err != nil {
		return Inclusion{}, fmt.Errorf("proving leaf %d of %d: %w", index, head.Published, err)
	}
	inclusion := Inclusion{LeafIndex: index, TreeSize: head.Published, Hashes: [][]byte{}, Checkpoint: head.Checkpoint}
	for _, h := range path {
		inclusion.Hashes = append(inclusion.Hashes, h[:])
	}
	return inclusion, nil
}

// mostHashes is how long an audit path can be: no tree of MostSize leaves has more levels.
const mostHashes = 53

// Verify refuses an inclusion that does not prove that data is a leaf of a tree whose checkpoint the key signed. It
// answers what the checkpoint says.
func (i Inclusion) Verify(data []byte, key ed25519.PublicKey) (Checkpoint, error) {
	c, err := OpenCheckpoint(i.Checkpoint, key)
	if err != nil {
		return c, err
	}
	if c.Size != i.TreeSize {
		return c, fault.BadInput.Because("The checkpoint is of a ledger of %d leaves, the proof of one of %d.", c.Size, i.TreeSize)
	}
	if i.LeafIndex < 0 || i.LeafIndex >= i.TreeSize {
		return c, fault.BadInput.Because("A ledger of %d leaves has no leaf %d.", i.TreeSize, i.LeafIndex)
	}
	if len(i.Hashes) > mostHashes {
		return c, fault.BadInput.Because("The proof has %d hashes; no ledger needs more than %d.", len(i.Hashes), mostHashes)
	}
	proof := make(tlog.RecordProof, len(i.Hashes))
	for n, h := range i.Hashes {
		if len(h) != tlog.HashSize {
			return c, fault.BadInput.Because("A hash of the proof has %d bytes.", len(h))
		}
		proof[n] = tlog.Hash(h)
	}
	if tlog.CheckRecord(proof, c.Size, c.Root, i.LeafIndex, tlog.RecordHash(data)) != nil {
		return c, fault.BadInput.Because("The proof does not lead from this leaf to the checkpoint's root.")
	}
	return c, nil
}
