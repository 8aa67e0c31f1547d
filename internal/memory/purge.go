package memory

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/purge"
)

// Certified is a certificate that was written, and the uploads whose records were written with it.
type Certified struct {
	certificate.Certificate
	Uploads []string
}

// Intend keeps the promise of purge.Records.
func (c *Cell) Intend(_ context.Context, act audit.Act, g hold.Guard, i purge.Intent) error {
	return c.call("Intend", i.Org, func() error {
		return c.write(act, i.Org, audit.PurgeIntended, i.ID, i.Rule, func() error {
			if c.guards[i.Org] != g.Revision {
				return fault.Stale
			}
			c.guards[i.Org]++
			c.purging[i.Org] = append(c.purging[i.Org], hold.Purging{ID: i.ID, Uploads: i.Uploads(), LeasedUntil: i.LeasedUntil})
			return nil
		})
	})
}

// Certify keeps the promise of purge.Records.
func (c *Cell) Certify(_ context.Context, act audit.Act, gone []purge.Gone, signed *certificate.Certificate) error {
	about := gone[0].Before.ID
	return c.call("Certify", about, func() error {
		for _, g := range gone {
			if c.uploads[id{g.Before.Org, g.Before.ID}].Revision != g.Before.Revision {
				return fault.Stale
			}
		}
		if signed != nil {
			c.certificates = append(c.certificates, Certified{*signed, names(gone)})
		}
		for _, g := range gone {
			err := c.write(act, g.After.Org, audit.UploadPurged, g.After.ID, g.After.Rule, func() error {
				c.uploads[id{g.After.Org, g.After.ID}] = g.After
				delete(c.inspections, id{g.After.Org, g.After.ID})
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func names(gone []purge.Gone) []string {
	ids := make([]string, len(gone))
	for i, g := range gone {
		ids[i] = g.After.ID
	}
	return ids
}

// Close keeps the promise of purge.Records.
func (c *Cell) Close(_ context.Context, i purge.Intent) error {
	return c.call("Close", i.Org, func() error {
		c.purging[i.Org] = slices.DeleteFunc(c.purging[i.Org], func(p hold.Purging) bool { return p.ID == i.ID })
		return nil
	})
}

// GiveUp keeps the promise of purge.Records.
func (c *Cell) GiveUp(_ context.Context, act audit.Act, i purge.Intent) error {
	return c.call("GiveUp", i.Org, func() error {
		n := slices.IndexFunc(c.purging[i.Org], func(p hold.Purging) bool { return p.ID == i.ID })
		if n < 0 {
			return nil
		}
		return c.write(act, i.Org, audit.PurgeGivenUp, i.ID, fmt.Sprintf("%d things are left", len(i.Lines)), func() error {
			c.purging[i.Org][n] = hold.Purging{ID: i.ID, Uploads: i.Uploads(), LeasedUntil: i.LeasedUntil}
			return nil
		})
	})
}

// Sign keeps the promise of ledger.Signer.
func (c *Cell) Sign(_ context.Context, message []byte) (signature []byte, err error) {
	err = c.call("Sign", "", func() error {
		signature = ed25519.Sign(c.private, message)
		return nil
	})
	return signature, err
}

// PublicKey keeps the promise of ledger.Key.
func (c *Cell) PublicKey(context.Context) (ed25519.PublicKey, error) {
	return c.private.Public().(ed25519.PublicKey), nil
}

// Certificate keeps the promise of web.Certificates.
func (c *Cell) Certificate(_ context.Context, organisation, name string) (found certificate.Certificate, err error) {
	err = c.call("Certificate", name, func() error {
		for _, s := range c.certificates {
			if s.ID == name && s.Org == organisation {
				found = s.Certificate
				return nil
			}
		}
		return fault.NotFound
	})
	return found, err
}

// Certificates keeps the promise of web.Certificates.
func (c *Cell) Certificates(_ context.Context, organisation, after string, limit int) (list []certificate.Certificate, more bool, err error) {
	err = c.call("Certificates", organisation, func() error {
		for _, s := range c.certificates {
			if s.Org == organisation {
				list = append(list, s.Certificate)
			}
		}
		list, more = page(list, func(s certificate.Certificate) string { return s.ID }, after, limit)
		return nil
	})
	return list, more, err
}

// Certified are all that were written, oldest first.
func (c *Cell) Certified() []Certified {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.certificates)
}
