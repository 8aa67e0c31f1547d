package ledger

import "context"

// Head is how far the ledger is. The zero Head is an empty ledger.
type Head struct {
	Size       int64  // leaves committed
	Published  int64  // leaves that the checkpoint covers
	Checkpoint string // signed note; empty before the first
}

// Store is where order is made.
type Store interface {
	// Head answers the zero Head when there is none yet.
	Head(ctx context.Context) (Head, error)
	// Indices answers where those of the ids stand that stand in the ledger.
	Indices(ctx context.Context, ids []string) (map[string]int64, error)
	// Append commits at most MostLeaves leaves from index size on, as one transaction: the head's size moves, the leaves
	// lie in a batch, each id is bound to its index. fault.Stale when the head is not at that size or an id is bound.
	Append(ctx context.Context, size int64, leaves []Leaf) error
	// Committed answers the leaves from that index on, where a batch begins, in order: whole batches, up to the head's size
	// or as far as one answer goes.
	Committed(ctx context.Context, from int64) ([]Leaf, error)
	// Publish moves what is published from one head's to the next's, with its checkpoint. fault.Stale when it is not as
	// in before.
	Publish(ctx context.Context, before, after Head) error
}

// Tiles is where the public half lies.
type Tiles interface {
	Put(ctx context.Context, path string, data []byte) error
	// Get answers what lies there, which is the caller's to change, or fault.NotFound.
	Get(ctx context.Context, path string) ([]byte, error)
}
