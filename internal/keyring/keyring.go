// Package keyring seals what is personal in the record, under a data key for each organisation, so that destroying the key
// forgets it all at once while every proof of the ledger still holds.
//
// A data key is made by KMS when its organisation's first entry is sealed, which is that of its own beginning, and kept wrapped; KMS unwraps it once in a process, for at
// most five minutes. The cell has one as well, for acts that are no organisation's. What is sealed is AES-256-GCM with a
// random nonce before it (crypto/cipher), and bound to its organisation and its entry: it opens nowhere else. The standard
// library does that by itself; Tink would bring protocol buffers into every cold start of api.
//
// A destroyed key stays destroyed: nothing is sealed under the organisation again, and nothing opens. It does not reach
// into backups of the table; a restore destroys it anew (infra/RUNBOOK.md).
package keyring

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"sync"
	"time"

	"waybill/internal/fault"
)

// Keyring seals and opens.
type Keyring struct {
	Wrapper Wrapper
	Store   Store
	Now     func() time.Time

	mu     sync.Mutex
	opened map[string]opened
}

// Wrapper is KMS.
type Wrapper interface {
	// Make answers a new data key of 32 bytes for the organisation, plain and wrapped.
	Make(ctx context.Context, organisation string) (plain, wrapped []byte, err error)
	// Unwrap answers the plain key.
	Unwrap(ctx context.Context, organisation string, wrapped []byte) ([]byte, error)
}

// Store keeps wrapped keys.
type Store interface {
	// SealingKey answers fault.NotFound before there is one, ErrDestroyed when it was destroyed.
	SealingKey(ctx context.Context, organisation string) (wrapped []byte, err error)
	// KeepSealingKey answers fault.Conflict when there is or was one.
	KeepSealingKey(ctx context.Context, organisation string, wrapped []byte) error
}

// ErrDestroyed is what the key of an organisation is that was forgotten.
var ErrDestroyed = errors.New("the organisation's sealing key was destroyed")

// opened is a key for a while.
type opened struct {
	aead  cipher.AEAD // nil when it was destroyed
	until time.Time
}

const (
	memory = 5 * time.Minute // how long a process remembers a key, or that it was destroyed
	most   = 1000            // keys that a process remembers at a time
)

// Seal seals a text of an organisation's entry. When the key was destroyed there is nothing: the text is dropped.
func (k *Keyring) Seal(ctx context.Context, organisation, entry string, text []byte) ([]byte, error) {
	aead, err := k.key(ctx, organisation)
	if errors.Is(err, fault.NotFound) {
		aead, err = k.first(ctx, organisation)
	}
	if err != nil || aead == nil {
		return nil, err
	}
	return aead.Seal(nil, nil, text, bound(organisation, entry)), nil
}

// Has tells whether an organisation has, or had, a key: whether anything of it was ever recorded.
func (k *Keyring) Has(ctx context.Context, organisation string) (bool, error) {
	_, err := k.key(ctx, organisation)
	if errors.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Open opens what was sealed; nothing when the key was destroyed since. It makes no key: what opens under none is
// fault.NotFound.
func (k *Keyring) Open(ctx context.Context, organisation, entry string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	aead, err := k.key(ctx, organisation)
	if err != nil || aead == nil {
		return nil, err
	}
	text, err := aead.Open(nil, nil, sealed, bound(organisation, entry))
	if err != nil {
		return nil, fmt.Errorf("opening the sealed half of %s: %w", entry, err)
	}
	return text, nil
}

// bound is what a sealed text belongs to. Neither name has a line break.
func bound(organisation, entry string) []byte { return []byte(organisation + "\n" + entry) }

// key answers an organisation's key, nil when it was destroyed; fault.NotFound before there is one.
func (k *Keyring) key(ctx context.Context, organisation string) (cipher.AEAD, error) {
	now := k.Now()
	k.mu.Lock()
	known, found := k.opened[organisation]
	k.mu.Unlock()
	if found && now.Before(known.until) {
		return known.aead, nil
	}
	aead, err := k.fetch(ctx, organisation)
	if err != nil && !errors.Is(err, ErrDestroyed) {
		return nil, fmt.Errorf("fetching the sealing key of %q: %w", organisation, err)
	}
	k.remember(organisation, aead, now)
	return aead, nil
}

func (k *Keyring) remember(organisation string, aead cipher.AEAD, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.opened == nil || len(k.opened) >= most {
		k.opened = map[string]opened{}
	}
	k.opened[organisation] = opened{aead, now.Add(memory)}
}

func (k *Keyring) fetch(ctx context.Context, organisation string) (cipher.AEAD, error) {
	wrapped, err := k.Store.SealingKey(ctx, organisation)
	if err != nil {
		return nil, err
	}
	plain, err := k.Wrapper.Unwrap(ctx, organisation, wrapped)
	if err != nil {
		return nil, err
	}
	return sealer(plain)
}

// first makes the organisation's first key. Of two processes at once, the second takes the first's.
func (k *Keyring) first(ctx context.Context, organisation string) (cipher.AEAD, error) {
	plain, wrapped, err := k.Wrapper.Make(ctx, organisation)
	if err != nil {
		return nil, err
	}
	err = k.Store.KeepSealingKey(ctx, organisation, wrapped)
	if errors.Is(err, fault.Conflict) {
		return k.key(ctx, organisation)
	}
	if err != nil {
		return nil, err
	}
	aead, err := sealer(plain)
	if err == nil {
		k.remember(organisation, aead, k.Now())
	}
	return aead, err
}

func sealer(key []byte) (cipher.AEAD, error) {
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
