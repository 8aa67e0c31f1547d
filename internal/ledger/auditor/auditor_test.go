package auditor_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"waybill/internal/ledger"
	"waybill/internal/ledger/auditor"
	"waybill/internal/ledger/ledgertest"
)

func leaves(from, to int) (all []ledger.Leaf) {
	for n := from; n < to; n++ {
		all = append(all, ledger.Leaf{ID: fmt.Sprintf("evt_%d", n), Data: fmt.Appendf(nil, "leaf %d", n)})
	}
	return all
}

func grow(t *testing.T, l *ledgertest.Ledger, from, to int) {
	t.Helper()
	if _, err := l.Sequencer().Sequence(t.Context(), leaves(from, to)); err != nil {
		t.Fatal(err)
	}
}

func watching(t *testing.T, l *ledgertest.Ledger, tiles ledger.Tiles) *auditor.Auditor {
	t.Helper()
	a, err := auditor.New(auditor.Behind(l, tiles), ledgertest.Origin, l.Key())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Sizes around every edge: of a tile, of two levels, of three.
func TestAnotherLogsClientReadsOurs(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	a := watching(t, l, l)
	before := 0
	for _, size := range []int{1, 2, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537} {
		grow(t, l, before, size)
		before = size
		if got, err := a.Look(t.Context()); err != nil || got != int64(size) {
			t.Fatalf("of %d it reads %d: %v", size, got, err)
		}
		for _, n := range []int{0, size / 2, size - 1} {
			i, err := l.Prover().Prove(t.Context(), fmt.Sprintf("evt_%d", n))
			if err == nil {
				err = a.Included(t.Context(), fmt.Appendf(nil, "leaf %d", n), i)
			}
			if err != nil {
				t.Errorf("leaf %d of %d: %v", n, size, err)
			}
		}
	}
}

// changed hands out one tile otherwise than it lies.
type changed struct {
	ledger.Tiles
	path string
	data func([]byte) []byte
}

func (c changed) Get(ctx context.Context, path string) ([]byte, error) {
	data, err := c.Tiles.Get(ctx, path)
	if path == c.path {
		data = c.data(slices.Clone(data))
	}
	return data, err
}

func TestTheAuditorNotices(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	grow(t, l, 0, 300)
	flip := func(at int) func([]byte) []byte {
		return func(data []byte) []byte { data[at] ^= 1; return data }
	}
	for what, tiles := range map[string]ledger.Tiles{
		"another entry":           changed{l, "tile/entries/000", flip(3)},
		"an entry less":           changed{l, "tile/entries/001.p/44", func(data []byte) []byte { return data[:len(data)-10] }},
		"another hash of a leaf":  changed{l, "tile/0/001.p/44", flip(0)},
		"another hash of a node":  changed{l, "tile/1/000.p/1", flip(31)},
		"a tile that ends before": changed{l, "tile/0/000", func(data []byte) []byte { return data[:32] }},
	} {
		if size, err := watching(t, l, tiles).Look(t.Context()); err == nil {
			t.Errorf("%s: it reads %d leaves", what, size)
		}
	}
}

// A ledger that was rewritten is whole in itself, and not the one that was seen.
func TestTheAuditorRemembers(t *testing.T) {
	t.Parallel()
	was, is := ledgertest.New(), ledgertest.New()
	grow(t, was, 0, 10)
	grow(t, is, 1, 20)
	log := &moving{was}
	a, err := auditor.New(auditor.Behind(log, log), ledgertest.Origin, was.Key())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	log.Ledger = is
	if size, err := a.Look(t.Context()); err == nil || !strings.Contains(err.Error(), "what it was") {
		t.Errorf("it reads %d leaves, %v", size, err)
	}
}

type moving struct{ *ledgertest.Ledger }

func TestTheAuditorRefusesAProof(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	grow(t, l, 0, 300)
	a := watching(t, l, l)
	good, err := l.Prover().Prove(t.Context(), "evt_7")
	if err != nil {
		t.Fatal(err)
	}
	other, size := good, good
	other.LeafIndex++
	size.TreeSize--
	for what, i := range map[string]ledger.Inclusion{"another index": other, "another size": size, "nothing": {}} {
		if a.Included(t.Context(), []byte("leaf 7"), i) == nil {
			t.Errorf("%s: believed", what)
		}
	}
	if a.Included(t.Context(), []byte("leaf 8"), good) == nil {
		t.Error("another leaf: believed")
	}
}
