package upload_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/memory"
	"waybill/internal/policy"
	"waybill/internal/upload"
)

func (k *kit) expire() (int, error) {
	return k.Expire(k.t.Context(), k.cell.Act("function:tick"))
}

// Only what was offered and never completed expires, at its deadline and not a millisecond before, once.
func TestExpire(t *testing.T) {
	t.Parallel()
	k := start(t)
	sealed := k.sealed()
	opened, _ := k.opened()
	single := k.offer(small())
	k.cell.Advance(policy.Day - time.Millisecond)
	if n, err := k.expire(); n != 0 || err != nil {
		t.Errorf("before the deadline: %d, %v", n, err)
	}
	k.cell.Advance(time.Millisecond)
	if n, err := k.expire(); n != 2 || err != nil {
		t.Errorf("at the deadline: %d, %v", n, err)
	}
	for _, id := range []string{opened.ID, single.ID} {
		u := k.read(id)
		if u.State != upload.Expired || u.ExpiredAt != k.cell.Now() || u.Due != k.cell.Now() || u.DeleteBy != noon.Add(policy.Day) {
			t.Errorf("expired: %+v", u)
		}
		if told := k.cell.Told(id); told[len(told)-1] != audit.UploadExpired {
			t.Errorf("on record: %v", told)
		}
	}
	if n, err := k.expire(); n != 0 || err != nil || k.read(sealed.ID) != sealed {
		t.Errorf("again: %d, %v, and the sealed one is %+v", n, err, k.read(sealed.ID))
	}
	k.cell.Advance(14 * policy.Day)
	if n, err := k.expire(); n != 0 || err != nil || k.read(sealed.ID) != sealed {
		t.Errorf("when all is due: %d, %v, and the sealed one is %+v", n, err, k.read(sealed.ID))
	}
}

// One that fails stops none of the others, nor do records that cannot be read.
func TestExpireGoesOn(t *testing.T) {
	t.Parallel()
	k := start(t)
	for range 3 {
		k.offer(small())
	}
	poison := k.offer(small())
	k.cell.Advance(policy.Day)
	k.cell.Decide(func(call string) memory.Fate {
		if strings.HasPrefix(call, "ReplaceUpload "+poison.ID) {
			return memory.Lost
		}
		return memory.Heard
	})
	unreadable := errors.New("a record cannot be read")
	k.Expirer.Records = halfBlind{k.cell, unreadable}
	if n, err := k.expire(); n != 3 || !errors.Is(err, memory.ErrSilence) || !errors.Is(err, unreadable) {
		t.Errorf("got %d, %v", n, err)
	}
	k.cell.Decide(nil)
	k.Expirer.Records = k.cell
	if n, err := k.expire(); n != 1 || err != nil || k.read(poison.ID).State != upload.Expired {
		t.Errorf("the next run: %d, %v", n, err)
	}
}

// halfBlind answers what is due, and that there is more that it cannot read.
type halfBlind struct {
	*memory.Cell
	err error
}

func (h halfBlind) Due(ctx context.Context, now time.Time, limit int) ([]upload.Upload, error) {
	due, err := h.Cell.Due(ctx, now, limit)
	return due, errors.Join(err, h.err)
}

// What is sealed while the schedule runs is no longer its own, and no failure.
func TestExpireMeetsASeal(t *testing.T) {
	t.Parallel()
	k := start(t)
	u := k.offer(small())
	_, err := k.cell.Put(u.ObjectKey, u.Size)
	k.must(err)
	k.cell.Advance(policy.Day)
	inside := false
	k.cell.Decide(func(call string) memory.Fate {
		if !inside && strings.HasPrefix(call, "ReplaceUpload") {
			inside = true
			k.deliver()
		}
		return memory.Heard
	})
	if n, err := k.expire(); n != 0 || err != nil || k.read(u.ID).State != upload.Sealed {
		t.Errorf("got %d, %v, and it is %s", n, err, k.read(u.ID).State)
	}
}
