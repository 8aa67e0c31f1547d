package memory

import (
	"context"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/org"
)

// spent is an idempotency key that was used.
type spent struct{ digest, resource string }

// write is the one transaction: the change, its audit entry, and the idempotency key that is used up; all or nothing.
func (c *Cell) write(act audit.Act, organisation string, action audit.Action, resource, detail string, change func() error) error {
	if err := c.replayed(organisation, act); err != nil {
		return err
	}
	outcome := audit.Done
	if action == audit.KeyRefused {
		outcome = audit.Refused
	}
	entry := act.Entry(action, resource, outcome, detail)
	if err := entry.Check(); err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	c.trail = append(c.trail, Line{organisation, entry})
	if act.Once != nil {
		c.spent[id{organisation, act.Once.Key}] = spent{act.Once.Digest, resource}
	}
	return nil
}

// Replayed keeps the promise of the Records of every noun.
func (c *Cell) Replayed(_ context.Context, organisation string, act audit.Act) error {
	return c.call("Replayed", organisation, func() error { return c.replayed(organisation, act) })
}

func (c *Cell) replayed(organisation string, act audit.Act) error {
	if act.Once == nil {
		return nil
	}
	was, used := c.spent[id{organisation, act.Once.Key}]
	switch {
	case !used:
		return nil
	case was.digest != act.Once.Digest:
		return fault.KeyReused
	default:
		return &audit.Replayed{Resource: was.resource}
	}
}

// Note keeps the promise of org.Records.
func (c *Cell) Note(_ context.Context, organisation string, entry audit.Entry) error {
	return c.call("Note", organisation, func() error {
		if err := entry.Check(); err != nil {
			return err
		}
		c.trail = append(c.trail, Line{organisation, entry})
		return nil
	})
}

// Prove keeps the promise of org.Keys.
func (c *Cell) Prove(_ context.Context, keyARN string) (state org.KeyState, err error) {
	err = c.call("Prove", keyARN, func() error {
		state = org.Usable
		if lost, found := c.keys[keyARN]; found {
			state = lost
		}
		return nil
	})
	return state, err
}

// SetKey says what KMS thinks of a key from now on.
func (c *Cell) SetKey(keyARN string, state org.KeyState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys[keyARN] = state
}
