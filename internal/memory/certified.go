package memory

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"waybill/internal/audit"
	"waybill/internal/certificate"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// certified: every certificate is signed, and names things whose records were written with it, each as often as it was
// gone; the record of what is gone names a certificate that names it, unless nothing of it was ever erased.
func (c *Cell) certified() error {
	broken := c.verify()
	named, by := map[string]int{}, map[string]Certified{}
	for _, s := range c.certificates {
		by[s.ID] = s
		for _, u := range s.Uploads {
			named[u]++
		}
	}
	for _, u := range c.uploads {
		broken = append(broken, c.certifiedOnce(u, named[u.ID], by[u.Certificate]))
	}
	return errors.Join(broken...)
}

// verify looks at what was not looked at before: nothing changes a certificate.
func (c *Cell) verify() (broken []error) {
	for _, s := range c.certificates[c.verified:] {
		_, err := certificate.Verify(s.Envelope, c.private.Public().(ed25519.PublicKey))
		if !errors.Is(err, certificate.ErrNotInLedger) {
			broken = append(broken, fmt.Errorf("%s does not verify: %w", s.ID, err))
		}
	}
	c.verified = len(c.certificates)
	return broken
}

func (c *Cell) certifiedOnce(u upload.Upload, named int, own Certified) error {
	gone, purges := !u.PurgedAt.IsZero(), c.purges(u.ID)
	switch {
	case !gone && u.Certificate != "" && purges == 0:
		return fmt.Errorf("%s was never gone, and names the certificate %s", u.ID, u.Certificate)
	case gone && u.Certificate == "" && c.erased(u):
		return fmt.Errorf("%s was erased and purged at %s, without a certificate", u.ID, u.PurgedAt)
	case u.Certificate != "" && !slices.Contains(own.Uploads, u.ID):
		return fmt.Errorf("%s names %s, which does not name it", u.ID, u.Certificate)
	case u.Shelved && u.VersionID != "" && !c.spared[purge.Version{Key: u.ObjectKey, ID: u.VersionID}]:
		return fmt.Errorf("%s is held, and the lifecycle may take it", u.ID)
	case named > purges:
		return fmt.Errorf("%s was purged %d times and certified %d times", u.ID, purges, named)
	}
	return nil
}

// purges is how often an upload was recorded as gone, also where a restore from backup has taken that back.
func (c *Cell) purges(id string) (n int) {
	for _, l := range slices.Concat(c.trail, c.undone) {
		if l.Resource == id && l.Action == audit.UploadPurged && l.Outcome == audit.Done {
			n++
		}
	}
	return n
}

// erased tells whether anything of an upload ever lay in the bucket and was deleted.
func (c *Cell) erased(u upload.Upload) bool {
	return slices.ContainsFunc(c.erasures, func(e erasure) bool { return owns(u, e.Key, e.ID) })
}
