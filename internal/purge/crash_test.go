package purge_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"waybill/internal/memory"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

// flows are all that changes the life of a staged byte. Each prepares a cell, and answers the deed that is done under
// fault there. What S3 reports and what the schedules do comes again by itself; what the stream tells comes again until
// it succeeds; what a person asks for, they may ask again or not.
var flows = map[string]func(*kit) func(*kit) error{
	"offer and put": func(*kit) func(*kit) error {
		return func(k *kit) error {
			u, err := k.stager.Offer(k.t.Context(), k.act("k"), k.org, "", small())
			if err == nil {
				k.cell.Put(u.ObjectKey, u.Size) // refused when it was put before
			}
			return err
		}
	},
	"seal": func(k *kit) func(*kit) error {
		k.put()
		return (*kit).receive
	},
	"take in a hand drop": func(k *kit) func(*kit) error {
		k.cell.Drop("drop/"+k.org+"/a.zip", 7)
		return (*kit).receive
	},
	"quarantine": func(k *kit) func(*kit) error {
		k.cell.Drop("what/is/this", 7)
		return (*kit).receive
	},
	"sign parts": func(k *kit) func(*kit) error {
		u := k.offer(big())
		digests, _ := parts(u)
		return func(k *kit) error {
			_, err := k.stager.SignParts(k.t.Context(), k.act("k"), k.org, u.ID, digests)
			return err
		}
	},
	"complete": func(k *kit) func(*kit) error {
		u, sent := k.parted()
		return func(k *kit) error {
			_, err := k.stager.Complete(k.t.Context(), k.act("k"), k.org, u.ID, upload.Completion{Parts: sent})
			return err
		}
	},
	"delete what is open":   func(k *kit) func(*kit) error { u, _ := k.parted(); return remove(u) },
	"delete what is sealed": func(k *kit) func(*kit) error { return remove(k.sealed()) },
	"delete a migration":    deleteMigration,
	"expire": func(k *kit) func(*kit) error {
		k.parted()
		k.put()
		k.pending()
		k.cell.Advance(policy.Day)
		return (*kit).tick
	},
	"sweep": func(k *kit) func(*kit) error {
		k.everything()
		return func(k *kit) error {
			_, err := k.sweep()
			return err
		}
	},
	"sweep over what is held": func(k *kit) func(*kit) error {
		k.everything()
		k.hold(k.org)
		k.cell.Advance(time.Minute)
		return func(k *kit) error {
			_, err := k.sweep()
			return err
		}
	},
	"sweep over what was held": func(k *kit) func(*kit) error {
		k.everything()
		h := k.hold(k.org)
		k.cell.Advance(time.Minute)
		_, err := k.sweep()
		k.must(err)
		k.release(h)
		return func(k *kit) error {
			_, err := k.sweep()
			return err
		}
	},
	"end an organisation": func(k *kit) func(*kit) error {
		k.sealed()
		k.dropped("drop/" + k.org + "/a.zip")
		k.leave()
		k.cell.Advance(5 * policy.Day)
		k.must(k.tick())
		k.cell.Advance(55 * policy.Day)
		return (*kit).end
	},
	"end an evaluation": func(k *kit) func(*kit) error {
		o, err := k.organiser.Create(k.t.Context(), k.cell.Act("olive"), org.Draft{Name: "Ostwind", Location: "Germany", Plan: org.Evaluation})
		k.must(err)
		k.org = o.ID
		k.leave()
		k.assessment() // kept for two years, were it not for the end
		k.cell.Advance(15 * policy.Day)
		return (*kit).end
	},
	"reap": func(k *kit) func(*kit) error {
		k.everything()
		k.cell.Advance(policy.Grace)
		removed := k.cell.Remove()
		return func(k *kit) error { return k.reap(removed) }
	},
}

func remove(u upload.Upload) func(*kit) error {
	return func(k *kit) error {
		_, err := k.stager.Delete(k.t.Context(), k.act("k"), k.org, u.ID, "")
		return err
	}
}

func deleteMigration(k *kit) func(*kit) error {
	m, err := k.planner.Create(k.t.Context(), k.act(""), k.org, migration.Draft{Name: "wave 1",
		Source:      migration.Source{Product: "jira", ServerID: "B7XW", BaseURL: "https://jira.example", Version: "9"},
		Destination: migration.Destination{URL: "https://cloud.example"}})
	k.must(err)
	for range 2 {
		u, err := k.stager.Offer(k.t.Context(), k.act(""), k.org, m.ID, small())
		k.must(err)
		_, err = k.cell.Put(u.ObjectKey, u.Size)
		k.must(err)
	}
	k.deliver()
	return func(k *kit) error { return k.planner.Delete(k.t.Context(), k.act("k"), k.org, m.ID, "") }
}

// everything is a cell in which one of each kind is due, with all that can lie under a key.
func (k *kit) everything() {
	u := k.sealed()
	k.cell.Mark(u.ObjectKey)
	k.cell.Drop(u.ObjectKey, 1)
	k.cell.Begin(u.ObjectKey)
	k.sealed()
	k.dropped("drop/" + k.org + "/a.zip")
	k.dropped("what/is/this")
	big, sent := k.parted()
	_, err := k.stager.Complete(k.t.Context(), k.act(""), k.org, big.ID, upload.Completion{Parts: sent})
	k.must(err)
	k.deliver()
	k.parted()
	k.cell.Advance(policy.Day)
	k.must(k.tick())
	k.cell.Advance(13 * policy.Day)
}

// Each call of each flow fails, as if it had not happened and as if nobody had heard that it did, alone or with all that
// come after it; the caller repeats the deed, or does not. After the next reports and schedules, all is as it should be.
func TestEveryCrash(t *testing.T) {
	t.Parallel()
	for name, prepare := range flows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := start(t)
			deed := prepare(base)
			calls := labels(base.clone(), deed)
			if len(calls) == 0 {
				t.Fatal("nothing was called")
			}
			for _, call := range calls {
				for _, fate := range []memory.Fate{memory.Lost, memory.Unacknowledged} {
					for _, dies := range []bool{false, true} {
						crash(t, base, deed, call, fate, dies, name == "reap")
					}
				}
			}
		})
	}
}

func crash(t *testing.T, base *kit, deed func(*kit) error, call string, fate memory.Fate, dies, insists bool) {
	t.Helper()
	for _, repeats := range []bool{false, true} {
		k := base.clone()
		k.t = t
		k.cell.Decide(fails(call, fate, dies))
		failed := deed(k)
		k.cell.Decide(nil)
		if repeats || failed != nil && insists {
			if err := deed(k); err != nil {
				t.Errorf("%s (fate %d, dies: %t), repeated: %v", call, fate, dies, err)
			}
		}
		if err := k.settle(); err != nil {
			t.Errorf("%s (fate %d, dies: %t, repeated: %t): %v", call, fate, dies, repeats, err)
		}
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

// labels are the calls that a deed makes when nothing fails, in a fixed order.
func labels(k *kit, deed func(*kit) error) (calls []string) {
	var mu sync.Mutex
	k.cell.Decide(func(label string) memory.Fate {
		mu.Lock()
		defer mu.Unlock()
		calls = append(calls, label)
		return memory.Heard
	})
	k.must(deed(k))
	slices.Sort(calls)
	return calls
}
