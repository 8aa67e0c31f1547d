package keyring_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"waybill/internal/fault"
	"waybill/internal/keyring"
)

// cell is KMS and a table, in memory. A wrapped key is the organisation's name and the key.
type cell struct {
	mu        sync.Mutex
	kept      map[string][]byte
	destroyed map[string]bool
	down      bool
	calls     int
	before    func() // before a key is kept
	now       time.Time
}

func newCell() *cell {
	return &cell{kept: map[string][]byte{}, destroyed: map[string]bool{}, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (c *cell) ring() *keyring.Keyring {
	return &keyring.Keyring{Wrapper: c, Store: c, Now: func() time.Time { return c.now }}
}

func (c *cell) Make(_ context.Context, organisation string) (plain, wrapped []byte, err error) {
	if c.calls++; c.down {
		return nil, nil, fault.Unavailable
	}
	plain = make([]byte, 32)
	rand.Read(plain)
	return plain, append([]byte(organisation+":"), plain...), nil
}

func (c *cell) Unwrap(_ context.Context, organisation string, wrapped []byte) ([]byte, error) {
	plain, found := bytes.CutPrefix(wrapped, []byte(organisation+":"))
	if c.calls++; c.down || !found {
		return nil, fault.Unavailable
	}
	return bytes.Clone(plain), nil
}

func (c *cell) SealingKey(_ context.Context, organisation string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	wrapped, found := c.kept[organisation]
	switch {
	case c.destroyed[organisation]:
		return nil, keyring.ErrDestroyed
	case !found:
		return nil, fault.NotFound
	}
	return wrapped, nil
}

func (c *cell) KeepSealingKey(_ context.Context, organisation string, wrapped []byte) error {
	if c.before != nil {
		c.before()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls++; c.kept[organisation] != nil || c.destroyed[organisation] {
		return fault.Conflict
	}
	c.kept[organisation] = wrapped
	return nil
}

func seal(t *testing.T, k *keyring.Keyring, organisation, entry string) []byte {
	t.Helper()
	sealed, err := k.Seal(t.Context(), organisation, entry, []byte("ada"))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// What is sealed opens in its own organisation and entry, in any process, and nowhere else; a change is noticed.
func TestSealed(t *testing.T) {
	t.Parallel()
	c := newCell()
	sealed := seal(t, c.ring(), "org_a", "evt_1")
	if bytes.Contains(sealed, []byte("ada")) {
		t.Error("it can be read")
	}
	if text, err := c.ring().Open(t.Context(), "org_a", "evt_1", sealed); err != nil || string(text) != "ada" {
		t.Errorf("opened %q, %v", text, err)
	}
	seal(t, c.ring(), "org_b", "evt_1")
	changed := bytes.Clone(sealed)
	changed[len(changed)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"in another organisation": func() ([]byte, error) { return c.ring().Open(t.Context(), "org_b", "evt_1", sealed) },
		"in another entry":        func() ([]byte, error) { return c.ring().Open(t.Context(), "org_a", "evt_2", sealed) },
		"changed":                 func() ([]byte, error) { return c.ring().Open(t.Context(), "org_a", "evt_1", changed) },
		"cut off":                 func() ([]byte, error) { return c.ring().Open(t.Context(), "org_a", "evt_1", sealed[:9]) },
	} {
		if text, err := open(); err == nil {
			t.Errorf("%s it opens: %q", name, text)
		}
	}
	if text, err := c.ring().Open(t.Context(), "org_a", "evt_1", nil); err != nil || text != nil {
		t.Errorf("nothing opens as %q, %v", text, err)
	}
}

// A warm process asks nobody; after five minutes it asks again.
func TestARingRemembers(t *testing.T) {
	t.Parallel()
	c := newCell()
	k := c.ring()
	for _, step := range []struct {
		wait  time.Duration
		calls int
	}{{0, 3}, {0, 0}, {5*time.Minute - 1, 0}, {1, 2}} {
		c.now = c.now.Add(step.wait)
		c.calls = 0
		seal(t, k, "org_a", "evt_1")
		if c.calls != step.calls {
			t.Errorf("after %s: %d calls, want %d", step.wait, c.calls, step.calls)
		}
	}
}

// Of two processes that make the first key at once, both end with one.
func TestTheFirstKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	c := newCell()
	var others []byte
	c.before = func() {
		c.before = nil
		others = seal(t, c.ring(), "org_a", "evt_2")
	}
	ours := seal(t, c.ring(), "org_a", "evt_1")
	for entry, sealed := range map[string][]byte{"evt_1": ours, "evt_2": others} {
		if text, err := c.ring().Open(t.Context(), "org_a", entry, sealed); err != nil || string(text) != "ada" {
			t.Errorf("%s: %q, %v", entry, text, err)
		}
	}
}

// A destroyed key forgets: nothing opens, nothing is sealed, and no key is made in its place. Another organisation's is
// untouched. A process notices within five minutes.
func TestDestroyed(t *testing.T) {
	t.Parallel()
	c := newCell()
	warm := c.ring()
	sealed, others := seal(t, warm, "org_a", "evt_1"), seal(t, warm, "org_b", "evt_1")
	c.destroyed["org_a"] = true
	c.now = c.now.Add(5 * time.Minute)
	for name, k := range map[string]*keyring.Keyring{"a warm process": warm, "a new one": c.ring()} {
		if text, err := k.Open(t.Context(), "org_a", "evt_1", sealed); err != nil || text != nil {
			t.Errorf("%s opens %q, %v", name, text, err)
		}
		if again := seal(t, k, "org_a", "evt_2"); again != nil {
			t.Errorf("%s seals %x", name, again)
		}
		if text, err := k.Open(t.Context(), "org_b", "evt_1", others); err != nil || string(text) != "ada" {
			t.Errorf("%s opens another's as %q, %v", name, text, err)
		}
	}
}

// Without KMS nothing is sealed in the clear: the act fails.
func TestKMSIsDown(t *testing.T) {
	t.Parallel()
	c := newCell()
	sealed := seal(t, c.ring(), "org_a", "evt_1")
	c.down = true
	for _, organisation := range []string{"org_a", "org_new"} {
		if text, err := c.ring().Seal(t.Context(), organisation, "evt_1", []byte("ada")); !errors.Is(err, fault.Unavailable) || text != nil {
			t.Errorf("%s: %x, %v", organisation, text, err)
		}
	}
	if _, err := c.ring().Open(t.Context(), "org_a", "evt_1", sealed); !errors.Is(err, fault.Unavailable) {
		t.Errorf("opening: %v", err)
	}
}

// A process does not remember without end.
func TestManyOrganisations(t *testing.T) {
	t.Parallel()
	c := newCell()
	k := c.ring()
	for n := range 1500 {
		seal(t, k, fmt.Sprint("org_", n), "evt_1")
	}
	c.calls = 0
	seal(t, k, "org_0", "evt_1")
	if c.calls == 0 {
		t.Error("the first of 1,500 keys is still remembered")
	}
}

// Asking and opening make no key.
func TestOnlySealingMakesAKey(t *testing.T) {
	t.Parallel()
	c := newCell()
	sealed := seal(t, c.ring(), "org_a", "evt_1")
	k := c.ring()
	if here, err := k.Has(t.Context(), "org_b"); here || err != nil {
		t.Errorf("an organisation that is not here has a key: %t, %v", here, err)
	}
	if text, err := k.Open(t.Context(), "org_b", "evt_1", sealed); !errors.Is(err, fault.NotFound) {
		t.Errorf("under no key it opens as %q, %v", text, err)
	}
	if len(c.kept) != 1 {
		t.Errorf("there are %d keys", len(c.kept))
	}
	c.destroyed["org_a"] = true
	for organisation, want := range map[string]bool{"org_a": true, "org_b": false} {
		if here, err := c.ring().Has(t.Context(), organisation); here != want || err != nil {
			t.Errorf("%s: %t, %v", organisation, here, err)
		}
	}
}

// unheard is a cell one call of which fails: it did not happen, or it happened and nobody heard.
type unheard struct {
	*cell
	call    string
	happens bool
	done    bool
}

func (u *unheard) fails(call string) bool {
	if u.done || u.call != call {
		return false
	}
	u.done = true
	return true
}

func (u *unheard) Make(ctx context.Context, organisation string) (plain, wrapped []byte, err error) {
	if u.fails("Make") {
		return nil, nil, fault.Unavailable
	}
	return u.cell.Make(ctx, organisation)
}

func (u *unheard) SealingKey(ctx context.Context, organisation string) ([]byte, error) {
	if u.fails("SealingKey") {
		return nil, fault.Unavailable
	}
	return u.cell.SealingKey(ctx, organisation)
}

func (u *unheard) KeepSealingKey(ctx context.Context, organisation string, wrapped []byte) error {
	if !u.fails("KeepSealingKey") {
		return u.cell.KeepSealingKey(ctx, organisation, wrapped)
	}
	if u.happens {
		_ = u.cell.KeepSealingKey(ctx, organisation, wrapped)
	}
	return fault.Unavailable
}

// Whichever call of the first sealing fails, both ways, nothing is sealed, and the next attempt seals under a key that
// every process opens with.
func TestTheFirstSealingFails(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"SealingKey", "Make", "KeepSealingKey"} {
		for _, happens := range []bool{false, true} {
			c := &unheard{cell: newCell(), call: call, happens: happens}
			k := &keyring.Keyring{Wrapper: c, Store: c, Now: func() time.Time { return c.now }}
			if sealed, err := k.Seal(t.Context(), "org_a", "evt_1", []byte("ada")); !errors.Is(err, fault.Unavailable) || sealed != nil {
				t.Errorf("%s: %x, %v", call, sealed, err)
			}
			sealed := seal(t, k, "org_a", "evt_1")
			if text, err := c.ring().Open(t.Context(), "org_a", "evt_1", sealed); err != nil || string(text) != "ada" {
				t.Errorf("after %s, happened: %t: %q, %v", call, happens, text, err)
			}
		}
	}
}
