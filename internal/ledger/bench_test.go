package ledger_test

import (
	"context"
	"sync"
	"testing"

	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
)

// Eight writers that append full batches to one ledger in memory: what the core itself costs.
func BenchmarkSequence8Writers(b *testing.B) {
	l := ledgertest.New()
	next := make(chan int)
	go func() {
		defer close(next)
		for n := range b.N {
			next <- n
		}
	}()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range next {
				for {
					if _, err := l.Sequencer().Sequence(context.Background(), leavesOf(n*98, n*98+98)); err == nil {
						break
					}
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N*98)/b.Elapsed().Seconds(), "leaves/s")
}

// provenLeaves are inclusions of a ledger of that many leaves.
func provenLeaves(b *testing.B, size, many int) (*ledgertest.Ledger, []ledger.Inclusion) {
	l := ledgertest.New()
	if _, err := l.Sequencer().Sequence(b.Context(), leavesOf(0, size)); err != nil {
		b.Fatal(err)
	}
	list := make([]ledger.Inclusion, many)
	for n := range list {
		list[n] = prove(b, l, n*(size/many))
	}
	return l, list
}

func BenchmarkVerify(b *testing.B) {
	l, list := provenLeaves(b, 100_000, 1)
	for b.Loop() {
		if _, err := list[0].Verify(leaf(0).Data, l.Key()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify10000(b *testing.B) {
	l, list := provenLeaves(b, 20_000, 10_000)
	for b.Loop() {
		for n, i := range list {
			if _, err := i.Verify(leaf(2*n).Data, l.Key()); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkProve(b *testing.B) {
	l, _ := provenLeaves(b, 100_000, 1)
	for b.Loop() {
		prove(b, l, 77_777)
	}
}
