package carry

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"waybill/internal/client"
)

// How far the pass may be ahead of what is signed, in bytes and in parts: no farther than the page cache is likely to
// reach, and not so far that ways run out before their turn. They hold for 15 minutes; one that ran out is signed again.
const (
	ahead      = 256 << 20
	aheadParts = 64
)

// send hashes, signs and sends at the same time.
func (t transfer) send(ctx context.Context) error {
	t.Meter.Begin("sending", t.goods.size)
	defer t.Meter.End()
	all, ctx := errgroup.WithContext(ctx)
	hashed := make(chan client.PartDigest, max(1, min(ahead/t.partSize, aheadParts)))
	ways := make(chan client.SignedPart, t.Parallel)
	all.Go(func() error {
		defer close(hashed)
		return t.pass(ctx, hashed)
	})
	all.Go(func() error {
		defer close(ways)
		return t.sign(ctx, hashed, ways)
	})
	for range t.Parallel {
		all.Go(func() error { return t.carry(ctx, ways) })
	}
	return all.Wait()
}

// sign asks for the ways of whatever is hashed by then: of the first part at once, and of more at a time later, when parts
// wait for those that are on their way.
func (t transfer) sign(ctx context.Context, hashed <-chan client.PartDigest, ways chan<- client.SignedPart) error {
	for first := range hashed {
		signed, err := t.signed(ctx, append([]client.PartDigest{first}, waiting(hashed)...))
		if err != nil {
			return err
		}
		for _, way := range signed {
			select {
			case ways <- way:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	return nil
}

// waiting takes what can be had at once; the channel's capacity bounds it.
func waiting(hashed <-chan client.PartDigest) (parts []client.PartDigest) {
	for range cap(hashed) {
		select {
		case p, more := <-hashed:
			if !more {
				return parts
			}
			parts = append(parts, p)
		default:
			return parts
		}
	}
	return parts
}

func (t transfer) carry(ctx context.Context, ways <-chan client.SignedPart) error {
	for way := range ways {
		if err := t.part(ctx, way); err != nil {
			return err
		}
	}
	return nil
}

// signed holds the cell to what it was asked: one way for each part, and no other.
func (t transfer) signed(ctx context.Context, asked []client.PartDigest) ([]client.SignedPart, error) {
	ways, err := t.Ways.SignParts(ctx, t.id, asked)
	if err != nil {
		return nil, err
	}
	same := func(a client.PartDigest, b client.SignedPart) bool { return a.Number == b.Number }
	if !slices.EqualFunc(asked, ways, same) {
		return nil, fmt.Errorf("the cell signed other parts of %s than it was asked for", t.id)
	}
	return ways, nil
}

func (t transfer) part(ctx context.Context, way client.SignedPart) error {
	n := way.Number
	again := func(ctx context.Context) (client.Signed, error) {
		ways, err := t.signed(ctx, []client.PartDigest{t.digest(n)})
		if err != nil {
			return client.Signed{}, err
		}
		return ways[0].Signed, nil
	}
	etag, err := t.put(ctx, delivery{way: way.Signed, file: t.goods.file, from: t.start(n), size: t.length(n), resign: again})
	if err != nil {
		return fmt.Errorf("sending part %d of %d: %w", n, len(t.parts), err)
	}
	t.parts[n-1].ETag = etag
	return nil
}
