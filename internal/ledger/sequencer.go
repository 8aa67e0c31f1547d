package ledger

import (
	"context"
	"errors"
	"fmt"

	"waybill/internal/fault"
)

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
	// Committed answers the leaves from that index on in order, up to the head's size or as far as one answer goes.
	Committed(ctx context.Context, from int64) ([]Leaf, error)
	// Publish moves what is published from one head's to the next's, with its checkpoint. fault.Stale when it is not as
	// in before.
	Publish(ctx context.Context, before, after Head) error
}

// Tiles is where the public half lies.
type Tiles interface {
	Put(ctx context.Context, path string, data []byte) error
	// Get answers fault.NotFound when nothing lies there.
	Get(ctx context.Context, path string) ([]byte, error)
}

// Sequencer appends. Any number may run at once; one at a time wastes nothing.
type Sequencer struct {
	Origin string // the ledger's name, the first line of its checkpoints
	Store  Store
	Tiles  Tiles
	Signer Signer
}

// Report is what one call did.
type Report struct {
	Committed int   `json:"committed"` // leaves that this call added
	Size      int64 `json:"size"`      // of the ledger, as published
}

const (
	// MostLeaves is how many fit in one transaction: DynamoDB takes 100 items, and two are the head and the batch.
	MostLeaves = 98
	// mostBytes is how much data one batch holds, in bytes: DynamoDB's item ends at 400 KB.
	mostBytes = 300_000
	// tries is how often a head that moved under our hands is read again.
	tries = 50
)

// Sequence puts leaves into the ledger that do not stand there yet. It begins by bringing out what an earlier call
// committed and did not publish, and that is all it does without leaves. When it succeeds every leaf can be proven.
// Repeated, it changes nothing. A leaf without an id or with too much data is fault.BadInput, and none is added.
func (s Sequencer) Sequence(ctx context.Context, leaves []Leaf) (Report, error) {
	head, err := s.Store.Head(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("reading the ledger's head: %w", err)
	}
	if head, err = s.publish(ctx, head); err != nil {
		return Report{Size: head.Published}, err
	}
	done := Report{Size: head.Published}
	if err := check(leaves); err != nil {
		return done, err
	}
	for _, batch := range batches(leaves) {
		var n int
		head, n, err = s.commit(ctx, head, batch)
		done.Committed += n
		if err != nil {
			return done, fmt.Errorf("committing %d leaves: %w", len(batch), err)
		}
	}
	head, err = s.publish(ctx, head)
	done.Size = head.Published
	return done, err
}

func check(leaves []Leaf) error {
	for _, l := range leaves {
		if l.ID == "" || len(l.Data) > MostData {
			return fault.BadInput.Because("The leaf %q has %d bytes; %d are the most.", l.ID, len(l.Data), MostData)
		}
	}
	return nil
}

// batches cuts leaves, each id once, into what one transaction takes.
func batches(leaves []Leaf) [][]Leaf {
	var all [][]Leaf
	var batch []Leaf
	bytes := 0
	seen := map[string]bool{}
	for _, l := range leaves {
		if seen[l.ID] {
			continue
		}
		seen[l.ID] = true
		if len(batch) == MostLeaves || bytes+len(l.Data) > mostBytes {
			all, batch, bytes = append(all, batch), nil, 0
		}
		batch, bytes = append(batch, l), bytes+len(l.Data)
	}
	if len(batch) > 0 {
		all = append(all, batch)
	}
	return all
}

// commit appends those of the batch that are new, and answers the head that is then and how many they were.
func (s Sequencer) commit(ctx context.Context, head Head, batch []Leaf) (Head, int, error) {
	for range tries {
		fresh, size, err := s.fresh(ctx, batch)
		head.Size = max(head.Size, size)
		if err != nil || len(fresh) == 0 {
			return head, 0, err
		}
		err = s.Store.Append(ctx, head.Size, fresh)
		if err == nil {
			head.Size += int64(len(fresh))
			return head, len(fresh), nil
		}
		if !errors.Is(err, fault.Stale) {
			return head, 0, err
		}
		if head, err = s.Store.Head(ctx); err != nil {
			return head, 0, err
		}
	}
	return head, 0, errGrowing
}

var errGrowing = fault.Unavailable.Because("The ledger keeps growing under our hands.")

// fresh answers which leaves of the batch are new, and how many the ledger has at least, as those tell that are not.
func (s Sequencer) fresh(ctx context.Context, batch []Leaf) (fresh []Leaf, size int64, err error) {
	ids := make([]string, len(batch))
	for i, l := range batch {
		ids[i] = l.ID
	}
	known, err := s.Store.Indices(ctx, ids)
	for _, l := range batch {
		if index, stands := known[l.ID]; stands {
			size = max(size, index+1)
		} else {
			fresh = append(fresh, l)
		}
	}
	return fresh, size, err
}
