package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
)

// Another sequencer comes in before any call, with leaves of its own or with the same.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	begin := ledgertest.New()
	sequence(t, begin, leavesOf(0, 200))
	for name, others := range map[string][]ledger.Leaf{"its own": leavesOf(1000, 1120), "the same": leavesOf(200, 330), "some": leavesOf(150, 260)} {
		for n := 1; ; n++ {
			l, calls := begin.Clone(), 0
			l.Decide(func(string) ledgertest.Fate {
				if calls++; calls == n {
					sequence(t, l.Door(), others)
				}
				return ledgertest.Heard
			})
			sequence(t, l, leavesOf(200, 330))
			if calls < n {
				break
			}
			if err := l.Check(); err != nil {
				t.Errorf("%s, before call %d: %v", name, n, err)
			}
		}
	}
}

// turns let sequencers make their calls one after the other, in the order that chance has it.
type turns struct {
	chance *rand.Rand
	asked  chan chan ledgertest.Fate // somebody wants to make a call; nil: somebody has ended
}

// take gives turns until all have ended. One call in thirty is lost or not acknowledged.
func (s turns) take(running int) {
	var waiting []chan ledgertest.Fate
	for running > 0 {
		if len(waiting) < running {
			if who := <-s.asked; who != nil {
				waiting = append(waiting, who)
			} else {
				running--
			}
			continue
		}
		n, fate := s.chance.IntN(len(waiting)), ledgertest.Heard
		if s.chance.IntN(30) == 0 {
			fate = crashes[s.chance.IntN(2)]
		}
		next := waiting[n]
		waiting = slices.Delete(waiting, n, n+1)
		next <- fate
	}
}

// door is one behind which each call waits for its turn.
func (s turns) door(l *ledgertest.Ledger) *ledgertest.Ledger {
	door, turn := l.Door(), make(chan ledgertest.Fate)
	door.Decide(func(string) ledgertest.Fate {
		s.asked <- turn
		return <-turn
	})
	return door
}

// deliver has leaves sequenced, again until it succeeds, as Lambda does. Then they can be proven, whoever put them in.
func deliver(door, truth *ledgertest.Ledger, leaves []ledger.Leaf) error {
	for {
		if _, err := door.Sequencer().Sequence(context.Background(), leaves); err == nil {
			break
		}
	}
	for _, n := range []int{0, len(leaves) - 1} {
		if _, err := truth.Prover().Prove(context.Background(), leaves[n].ID); err != nil {
			return fmt.Errorf("%s was acknowledged: %w", leaves[n].ID, err)
		}
	}
	return nil
}

// Three sequencers, their deliveries overlapping, their calls in any order, any of them crashing and delivered again.
func TestAnyOrderOfCalls(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		chance := rand.New(rand.NewPCG(seed, 17))
		l, s := ledgertest.New(), turns{chance, make(chan chan ledgertest.Fate)}
		sequence(t, l, leavesOf(0, 1+chance.IntN(300)))
		var all errgroup.Group
		const sequencers = 3
		for range sequencers {
			var deliveries [][]ledger.Leaf
			for range 3 {
				from := chance.IntN(400)
				deliveries = append(deliveries, leavesOf(from, from+1+chance.IntN(150)))
			}
			all.Go(func() error {
				defer func() { s.asked <- nil }()
				door := s.door(l)
				for _, leaves := range deliveries {
					if err := deliver(door, l, leaves); err != nil {
						return err
					}
				}
				return nil
			})
		}
		s.take(sequencers)
		if err := errors.Join(all.Wait(), l.Check()); err != nil {
			t.Errorf("seed %d: %v", seed, err)
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
					if _, err := l.Sequencer().Sequence(context.Background(), leavesOf(from, from+10)); err == nil {
						break
					}
				}
			}
		})
	}
	all.Wait()
	holds(t, l, 1600)
}
