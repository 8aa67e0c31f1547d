package purge

import (
	"errors"
	"maps"
	"slices"
	"time"

	"waybill/internal/audit"
	"waybill/internal/certificate"
)

// erasure is what became of a batch.
type erasure struct {
	left    owners                         // things of which something still is there, or may be
	counts  map[Version]certificate.Counts // what was deleted, by thing
	erased  time.Time                      // when the last deletion had been answered
	absent  time.Time                      // when nothing was seen but what is left
	failure error
}

// with is what became of two batches.
func (e erasure) with(other erasure) erasure {
	maps.Copy(other.left, e.left)
	maps.Copy(other.counts, e.counts)
	return erasure{other.left, other.counts, latest(e.erased, other.erased), latest(e.absent, other.absent), errors.Join(e.failure, other.failure)}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// count notes what was deleted, but for what was counted before. An object is what a record knew as one.
func (e *erasure) count(deleted Remains, before []Version, o owners) {
	for _, v := range deleted.Versions {
		if slices.Contains(before, v) {
			continue
		}
		n := e.counts[o.of(v)]
		n.Versions++
		if before == nil {
			n.Objects++
		}
		e.counts[o.of(v)] = n
	}
	for _, m := range deleted.Unfinished {
		n := e.counts[o.of(Version{Key: m.Key})]
		n.MultipartUploads++
		e.counts[o.of(Version{Key: m.Key})] = n
	}
}

// frozen is the cell's time as it is stated.
func frozen(now func() time.Time) time.Time { return audit.At(now()) }
