package ledger

import (
	"context"
	"errors"
	"fmt"

	"waybill/internal/fault"
)

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
	head, _ = s.publish(ctx, head) // tried again below: a stream keeps its records for a day, so they are committed whatever fails
	head, n, notCommitted := s.commitAll(ctx, head, leaves)
	head, notPublished := s.publish(ctx, head)
	return Report{Committed: n, Size: head.Published}, errors.Join(notCommitted, notPublished)
}

func (s Sequencer) commitAll(ctx context.Context, head Head, leaves []Leaf) (_ Head, committed int, err error) {
	if err := check(leaves); err != nil {
		return head, 0, err
	}
	for _, batch := range batches(leaves) {
		var n int
		head, n, err = s.commit(ctx, head, batch)
		committed += n
		if err != nil {
			return head, committed, fmt.Errorf("committing %d leaves: %w", len(batch), err)
		}
	}
	return head, committed, nil
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

// fresh answers which leaves of the batch are new, and how many the ledger has at least, as those tell that are not:
// another one may have committed them since the head was read, and not published them.
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
