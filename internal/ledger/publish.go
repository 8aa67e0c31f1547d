package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/fault"
)

// publish brings out what is committed, as far as head knows of it, and answers the head that is then.
func (s Sequencer) publish(ctx context.Context, head Head) (Head, error) {
	stale := 0
	for size := head.Size; head.Published < size; {
		after, err := s.advance(ctx, head)
		if errors.Is(err, fault.Stale) { // another one was faster; then there is less to do
			if stale++; stale > tries {
				return head, errGrowing
			}
			after, err = s.Store.Head(ctx)
		}
		if err != nil {
			return head, fmt.Errorf("publishing the leaves from %d on: %w", head.Published, err)
		}
		head = after
	}
	return head, nil
}

// advance brings out what is committed behind the head's checkpoint, or as much of it as the store hands over at once.
func (s Sequencer) advance(ctx context.Context, head Head) (Head, error) {
	leaves, err := s.Store.Committed(ctx, head.Published)
	if err != nil {
		return head, err
	}
	if len(leaves) == 0 {
		return head, errors.New("committed leaves are missing")
	}
	t, err := s.grow(ctx, head, leaves)
	if err != nil {
		return head, err
	}
	if err := t.write(ctx, s.Tiles, leaves); err != nil {
		return head, err
	}
	root, err := tlog.TreeHash(t.size, t)
	if err != nil {
		return head, fmt.Errorf("hashing the tree: %w", err)
	}
	signed, err := Checkpoint{s.Origin, t.size, root}.sign(ctx, s.Signer)
	if err != nil {
		return head, err
	}
	after := Head{Size: max(head.Size, t.size), Published: t.size, Checkpoint: signed}
	return after, s.Store.Publish(ctx, head, after)
}
