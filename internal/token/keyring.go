package token

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"
)

const (
	// fresh is how long keys are used without asking the issuer again, and so how long a key that it withdrew may still
	// be believed while the issuer answers.
	fresh = 10 * time.Minute
	// honoured is how long keys are used when the issuer does not answer: an outage of an hour stops nobody who has a
	// token, and a key withdrawn during it is believed for no longer than that.
	honoured = time.Hour
	// burst and refill bound how often the issuer is asked, whatever tokens come: burst times at once, then once every
	// refill. The burst lets a rotation through at once, even just after a start.
	burst  = 4
	refill = 10 * time.Second
)

// keyring keeps the issuer's keys in memory, one set for as long as the process lives.
//
// A key that is not in the set is a reason to ask again, since that is how issuers rotate; so is a set that is no longer
// fresh. Many that wait for the same answer ask once. Keys in the set are believed for as long as honoured when
// asking fails; a key that is not in it never is. When the issuer could not be asked, or not again so soon after
// failing, the answer is that it is unavailable: only a set that was fetched can say that a key is unknown.
type keyring struct {
	flight singleflight.Group

	mu      sync.Mutex // guards what follows
	keys    []jose.JSONWebKey
	fetched time.Time // when keys was; zero when never
	failed  error     // the last failure, when it came after that
	asks    bucket
}

// fetch asks the issuer for all of its keys.
type fetch func(context.Context) ([]jose.JSONWebKey, error)

// find returns the keys that may have signed the token, at least one.
func (k *keyring) find(ctx context.Context, now time.Time, env envelope, ask fetch) ([]jose.JSONWebKey, error) {
	if keys := k.known(now, fresh, env); len(keys) > 0 {
		return keys, nil
	}
	err := k.refresh(ctx, now, env, ask)
	if keys := k.known(now, honoured, env); len(keys) > 0 {
		return keys, nil
	}
	if err != nil {
		return nil, unavailable(err)
	}
	return nil, refuse("The token is signed by a key that its issuer does not publish.")
}

// known are the keys in the set that may have signed the token, when the set is not older than that. A set from well
// ahead of now, as a clock that was put back leaves it, is of no known age.
func (k *keyring) known(now time.Time, age time.Duration, env envelope) (keys []jose.JSONWebKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.within(now, age) {
		return nil
	}
	for _, key := range k.keys {
		if candidate(key, env) {
			keys = append(keys, key)
		}
	}
	return keys
}

// candidate tells whether the key may have signed the token. A token without kid may be signed by any.
func candidate(key jose.JSONWebKey, env envelope) bool {
	named := env.kid == "" || env.kid == key.KeyID
	return named && (key.Algorithm == "" || key.Algorithm == string(env.alg)) && fits(key.Key, env.alg)
}

// refresh asks the issuer, unless it was asked too often. The asking goes on when this caller gives up, for others may
// wait for the same answer.
func (k *keyring) refresh(ctx context.Context, now time.Time, env envelope, ask fetch) error {
	answer := k.flight.DoChan("", func() (any, error) {
		return nil, k.update(context.WithoutCancel(ctx), now, env, ask)
	})
	select {
	case <-ctx.Done():
		return ctx.Err()
	case a := <-answer:
		return a.Err
	}
}

// update asks, unless somebody else's asking has just found what is wanted.
func (k *keyring) update(ctx context.Context, now time.Time, env envelope, ask fetch) error {
	if len(k.known(now, fresh, env)) > 0 {
		return nil
	}
	if err, held := k.heldBack(now); held {
		return err
	}
	keys, err := ask(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failed = err
	if err == nil {
		k.keys, k.fetched = keys, now
	}
	return err
}

// heldBack tells whether the issuer has been asked often enough for now, and what came of it the last time.
func (k *keyring) heldBack(now time.Time) (last error, held bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.asks.take(now) {
		return nil, false
	}
	if k.failed == nil && !k.within(now, fresh) {
		return errors.New("the issuer was asked too often"), true
	}
	return k.failed, true
}

// within tells whether the set is of that age. Callers whose now differ by moments may come in any order.
func (k *keyring) within(now time.Time, age time.Duration) bool {
	d := now.Sub(k.fetched)
	return -leeway <= d && d <= age
}

// bucket counts how often something may still be done. Its zero value is full.
type bucket struct {
	spent float64
	at    time.Time
}

func (b *bucket) take(now time.Time) bool {
	if passed := now.Sub(b.at); passed > 0 {
		b.spent = max(0, b.spent-passed.Seconds()/refill.Seconds())
	}
	b.at = now
	if b.spent > burst-1 {
		return false
	}
	b.spent++
	return true
}
