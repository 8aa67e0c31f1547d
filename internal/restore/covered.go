package restore

import (
	"context"
	"strings"

	"waybill/internal/certificate"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// certified is one certificate.
type certified struct {
	certificate.Covered
	leaf int64
}

// ended tells whether it is of an organisation's end: then it covers all that is the organisation's.
func (c *certified) ended() bool { return c.Predicate == certificate.TerminationPredicate }

// covered is all that was ever certified. Of two certificates of one thing, the later counts.
type covered struct {
	bucket     string
	all        map[string]*certified // by id
	uploads    map[string]*certified // by upload
	identities map[string]*certified // by the identity of a version
	endings    map[string]*certified // by pseudonym of the organisation
}

// cover reads the ledger.
func cover(ctx context.Context, a Archive, bucket string) (*covered, error) {
	known := &covered{bucket, map[string]*certified{}, map[string]*certified{}, map[string]*certified{}, map[string]*certified{}}
	err := a.Each(ctx, func(index int64, data []byte) error {
		if c, found := certificate.Covers(data); found {
			known.add(&certified{c, index})
		}
		return nil
	})
	return known, err
}

func (k *covered) add(c *certified) {
	k.all[c.ID] = c
	for _, u := range c.Uploads {
		k.uploads[u] = c
	}
	for identity := range c.Identities {
		k.identities[identity] = c
	}
	if c.ended() {
		k.endings[c.Organisation] = c
	}
	c.Identities = nil // they are as many as there are things, and are needed once
}

// version finds what covers a version, or, when it names none, a multipart upload.
func (k *covered) version(v purge.Version) (c *certified, found bool) {
	if c, found = k.uploads[named(v.Key)]; found {
		return c, true
	}
	if c, found = k.identities[certificate.Identity(k.bucket, v.Key, v.ID)]; found {
		return c, true
	}
	return k.organisation(owner(v.Key))
}

// organisation finds the certificate of an organisation's end.
func (k *covered) organisation(id string) (c *certified, found bool) {
	if id == "" || len(k.endings) == 0 {
		return nil, false
	}
	c, found = k.endings[certificate.Pseudonym(id)]
	return c, found
}

// named is the upload that a key of our choosing is of: staged/{rule}/{organisation}/{upload}.
func named(key string) string {
	if parts := strings.Split(key, "/"); len(parts) == 4 && strings.HasPrefix(key, upload.StagedPrefix) {
		return parts[3]
	}
	return ""
}

// owner is the organisation whose id a key holds: staged/{rule}/{organisation}/… or drop/{organisation}/….
func owner(key string) string {
	parts := strings.SplitN(key, "/", 4)
	switch {
	case len(parts) == 4 && strings.HasPrefix(key, upload.StagedPrefix):
		return parts[2]
	case len(parts) >= 3 && strings.HasPrefix(key, upload.DropPrefix):
		return parts[1]
	}
	return ""
}
