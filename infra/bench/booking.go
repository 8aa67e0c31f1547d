package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/sync/errgroup"

	"waybill/internal/certificate"
	"waybill/internal/clock"
	"waybill/internal/dynamo"
	"waybill/internal/ident"
	"waybill/internal/kms"
	"waybill/internal/ledger"
	"waybill/internal/tiles"
)

const (
	appendsEach = 12    // times of one writer
	leavesEach  = 98    // of one call: what fits into a transaction
	streamBatch = 500   // leaves of an invocation: BatchSize of SequenceMapping in template.yaml
	checks      = 10000 // certificates verified
)

// book is a ledger of its own; any number of sequencers work on it.
type book struct {
	store  dynamo.Ledger
	tiles  tiles.Bucket
	signer *kms.Signer
}

func (g *ground) book(ctx context.Context, cfg aws.Config) (book, error) {
	table, err := g.table(ctx, "LedgerTable")
	if err != nil {
		return book{}, err
	}
	bucket, err := g.bucket(ctx)
	if err != nil {
		return book{}, err
	}
	key, err := g.key(ctx)
	return book{dynamo.OpenLedger(cfg, table, clock.Now), tiles.Open(cfg, bucket), kms.NewSigner(cfg, key)}, err
}

func (b book) sequencer() ledger.Sequencer {
	return ledger.Sequencer{Origin: "waybill/bench", Store: b.store, Tiles: b.tiles, Signer: b.signer}
}

// appends are leaves of an audit entry's size from eight writers, who each hand over some and wait until a checkpoint covers
// them. As it is deployed, one sequencer takes them from the stream; eight that compete for the head are the worst.
func appends(ctx context.Context, g *ground) ([]Figure, error) {
	var figures []Figure
	for _, way := range []struct {
		name string
		open func(context.Context, book) func([]ledger.Leaf) error
	}{{"one sequencer", streamed}, {"8 sequencers", competing}} {
		b, err := g.book(ctx, g.Config())
		if err != nil {
			return nil, err
		}
		begun := clock.Now()
		times, err := crowd(way.open(ctx, b))
		if err != nil {
			return nil, err
		}
		took := clock.Now().Sub(begun).Seconds()
		name := fmt.Sprintf("ledger, %d writers, %s", clients, way.name)
		figures = append(figures,
			Figure{Name: name, Unit: "leaves/s", Ours: float64(clients*appendsEach*leavesEach) / took, About: fmt.Sprintf("%d leaves a writer and time", leavesEach)},
			Figure{Name: name + ", p50", Unit: "ms", Ours: quantile(times, 0.5), About: "from change to inclusion"},
			Figure{Name: name + ", p99", Unit: "ms", Ours: quantile(times, 0.99), About: "from change to inclusion"})
	}
	return figures, nil
}

// crowd has each writer append so often, and answers how long each time took.
func crowd(hand func([]ledger.Leaf) error) ([]time.Duration, error) {
	times := make([]time.Duration, clients*appendsEach)
	var g errgroup.Group
	for w := range clients {
		g.Go(func() error {
			for n := range appendsEach {
				at, begun := w*appendsEach+n, clock.Now()
				if err := hand(leaves(at*leavesEach, leavesEach)); err != nil {
					return err
				}
				times[at] = clock.Now().Sub(begun)
			}
			return nil
		})
	}
	err := g.Wait()
	slices.Sort(times)
	return times, err
}

func competing(ctx context.Context, b book) func([]ledger.Leaf) error {
	return func(all []ledger.Leaf) error {
		_, err := b.sequencer().Sequence(ctx, all)
		return err
	}
}

// streamed is one sequencer that takes what has gathered meanwhile, as Lambda does from a stream.
func streamed(ctx context.Context, b book) func([]ledger.Leaf) error {
	type handed struct {
		leaves []ledger.Leaf
		done   chan error
	}
	stream := make(chan handed, clients)
	go func() {
		for first := range stream {
			batch, all := []handed{first}, first.leaves
			for len(stream) > 0 && len(all) < streamBatch {
				next := <-stream
				batch, all = append(batch, next), append(all, next.leaves...)
			}
			_, err := b.sequencer().Sequence(ctx, all)
			for _, h := range batch {
				h.done <- err
			}
		}
	}()
	return func(all []ledger.Leaf) error {
		h := handed{all, make(chan error, 1)}
		stream <- h
		return <-h.done
	}
}

// leaves are n of an audit entry's size.
func leaves(from, n int) []ledger.Leaf {
	all := make([]ledger.Leaf, n)
	for i := range all {
		id := ident.Derive(ident.Event, sealed, fmt.Sprint(from+i))
		all[i] = ledger.Leaf{ID: id, Data: fmt.Appendf(nil, "%-300s", id)}
	}
	return all
}

// verifications are of a certificate that names as much as one can, out of a ledger of a thousand leaves; of one, and of
// ten thousand by as many at a time as there are processors.
func verifications(ctx context.Context, g *ground) ([]Figure, error) {
	file, key, err := g.served(ctx)
	if err != nil {
		return nil, err
	}
	verify := func() error { _, err := certificate.Verify(file, key); return err }
	begun := clock.Now()
	for range checks {
		if err := verify(); err != nil {
			return nil, err
		}
	}
	one := clock.Now().Sub(begun)
	begun = clock.Now()
	var all errgroup.Group
	all.SetLimit(runtime.NumCPU())
	for range checks {
		all.Go(verify)
	}
	err = all.Wait()
	return []Figure{{Name: "verify one certificate", Unit: "µs", Ours: float64(one.Microseconds()) / checks, About: fmt.Sprintf("%d bytes, its inclusion too", len(file))},
		{Name: fmt.Sprintf("verify %d certificates", checks), Unit: "s", Ours: clock.Now().Sub(begun).Seconds(), About: fmt.Sprintf("%d at a time", runtime.NumCPU())}}, err
}

// served is a certificate as the api answers it.
func (g *ground) served(ctx context.Context) ([]byte, ed25519.PublicKey, error) {
	b, err := g.book(ctx, g.Config())
	if err != nil {
		return nil, nil, err
	}
	key, err := b.signer.PublicKey(ctx)
	if err != nil {
		return nil, nil, err
	}
	c, err := certificate.Issue(ctx, b.signer, certificate.KeyID(key), fullOf(purgeSize)[0])
	if err != nil {
		return nil, nil, err
	}
	if _, err := b.sequencer().Sequence(ctx, append(leaves(0, 999), ledger.Leaf{ID: c.ID, Data: c.Payload})); err != nil {
		return nil, nil, err
	}
	i, err := ledger.Prover{Key: b.signer, Store: b.store, Tiles: b.tiles}.Prove(ctx, c.ID)
	if err != nil {
		return nil, nil, err
	}
	file, err := certificate.WithInclusion(c.Envelope, i)
	return file, key, err
}
