// Package auditor is somebody who trusts no cell: it reads a ledger's public half with the client of another log, and
// computes everything again.
//
// The client is Trillian Tessera's (Apache-2.0), the reference of C2SP tlog-tiles; hashes and proofs are those of
// transparency-dev/merkle. They share no code with package ledger but the signed note. For tests only: the client brings
// tracing along.
package auditor

import (
	"context"
	"crypto/ed25519"
	"fmt"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"

	"waybill/internal/ledger"
)

// Auditor watches one ledger.
type Auditor struct {
	log      Log
	origin   string
	verifier note.Verifier
	seen     *client.LogStateTracker // nil before the first look
}

// New is an auditor who has not looked yet. The log is At an address, or what is Behind one.
func New(log Log, origin string, key ed25519.PublicKey) (*Auditor, error) {
	text, err := note.NewEd25519VerifierKey(origin, key)
	if err != nil {
		return nil, fmt.Errorf("naming the key: %w", err)
	}
	verifier, err := note.NewVerifier(text)
	return &Auditor{log: log, origin: origin, verifier: verifier}, err
}

// Look wants the entry bundles to make every tile, and the root of the newest checkpoint; and that checkpoint to continue
// the one that was seen last. It answers the ledger's size.
func (a *Auditor) Look(ctx context.Context) (size int64, err error) {
	c, _, _, err := client.FetchCheckpoint(ctx, a.log.ReadCheckpoint, a.verifier, a.origin)
	if err != nil {
		return 0, fmt.Errorf("reading the checkpoint: %w", err)
	}
	if err := a.rebuild(ctx, c); err != nil {
		return 0, fmt.Errorf("computing the ledger of %d leaves again: %w", c.Size, err)
	}
	if a.seen == nil {
		a.seen, err = client.NewLogStateTracker(ctx, a.log.ReadTile, nil, a.verifier, a.origin, client.UnilateralConsensus(a.log.ReadCheckpoint))
	} else {
		_, _, _, err = a.seen.Update(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("holding the ledger against what it was: %w", err)
	}
	return int64(c.Size), nil
}

// Included wants data to be the leaf that the inclusion says, of the tree whose checkpoint it carries.
func (a *Auditor) Included(ctx context.Context, data []byte, i ledger.Inclusion) error {
	signed := func(context.Context) ([]byte, error) { return []byte(i.Checkpoint), nil }
	c, _, _, err := client.FetchCheckpoint(ctx, signed, a.verifier, a.origin)
	if err != nil {
		return fmt.Errorf("reading the inclusion's checkpoint: %w", err)
	}
	if c.Size != uint64(i.TreeSize) {
		return fmt.Errorf("the checkpoint is of size %d, the proof of %d", c.Size, i.TreeSize)
	}
	return proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i.LeafIndex), c.Size, rfc6962.DefaultHasher.HashLeaf(data), i.Hashes, c.Hash)
}
