package restore

import (
	"crypto/sha256"

	"waybill/internal/purge"
	"waybill/internal/upload"
)

// known is what the records say of the bucket: by a digest, since keys are long and records many.
type known map[[16]byte]bool

func at(key, version string) (of [16]byte) {
	sum := sha256.Sum256([]byte(key + "\n" + version))
	copy(of[:], sum[:])
	return of
}

// add takes note of a record. Under a key of our choosing all is the upload's, and it is news to one that is pending, or
// of which nothing is left; elsewhere a record speaks of one version, and of two records one that waits for it is enough.
func (k known) add(u upload.Upload) {
	if named(u.ObjectKey) == u.ID {
		k[at(u.ObjectKey, "")] = u.State == upload.Pending || u.Due.IsZero()
		return
	}
	lies := at(u.ObjectKey, u.VersionID)
	if news, found := k[lies]; news || !found {
		k[lies] = u.Due.IsZero()
	}
}

// awaits tells whether a version is news to the records.
func (k known) awaits(v purge.Version) bool {
	if news, found := k[at(v.Key, "")]; found {
		return news
	}
	news, found := k[at(v.Key, v.ID)]
	return news || !found
}
