package ledger_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
)

func leaf(n int) ledger.Leaf {
	return ledger.Leaf{ID: fmt.Sprintf("evt_%06d", n), Data: fmt.Appendf(nil, "leaf %d", n)}
}

func leavesOf(from, to int) []ledger.Leaf {
	var list []ledger.Leaf
	for n := from; n < to; n++ {
		list = append(list, leaf(n))
	}
	return list
}

func sequence(t *testing.T, l *ledgertest.Ledger, leaves []ledger.Leaf) ledger.Report {
	t.Helper()
	report, err := l.Sequencer().Sequence(t.Context(), leaves)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func holds(t *testing.T, l *ledgertest.Ledger, size int) {
	t.Helper()
	if err := l.Check(); err != nil {
		t.Error(err)
	}
	if got := len(l.Ledgered()); got != size {
		t.Errorf("%d leaves stand in the ledger, want %d", got, size)
	}
}

// Whatever the batches, across the widths of tiles, all stands there once and in order.
func TestSequence(t *testing.T) {
	t.Parallel()
	for name, sizes := range map[string][]int{
		"one":                  {1},
		"one by one":           {1, 1, 1, 1, 1},
		"a tile":               {256},
		"up to a tile, beyond": {255, 1, 1},
		"over a tile":          {250, 10, 500, 3},
		"nothing":              {0, 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, size := ledgertest.New(), 0
			for _, n := range sizes {
				if got := sequence(t, l, leavesOf(size, size+n)); got.Committed != n || got.Size != int64(size+n) {
					t.Errorf("reported %+v for %d at %d", got, n, size)
				}
				size += n
			}
			holds(t, l, size)
		})
	}
}

// great is the size of a ledger whose tiles are of three levels: 65,536 leaves fill two.
const great = 66_000

// greatLedger has grown to that by batches as chance has it. It is made once, and cloned.
var greatLedger = sync.OnceValue(func() *ledgertest.Ledger {
	l, r, size := ledgertest.New(), rand.New(rand.NewPCG(1, 2)), 0
	for size < great {
		n := min(1+r.IntN(3000), great-size)
		if _, err := l.Sequencer().Sequence(context.Background(), leavesOf(size, size+n)); err != nil {
			panic(err)
		}
		size += n
	}
	return l
})

func TestSequenceOverLevels(t *testing.T) {
	t.Parallel()
	holds(t, greatLedger(), great)
}

// A stream delivers twice, late and out of order: a leaf stands there once all the same.
func TestRepeatedAndLate(t *testing.T) {
	t.Parallel()
	l, r := ledgertest.New(), rand.New(rand.NewPCG(3, 4))
	all := leavesOf(0, 700)
	for range 60 {
		from := r.IntN(len(all))
		part := slices.Clone(all[from:min(from+1+r.IntN(150), len(all))])
		r.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
		sequence(t, l, append(part, part[:len(part)/2]...))
	}
	sequence(t, l, all)
	holds(t, l, 700)
	if got := sequence(t, l, all); got.Committed != 0 {
		t.Errorf("a repetition committed %d leaves", got.Committed)
	}
}

// Idle costs nothing: without anything new no call writes.
func TestIdleWritesNothing(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 10))
	l.Decide(func(call string) ledgertest.Fate {
		if call != "Head" && call != "Indices" {
			t.Errorf("called %s", call)
		}
		return ledgertest.Heard
	})
	sequence(t, l, leavesOf(0, 10))
	sequence(t, l, nil)
}

func TestBadLeaves(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]ledger.Leaf{"no id": {Data: []byte("x")}, "too long": {ID: "evt_1", Data: make([]byte, ledger.MostData+1)}} {
		store := ledgertest.New()
		if _, err := store.Sequencer().Sequence(t.Context(), []ledger.Leaf{l}); err == nil {
			t.Errorf("%s is admitted", name)
		}
	}
	store := ledgertest.New()
	sequence(t, store, []ledger.Leaf{{ID: "evt_1", Data: make([]byte, ledger.MostData)}, {ID: "evt_2"}})
	holds(t, store, 2)
}

// A tile or a bundle that was changed behind our back stops the ledger instead of being built upon.
func TestChangedTileIsNoticed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"tile/0/000.p/100", "tile/entries/000.p/100"} {
		for name, change := range map[string]func([]byte) []byte{
			"a bit":     func(data []byte) []byte { data[5] ^= 1; return data },
			"cut short": func(data []byte) []byte { return data[:len(data)-1] },
			"nothing":   func([]byte) []byte { return []byte{} },
			"longer":    func(data []byte) []byte { return append(data, 0, 0) },
			"gone":      func([]byte) []byte { return nil },
		} {
			l := ledgertest.New()
			sequence(t, l, leavesOf(0, 100))
			data, err := l.Get(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			l.Replace(path, change(data))
			if report, err := l.Sequencer().Sequence(t.Context(), leavesOf(100, 101)); err == nil || report.Size != 100 {
				t.Errorf("%s, %s: it goes on to %d", path, name, report.Size)
			}
		}
	}
}
