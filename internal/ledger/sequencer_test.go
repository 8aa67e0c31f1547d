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

// A tree of three levels of tiles.
func TestSequenceOverLevels(t *testing.T) {
	t.Parallel()
	l, r, size := ledgertest.New(), rand.New(rand.NewPCG(1, 2)), 0
	for size < 66_000 {
		n := 1 + r.IntN(6000)
		sequence(t, l, leavesOf(size, size+n))
		size += n
	}
	holds(t, l, size)
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

// A crash at any call, whether it was carried out or not, leaves what the next call ends in the same state. The last leaf
// is not lost when nothing is delivered after it.
func TestCrashAtEveryCall(t *testing.T) {
	t.Parallel()
	begin := ledgertest.New()
	sequence(t, begin, leavesOf(0, 250))
	for _, fate := range []ledgertest.Fate{ledgertest.Lost, ledgertest.Unacknowledged} {
		for n := 0; ; n++ {
			l, calls := begin.Clone(), 0
			l.Decide(func(string) ledgertest.Fate {
				if calls++; calls == n+1 {
					return fate
				}
				return ledgertest.Heard
			})
			_, err := l.Sequencer().Sequence(t.Context(), leavesOf(250, 450))
			l.Decide(nil)
			if err == nil {
				if calls > n {
					t.Fatalf("call %d failed and nobody was told", n)
				}
				break
			}
			if stood := len(l.Ledgered()); stood == 450 {
				sequence(t, l, nil)
			} else {
				sequence(t, l, leavesOf(250, 450))
			}
			holds(t, l, 450)
		}
	}
}

// Another sequencer comes in before any call, with leaves of its own or with the same.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	begin := ledgertest.New()
	sequence(t, begin, leavesOf(0, 200))
	for name, others := range map[string][]ledger.Leaf{"its own": leavesOf(1000, 1120), "the same": leavesOf(200, 330), "some": leavesOf(150, 260)} {
		for n := 0; ; n++ {
			l, calls := begin.Clone(), 0
			l.Decide(func(string) ledgertest.Fate {
				if calls++; calls == n+1 {
					sequence(t, l, others)
				}
				return ledgertest.Heard
			})
			sequence(t, l, leavesOf(200, 330))
			if calls <= n {
				break
			}
			l.Decide(nil)
			if err := l.Check(); err != nil {
				t.Errorf("%s, before call %d: %v", name, n, err)
			}
		}
	}
}

// Many at once, on threads of their own.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	var all sync.WaitGroup
	for writer := range 8 {
		all.Go(func() {
			for n := range 20 {
				from := writer*200 + n*10
				for {
					_, err := l.Sequencer().Sequence(context.Background(), leavesOf(from, from+10))
					if err == nil {
						break
					}
				}
			}
		})
	}
	all.Wait()
	holds(t, l, 1600)
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
