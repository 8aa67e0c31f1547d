package carry

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"waybill/internal/client"
)

// batch is how many ways are asked for at once. They hold for 15 minutes; one that ran out is signed again by itself.
const batch = 64

// send signs and sends at the same time: while parts are on their way, the next batch is signed.
func (t transfer) send(ctx context.Context, missing []client.PartDigest) error {
	t.Meter.Begin("sending", t.bytes(missing))
	defer t.Meter.End()
	all, ctx := errgroup.WithContext(ctx)
	ways := make(chan client.SignedPart, t.Parallel)
	all.Go(func() error {
		defer close(ways)
		return t.sign(ctx, missing, ways)
	})
	for range t.Parallel {
		all.Go(func() error {
			for way := range ways {
				if err := t.part(ctx, way); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return all.Wait()
}

func (t transfer) sign(ctx context.Context, missing []client.PartDigest, ways chan<- client.SignedPart) error {
	for asked := range slices.Chunk(missing, batch) {
		signed, err := t.signed(ctx, asked)
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
		ways, err := t.signed(ctx, []client.PartDigest{{Number: n, SHA256: t.digest(n)}})
		if err != nil {
			return client.Signed{}, err
		}
		return ways[0].Signed, nil
	}
	etag, err := t.put(ctx, delivery{way: way.Signed, file: t.goods.file, from: t.start(n), size: t.length(n), resign: again})
	if err != nil {
		return fmt.Errorf("sending part %d of %d: %w", n, len(t.done), err)
	}
	t.done[n-1] = client.Part{Number: n, ETag: etag, SHA256: t.digest(n)}
	return nil
}
