package ledger_test

import (
	"slices"
	"testing"

	"waybill/internal/ledger/ledgertest"
)

var crashes = []ledgertest.Fate{ledgertest.Lost, ledgertest.Unacknowledged}

// strike lets the nth call from now on end so, and answers how many calls there were when it is asked.
func strike(l *ledgertest.Ledger, n int, fate ledgertest.Fate) (calls func() int) {
	made := 0
	l.Decide(func(string) ledgertest.Fate {
		if made++; made == n {
			return fate
		}
		return ledgertest.Heard
	})
	return func() int { return made }
}

// crashed runs one delivery of several batches into a crash at the nth call. It answers false when there are fewer calls.
func crashed(t *testing.T, l *ledgertest.Ledger, from, n int, fate ledgertest.Fate) bool {
	t.Helper()
	calls := strike(l, n, fate)
	_, err := l.Sequencer().Sequence(t.Context(), leavesOf(from, from+200))
	l.Decide(nil)
	if (err == nil) != (calls() < n) {
		t.Errorf("call %d of %d failed, reported as %v", n, calls(), err)
	}
	return err != nil
}

var beginnings = map[string]int{"an empty ledger": 0, "within a tile": 250, "a full tile": 256, "a tile and one": 257}

// A crash at any call, carried out or not, leaves no state but one: some leaves are committed, and some of those are not
// yet published. The next call publishes them, also when nothing is ever delivered again: the last leaf is not lost. And
// what is delivered again stands there once.
func TestCrashAtEveryCall(t *testing.T) {
	t.Parallel()
	for name, from := range beginnings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := ledgertest.New()
			sequence(t, begin, leavesOf(0, from))
			for _, fate := range crashes {
				l := begin.Clone()
				for n := 1; crashed(t, l, from, n, fate); n++ {
					again := l.Clone()
					sequence(t, again, leavesOf(from, from+200))
					holds(t, again, from+200)
					sequence(t, l, nil)
					holds(t, l, len(l.Ledgered()))
					l = begin.Clone()
				}
			}
		})
	}
}

// What is to mend a crash crashes as well: after each call that can be lost, at every third of those that follow.
func TestCrashUponCrash(t *testing.T) {
	t.Parallel()
	const from = 100 // and up to 300: over a tile
	begin := ledgertest.New()
	sequence(t, begin, leavesOf(0, from))
	for _, fates := range [][2]ledgertest.Fate{{crashes[0], crashes[1]}, {crashes[1], crashes[0]}} {
		for n := 1; ; n++ {
			first := begin.Clone()
			if !crashed(t, first, from, n, fates[0]) {
				break
			}
			for m := 1; ; m += 3 {
				l := first.Clone()
				if !crashed(t, l, from, m, fates[1]) {
					break
				}
				sequence(t, l, leavesOf(from, from+200))
				holds(t, l, from+200)
			}
		}
	}
}

// Only what was published before a crash can be seen after it, whatever lies in the bucket.
func TestNothingIsSeenBeforeItIsPublished(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 5))
	l.Decide(func(call string) ledgertest.Fate {
		return map[bool]ledgertest.Fate{true: ledgertest.Lost}[call == "Publish"]
	})
	if _, err := l.Sequencer().Sequence(t.Context(), leavesOf(5, 9)); err == nil {
		t.Fatal("a checkpoint that was lost was not missed")
	}
	l.Decide(nil)
	if old := l.Checkpoints(); !slices.Equal(old, []string{prove(t, l, 4).Checkpoint}) {
		t.Errorf("another checkpoint than the published one is shown: %q", old)
	}
	if _, err := l.Prover().Prove(t.Context(), leaf(5).ID); err == nil {
		t.Error("a leaf is proven that is not published")
	}
}
