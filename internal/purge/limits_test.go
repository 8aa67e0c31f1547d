package purge_test

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/memory"
	"waybill/internal/purge"
)

// Prefixes and records are worked on at the same time, as many as the account's limits bear and no more.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		make          func(k *kit, n int)
		looks, writes int
	}{
		"in one prefix": {func(k *kit, _ int) { k.sealed() }, 1, 2},
		"in many":       {func(k *kit, n int) { k.dropped("drop/" + k.org + "/" + strconv.Itoa(n) + ".zip") }, 8, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			k := start(t)
			for n := range 40 {
				row.make(k, n)
			}
			k.untilDue()
			s := &slow{Cell: k.cell}
			k.purger.Records, k.purger.Objects = s, s
			if r, err := k.sweep(); err != nil || s.looks.most != row.looks || s.writes.most != row.writes {
				t.Errorf("%s: %+v, %v, at most %d looks and %d writes at a time", name, r, err, s.looks.most, s.writes.most)
			}
		})
	}
}

// slow is a cell in which each look and each write takes a while, and which counts those under way.
type slow struct {
	*memory.Cell
	looks, writes underWay
}

type underWay struct {
	mu        sync.Mutex
	now, most int
}

func (u *underWay) pass() {
	u.mu.Lock()
	u.now++
	u.most = max(u.most, u.now)
	u.mu.Unlock()
	<-time.After(time.Second) // of the bubble's time
	u.mu.Lock()
	u.now--
	u.mu.Unlock()
}

func (s *slow) Look(ctx context.Context, prefix string, keys []string) (purge.Remains, error) {
	s.looks.pass()
	return s.Cell.Look(ctx, prefix, keys)
}

func (s *slow) Certify(ctx context.Context, act audit.Act, gone []purge.Gone, c *certificate.Certificate) error {
	s.writes.pass()
	return s.Cell.Certify(ctx, act, gone, c)
}
