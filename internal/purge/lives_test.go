package purge_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// Whatever happens to some uploads in whatever order, with one call in twenty failing either way: when the faults are
// over and the schedules have run, nothing was deleted early and nothing is left.
func TestManyLives(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		l := life{kit: start(t), random: rand.New(rand.NewPCG(seed, 14))}
		for range 40 {
			l.step()
		}
		if err := l.settle(); err != nil {
			t.Fatalf("life %d: %v\n%v", seed, err, l.steps)
		}
	}
}

// life is one run of things that happen.
type life struct {
	*kit
	mu     sync.Mutex
	random *rand.Rand
	all    []upload.Upload
	steps  []string
}

func (l *life) step() {
	l.cell.Decide(nil)
	switch n := l.random.IntN(20); {
	case n < 4 || len(l.all) == 0:
		l.begin(n)
	case n < 7:
		l.pass()
	case n == 7:
		l.touch()
	default:
		l.cell.Decide(l.fate)
		l.happen()
	}
}

// begin adds something to the cell.
func (l *life) begin(n int) {
	l.steps = append(l.steps, fmt.Sprint("begin ", n))
	switch n {
	case 1:
		u, _ := l.parted()
		l.all = append(l.all, u)
	case 2:
		l.cell.Drop("drop/"+l.org+"/a.zip", 7)
	case 3:
		l.cell.Drop("what/is/this", 7)
	default:
		l.all = append(l.all, l.pending())
	}
}

// pass lets time pass, and TTL do its work. The stream is patient: it tells the reaper until it has succeeded.
func (l *life) pass() {
	waits := []time.Duration{time.Minute, time.Hour, policy.Day, 5 * policy.Day}
	wait := waits[l.random.IntN(len(waits))]
	l.steps = append(l.steps, fmt.Sprint("wait ", wait))
	l.cell.Advance(wait)
	l.must(l.reap(l.cell.Remove()))
}

// touch does to a key what nobody should, while somebody still looks after it.
func (l *life) touch() {
	u := l.any()
	if !l.read(u.ID).PurgedAt.IsZero() {
		return
	}
	l.steps = append(l.steps, "touch "+u.ID)
	l.cell.Mark(u.ObjectKey)
	l.cell.Begin(u.ObjectKey)
}

func (l *life) any() upload.Upload { return l.all[l.random.IntN(len(l.all))] }

// happen is one of the events, to any of the uploads.
func (l *life) happen() {
	var names []string
	for name := range events {
		names = append(names, name)
	}
	slices.Sort(names)
	name, u := names[l.random.IntN(len(names))], l.any()
	err := events[name](l.kit, u)
	l.steps = append(l.steps, fmt.Sprintf("%s %s: %v", name, u.ID, err))
}

func (l *life) fate(string) memory.Fate {
	l.mu.Lock() // a sweep calls from many goroutines
	defer l.mu.Unlock()
	switch l.random.IntN(40) {
	case 0:
		return memory.Lost
	case 1:
		return memory.Unacknowledged
	default:
		return memory.Heard
	}
}
