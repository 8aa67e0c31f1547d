package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"waybill/internal/fault"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// DropKey is the key under which every hand drop lies.
const DropKey = "arn:aws:kms:eu-central-1:111122223333:key/drops"

// SignPut keeps the promise of upload.Objects.
func (c *Cell) SignPut(_ context.Context, u upload.Upload) (upload.Signed, error) {
	return upload.Signed{URL: "https://" + u.Bucket + "/" + u.ObjectKey}, nil
}

// SignPart keeps the promise of upload.Objects.
func (c *Cell) SignPart(_ context.Context, u upload.Upload, p upload.PartDigest) (upload.Signed, error) {
	return upload.Signed{URL: fmt.Sprintf("https://%s/%s?partNumber=%d&uploadId=%s", u.Bucket, u.ObjectKey, p.Number, u.UploadID)}, nil
}

// Open keeps the promise of upload.Objects.
func (c *Cell) Open(_ context.Context, u upload.Upload) (uploadID string, err error) {
	err = c.call("Open", u.ObjectKey, func() error {
		uploadID = c.begin(u.ObjectKey)
		return nil
	})
	return uploadID, err
}

// Parts keeps the promise of upload.Objects.
func (c *Cell) Parts(_ context.Context, u upload.Upload) (parts []upload.Part, err error) {
	err = c.call("Parts", u.ObjectKey, func() error {
		for _, p := range c.unfinished[u.UploadID].parts {
			parts = append(parts, p)
		}
		slices.SortFunc(parts, func(a, b upload.Part) int { return a.Number - b.Number })
		return nil
	})
	return parts, err
}

// Complete keeps the promise of upload.Objects.
func (c *Cell) Complete(_ context.Context, u upload.Upload, parts []upload.Part) (versionID string, err error) {
	err = c.call("Complete", u.ObjectKey, func() error {
		m, found := c.unfinished[u.UploadID]
		if !found {
			return fault.NotFound
		}
		var size int64
		for _, p := range parts {
			if m.parts[p.Number].ETag != p.ETag {
				return fault.BadInput
			}
			size += m.parts[p.Number].Size
		}
		delete(c.unfinished, u.UploadID)
		versionID = c.arrive(u.ObjectKey, size)
		return nil
	})
	return versionID, err
}

// KeyOf keeps the promise of upload.Drops.
func (c *Cell) KeyOf(_ context.Context, a upload.Arrival) (keyARN string, err error) {
	err = c.call("KeyOf", a.Key, func() error {
		is := func(o object) bool { return o.Key == a.Key && o.ID == a.VersionID }
		if !slices.ContainsFunc(c.objects, is) {
			return fault.NotFound
		}
		keyARN = DropKey
		return nil
	})
	return keyARN, err
}

// Erase keeps the promise of purge.Objects. As in S3, what never was is erased with success.
func (c *Cell) Erase(_ context.Context, versions []purge.Version) (refused map[purge.Version]error, err error) {
	refused = map[purge.Version]error{}
	err = c.call("Erase", versions[0].Key, func() error {
		c.objects = slices.DeleteFunc(c.objects, func(o object) bool {
			if !slices.Contains(versions, o.Version) {
				return false
			}
			if c.poisoned[o.Key] {
				refused[o.Version] = errors.New("InternalError: " + o.Key)
				return false
			}
			if !o.marker {
				c.erasures = append(c.erasures, erasure{o.Version, c.now})
			}
			return true
		})
		return nil
	})
	return refused, err
}

// Spare keeps the promise of purge.Objects.
func (c *Cell) Spare(_ context.Context, v purge.Version) error {
	return c.call("Spare", v.Key, func() error {
		c.spared[v] = true
		return nil
	})
}

// Abort keeps the promise of purge.Objects.
func (c *Cell) Abort(_ context.Context, uploads []purge.Unfinished) error {
	return c.call("Abort", uploads[0].Key, func() error {
		for _, m := range uploads {
			if _, found := c.unfinished[m.UploadID]; found {
				c.erasures = append(c.erasures, erasure{purge.Version{Key: m.Key, ID: m.UploadID}, c.now})
			}
			delete(c.unfinished, m.UploadID)
		}
		return nil
	})
}

// Look keeps the promise of purge.Objects, and holds its caller to what it asks: sorted keys under the prefix.
func (c *Cell) Look(_ context.Context, prefix string, keys []string) (r purge.Remains, err error) {
	for _, k := range keys {
		if !strings.HasPrefix(k, prefix) || !slices.IsSorted(keys) {
			return r, fmt.Errorf("the keys %q are not sorted under %q", keys, prefix)
		}
	}
	err = c.call("Look", prefix, func() error {
		for _, o := range c.objects {
			if slices.Contains(keys, o.Key) {
				r.Versions = append(r.Versions, o.Version)
			}
		}
		for uploadID, m := range c.unfinished {
			if slices.Contains(keys, m.key) {
				r.Unfinished = append(r.Unfinished, purge.Unfinished{Key: m.key, UploadID: uploadID})
			}
		}
		return nil
	})
	return r, err
}
