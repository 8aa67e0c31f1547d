package token

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// byNext is a token that the next key signed.
func (i *issuer) byNext() string {
	return mint("EdDSA", nextKey(), edHeader().with(members{"kid": "next"}), i.claims().with(members{"exp": noon.Add(48 * time.Hour).Unix()}))
}

// byFirst is a token that the first key signed, and that does not end during a test.
func (i *issuer) byFirst() string {
	return i.token(members{"exp": noon.Add(48 * time.Hour).Unix()})
}

// Nothing is asked before the first token, and what was learned serves those that follow.
func TestKeysAreFetchedOnce(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, now := i.verifier()
	for _, at := range []time.Duration{0, time.Second, fresh} {
		*now = noon.Add(at)
		if _, err := verify(v, i.byFirst()); err != nil {
			t.Fatal(err)
		}
	}
	if n := i.asked.Load(); n != 1 {
		t.Errorf("the keys were asked for %d times", n)
	}
}

// Many that arrive at a cold process share one answer.
func TestManyAskOnce(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, _ := i.verifier()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := verify(v, i.byFirst()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := i.asked.Load(); n != 1 {
		t.Errorf("the keys were asked for %d times", n)
	}
}

// A rotation: the new key serves at once, the old one for as long as it is published, and not ten minutes longer.
func TestRotation(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, now := i.verifier()
	holds := func(name, raw string, want bool) {
		t.Helper()
		if _, err := verify(v, raw); (err == nil) != want || err != nil && !errors.Is(err, ErrUnauthenticated) {
			t.Errorf("%s: %v", name, err)
		}
	}
	holds("the first key", i.byFirst(), true)
	holds("the next key, before it is published", i.byNext(), false)

	i.publish(published("ed", edKey()), published("next", nextKey()))
	holds("the next key, in the same second", i.byNext(), true)
	holds("the first key, beside it", i.byFirst(), true)

	i.publish(published("next", nextKey()))
	holds("the first key, withdrawn just now", i.byFirst(), true)
	*now = noon.Add(fresh + time.Second)
	holds("the first key, withdrawn for ten minutes", i.byFirst(), false)
	holds("the next key, then", i.byNext(), true)
}

// A key that changes under its name is noticed when the set is asked for again.
func TestKeyChangesUnderItsName(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", strayKey()))
	v, now := i.verifier()
	refused(t, v, "before", "Bearer "+i.byFirst(), signature)
	i.publish(published("ed", edKey()))
	refused(t, v, "at once", "Bearer "+i.byFirst(), signature)
	*now = noon.Add(fresh + 1)
	if _, err := verify(v, i.byFirst()); err != nil {
		t.Errorf("after %v: %v", fresh, err)
	}
}

// Tokens by keys that do not exist cannot make us flood the issuer, and do not lock out those that hold.
func TestUnknownKeysAreNotAFlood(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, now := i.verifier()
	flood := func() {
		for n := range 200 {
			raw := mint("EdDSA", strayKey(), edHeader().with(members{"kid": fmt.Sprint(*now, n)}), i.claims())
			refused(t, v, "a key that does not exist", "Bearer "+raw, unknownKey)
		}
	}
	flood()
	if n := i.asked.Load(); n != burst {
		t.Errorf("the keys were asked for %d times at once, want %d", n, burst)
	}
	*now = noon.Add(3 * refill)
	flood()
	if n := i.asked.Load(); n != burst+3 {
		t.Errorf("the keys were asked for %d times in %v, want %d", n, 3*refill, burst+3)
	}
	if _, err := verify(v, i.byFirst()); err != nil {
		t.Errorf("a token that holds, after the flood: %v", err)
	}
}

// An issuer that never answered leaves nothing to check by: that is no 401, whatever the token.
func TestIssuerDownFromTheStart(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	i.breakDown(down)
	v, now := i.verifier()
	for range burst + 3 {
		if _, err := verify(v, i.byFirst()); !errors.Is(err, ErrIssuerUnavailable) || errors.Is(err, ErrUnauthenticated) {
			t.Errorf("while it is down: %v", err)
		}
	}
	i.breakDown(nil)
	if _, err := verify(v, i.byFirst()); !errors.Is(err, ErrIssuerUnavailable) {
		t.Errorf("up again, and not asked yet: %v", err)
	}
	*now = noon.Add(refill)
	if _, err := verify(v, i.byFirst()); err != nil {
		t.Errorf("up again, and asked: %v", err)
	}
}

// An outage stops nobody for an hour. A key that was not known before it is not believed, nor called unknown.
func TestIssuerDownLater(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, now := i.verifier()
	if _, err := verify(v, i.byFirst()); err != nil {
		t.Fatal(err)
	}
	i.breakDown(down)
	for _, test := range []struct {
		at   time.Duration
		raw  string
		want error
	}{
		{time.Minute, i.byFirst(), nil},
		{2 * time.Minute, i.byNext(), ErrIssuerUnavailable},
		{fresh + 1, i.byFirst(), nil},
		{honoured, i.byFirst(), nil},
		{honoured, flip(i.byFirst(), 2), ErrUnauthenticated},
		{honoured + 1, i.byFirst(), ErrIssuerUnavailable},
		{24 * time.Hour, i.byFirst(), ErrIssuerUnavailable},
	} {
		*now = noon.Add(test.at)
		if _, err := verify(v, test.raw); !errors.Is(err, test.want) {
			t.Errorf("%v after the keys were fetched: %v, want %v", test.at, err, test.want)
		}
	}
}

// A clock that is put back leaves keys of no known age: they are fetched again, and only callers who come in another
// order than their times leave them be.
func TestClockPutBack(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	v, now := i.verifier()
	for n, test := range []struct {
		back  time.Duration
		asked int64
		want  error
	}{
		{0, 1, nil}, {leeway, 1, nil}, {leeway + 1, 2, nil}, {10 * time.Minute, 3, nil}, {20 * time.Minute, 4, nil},
		{30 * time.Minute, burst, ErrIssuerUnavailable},
	} {
		*now = noon.Add(30 * time.Minute).Add(-test.back)
		if _, err := verify(v, i.byFirst()); !errors.Is(err, test.want) || i.asked.Load() != test.asked {
			t.Errorf("step %d: %v, asked %d times, want %d", n, err, i.asked.Load(), test.asked)
		}
	}
}

// Who gives up waiting gets an answer at once; the others get theirs.
func TestCallerGivesUp(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, published("ed", edKey()))
	asked, goOn := make(chan struct{}), make(chan struct{})
	i.breakDown(func(w http.ResponseWriter, _ *http.Request) {
		i.broken = nil // under the issuer's lock: the next request is answered
		close(asked)
		<-goOn
		w.Write(text(i.config))
	})
	v, _ := i.verifier()
	ctx, giveUp := context.WithCancel(t.Context())
	impatient, patient := make(chan error), make(chan error)
	go func() { _, err := v.Verify(ctx, "Bearer "+i.byFirst()); impatient <- err }()
	<-asked
	go func() { _, err := verify(v, i.byFirst()); patient <- err }()
	giveUp()
	if err := <-impatient; !errors.Is(err, ErrIssuerUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("the impatient: %v", err)
	}
	close(goOn)
	if err := <-patient; err != nil {
		t.Errorf("the patient: %v", err)
	}
}
