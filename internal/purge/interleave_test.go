package purge_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"waybill/internal/fault"
	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// scenes are cells with one upload, at moments when much can happen to it.
var scenes = map[string]func(*kit) upload.Upload{
	"offered":          func(k *kit) upload.Upload { return k.pending() },
	"offered in parts": func(k *kit) upload.Upload { return k.offer(big()) },
	"put":              func(k *kit) upload.Upload { return k.put() },
	"parted":           func(k *kit) upload.Upload { u, _ := k.parted(); return u },
	"put, in time":     func(k *kit) upload.Upload { defer k.cell.Advance(policy.Day); return k.put() },
	"parted, too late": func(k *kit) upload.Upload {
		defer k.cell.Advance(policy.Day)
		u, _ := k.parted()
		return u
	},
	"expired": func(k *kit) upload.Upload {
		u := k.pending()
		k.cell.Advance(policy.Day)
		k.must(k.tick())
		return u
	},
	"sealed": func(k *kit) upload.Upload { return k.sealed() },
	"due":    func(k *kit) upload.Upload { defer k.untilDue(); return k.sealed() },
	"deleted": func(k *kit) upload.Upload {
		u := k.sealed()
		k.must(remove(u)(k))
		k.cell.Advance(time.Minute)
		return u
	},
}

// events are what can happen to it.
var events = map[string]func(*kit, upload.Upload) error{
	"sign": func(k *kit, u upload.Upload) error {
		digests, _ := parts(u)
		_, err := k.stager.SignParts(k.t.Context(), k.act(""), k.org, u.ID, digests)
		return err
	},
	"complete": func(k *kit, u upload.Upload) error {
		_, sent := parts(u)
		_, err := k.stager.Complete(k.t.Context(), k.act(""), k.org, u.ID, upload.Completion{Parts: sent})
		return err
	},
	"put": func(k *kit, u upload.Upload) error {
		_, err := k.cell.Put(u.ObjectKey, u.Size)
		return err
	},
	"put and report": func(k *kit, u upload.Upload) error {
		_, err := k.cell.Put(u.ObjectKey, u.Size)
		return errors.Join(err, k.receive())
	},
	"report": func(k *kit, _ upload.Upload) error { return k.receive() },
	"delete": func(k *kit, u upload.Upload) error { return remove(u)(k) },
	"tick":   func(k *kit, _ upload.Upload) error { return k.tick() },
	"sweep": func(k *kit, _ upload.Upload) error {
		k.sweep() // what it misses, the next has
		return nil
	},
	"delete and sweep": func(k *kit, u upload.Upload) error {
		defer k.sweep()
		return remove(u)(k)
	},
	"a day, tick and sweep": func(k *kit, u upload.Upload) error {
		defer k.sweep()
		k.cell.Advance(policy.Day)
		return k.tick()
	},
}

// In every scene, one thing happens just before each call of another. Whatever comes of it, nobody sees an error that is
// not a refusal, and all ends as it should.
func TestEveryInterleaving(t *testing.T) {
	t.Parallel()
	for name, prepare := range scenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := start(t)
			u := prepare(base)
			for outer := range events {
				for inner := range events {
					interrupt(t, base, u, inner+" in "+outer, events[outer], events[inner])
				}
			}
		})
	}
}

// A report that comes so late that TTL has taken the record, while the reaper puts it back: what was put is gone in time,
// whatever becomes of the report.
func TestReportDuringReap(t *testing.T) {
	t.Parallel()
	base := start(t)
	u := base.put()
	base.cell.Advance(policy.Day + policy.Grace)
	removed := base.cell.Remove()
	reap := func(k *kit, _ upload.Upload) error { return k.reap(removed) }
	interrupt(t, base, u, "report in reap", reap, events["report"])
}

// interrupt has inner happen just before the first call of outer, in another run before the second, and so on.
func interrupt(t *testing.T, base *kit, u upload.Upload, what string, outer, inner func(*kit, upload.Upload) error) {
	t.Helper()
	for n, met := 1, true; met; n++ {
		k := base.clone()
		k.t = t
		met = k.before(n, func() { refusedAtMost(t, what, inner(k, u)) }, func() { refusedAtMost(t, what, outer(k, u)) })
		if err := k.settle(); err != nil {
			t.Errorf("%s, before call %d: %v", what, n, err)
		}
	}
}

func refusedAtMost(t *testing.T, what string, err error) {
	t.Helper()
	var kind fault.Kind
	if err != nil && !errors.As(err, &kind) {
		t.Errorf("%s: %v", what, err)
	}
}

// before does outer, with inner just before its nth call, and tells whether there was one.
func (k *kit) before(n int, inner, outer func()) (met bool) {
	var mu sync.Mutex // held while inner runs, and from then on: inner itself is not interrupted
	calls := 0
	k.cell.Decide(func(string) memory.Fate {
		if !mu.TryLock() {
			return memory.Heard
		}
		if calls++; calls < n {
			mu.Unlock()
			return memory.Heard
		}
		met = true
		inner()
		return memory.Heard
	})
	outer()
	return met
}
