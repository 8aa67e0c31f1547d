package restore_test

import (
	"slices"
	"sync"
	"testing"

	"waybill/internal/memory"
)

// TestEveryCrash: each call of a replay fails, as if it had not happened and as if nobody had heard that it did, alone or
// with all that come after it. The next replay ends in the same state as one that nothing happened to, and the addenda
// count everything once.
func TestEveryCrash(t *testing.T) {
	t.Parallel()
	base := start(t)
	for name, back := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, call := range labels(t, base, back) {
				for _, fate := range []memory.Fate{memory.Lost, memory.Unacknowledged} {
					for _, dies := range []bool{false, true} {
						k := base.clone()
						k.t = t
						back(k)
						k.cell.Decide(fails(call, fate, dies))
						_, _ = k.replay()
						k.cell.Decide(nil)
						k.same(call, name)
						if t.Failed() {
							t.Fatalf("%s (fate %d, dies: %t)", call, fate, dies)
						}
					}
				}
			}
		})
	}
}

// same replays once more and holds the state against that of a replay that nothing happened to.
func (k *kit) same(when, way string) {
	k.t.Helper()
	done, err := k.replay()
	if err != nil || done.Left != 0 {
		k.t.Errorf("%s: %+v, %v", when, done, err)
	}
	addenda := k.addenda()
	if got := sum(addenda); got != come[way] {
		k.t.Errorf("%s: %+v came back, want %+v: %v", when, got, come[way], addenda)
	}
	if err := k.gone(); err != nil {
		k.t.Errorf("%s: %v", when, err)
	}
}

// fails has one call fail, and, when the caller dies of it, all that follow not happen.
func fails(call string, fate memory.Fate, dies bool) func(string) memory.Fate {
	var mu sync.Mutex
	dead := false
	return func(label string) memory.Fate {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case dead:
			return memory.Lost
		case label == call:
			dead = dies
			return fate
		default:
			return memory.Heard
		}
	}
}

// labels are the calls that a replay makes when nothing fails, in a fixed order.
func labels(t *testing.T, base *kit, back func(*kit)) (calls []string) {
	k := base.clone()
	k.t = t
	back(k)
	var mu sync.Mutex
	k.cell.Decide(func(label string) memory.Fate {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, label)
		return memory.Heard
	})
	_, err := k.replay()
	k.must(err)
	slices.Sort(calls)
	return calls
}

// meanwhile is what can happen beside a replay, though the cell is closed.
var meanwhile = map[string]func(*kit){
	"a report of S3's":     func(k *kit) { k.deliver() },
	"a sweep":              (*kit).schedules,
	"another replay":       func(k *kit) { _, _ = k.replay() },
	"more that comes back": func(k *kit) { k.cell.RestoreObjects(k.backup) },
}

// TestWhateverHappensMeanwhile, just before any call of a replay: when it is over, another replay leaves nothing, and so
// do the schedules. A sweep may take from a replay what had come back: then a new certificate says so, and no addendum.
func TestWhateverHappensMeanwhile(t *testing.T) {
	t.Parallel()
	base := start(t)
	for name, happen := range meanwhile {
		for way, back := range ways {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				for _, call := range labels(t, base, back) {
					k := base.clone()
					k.t = t
					back(k)
					k.before(call, happen)
					_, _ = k.replay()
					k.cell.Decide(nil)
					if done, err := k.replay(); err != nil || done.Left != 0 {
						t.Errorf("before %s: %+v, %v", call, done, err)
					}
					if err := k.gone(); err != nil {
						t.Fatalf("before %s: %v", call, err)
					}
				}
			})
		}
	}
}

// before has something happen just before a call, once.
func (k *kit) before(call string, happen func(*kit)) {
	var once sync.Once
	k.cell.Decide(func(label string) memory.Fate {
		if label == call {
			once.Do(func() { happen(k) })
		}
		return memory.Heard
	})
}
