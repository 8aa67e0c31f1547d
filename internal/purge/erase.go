package purge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"waybill/internal/certificate"
	"waybill/internal/upload"
)

// Objects is S3 as purge may use it: it erases and looks, and cannot read.
type Objects interface {
	// Erase deletes versions and answers those that S3 refused, with its reason; the others are deleted, or never were.
	Erase(ctx context.Context, versions []Version) (refused map[Version]error, err error)
	// Abort ends unfinished multipart uploads; one that is gone already is no error.
	Abort(ctx context.Context, uploads []Unfinished) error
	// Spare keeps the bucket's lifecycle from taking a version: it is under a legal hold.
	Spare(ctx context.Context, v Version) error
	// Look lists what lies under the keys, which are sorted and share the prefix: every version, delete marker and
	// unfinished multipart upload.
	Look(ctx context.Context, prefix string, keys []string) (Remains, error)
}

// Version is one version of an object, or a delete marker.
type Version struct{ Key, ID string }

// Unfinished is a multipart upload that was neither completed nor aborted.
type Unfinished struct{ Key, UploadID string }

// Remains is what a look found.
type Remains struct {
	Versions   []Version
	Unfinished []Unfinished
}

// prefix is what lies together: the staged things of one organisation under one rule. What was dropped by hand or
// quarantined lies anywhere, and stands alone.
func prefix(u upload.Upload) string {
	if !whole(u) {
		return u.ObjectKey
	}
	return u.ObjectKey[:strings.LastIndexByte(u.ObjectKey, '/')+1]
}

// whole tells whether all that lies under an upload's key is its own: so for a key of our choosing. Others choose the
// keys of hand drops and of what matched nothing; there each version is a thing with a deadline of its own.
func whole(u upload.Upload) bool {
	return u.State != upload.Quarantined && strings.HasPrefix(u.ObjectKey, upload.StagedPrefix)
}

// erase makes sure that nothing of the batch is left in S3, and says of what it cannot.
func erase(ctx context.Context, o Objects, group []upload.Upload, now func() time.Time) erasure {
	e := erasure{left: map[string]bool{}, counts: map[string]certificate.Counts{}}
	recorded := known(group)
	own := map[Version]bool{}
	for _, v := range recorded.Versions {
		own[v] = true
	}
	err := eraseAll(ctx, o, recorded)
	e.deleted(recorded, own)
	e.erased = frozen(now)
	remains, lookErr := look(ctx, o, group)
	if lookErr == nil && !remains.none() {
		err = errors.Join(err, eraseAll(ctx, o, remains))
		e.deleted(remains.without(own), own)
		e.erased = frozen(now)
		remains, lookErr = look(ctx, o, group)
	}
	e.absent = frozen(now)
	switch {
	case lookErr != nil:
		e.left, e.failure = all(group), errors.Join(err, fmt.Errorf("looking at what is left: %w", lookErr))
	case !remains.none(): // whatever else was refused on the way, it is gone
		e.left, e.failure = remains.keys(), errors.Join(err, fmt.Errorf("%d versions and %d multipart uploads were still there", len(remains.Versions), len(remains.Unfinished)))
	}
	return e
}

// without leaves out what was counted before.
func (r Remains) without(counted map[Version]bool) Remains {
	r.Versions = slices.DeleteFunc(slices.Clone(r.Versions), func(v Version) bool { return counted[v] })
	return r
}

// known is what the records say lies in S3.
func known(group []upload.Upload) Remains {
	var r Remains
	for _, u := range group {
		if u.VersionID != "" {
			r.Versions = append(r.Versions, Version{u.ObjectKey, u.VersionID})
		} else if u.UploadID != "" {
			r.Unfinished = append(r.Unfinished, Unfinished{u.ObjectKey, u.UploadID})
		}
	}
	return r
}

func eraseAll(ctx context.Context, o Objects, r Remains) error {
	var failures []error
	if len(r.Versions) > 0 {
		refused, err := o.Erase(ctx, r.Versions)
		failures = append(failures, err)
		for _, reason := range refused {
			failures = append(failures, reason)
		}
	}
	if len(r.Unfinished) > 0 {
		failures = append(failures, o.Abort(ctx, r.Unfinished))
	}
	return errors.Join(failures...)
}

// look answers what is left of the group's own; other versions under a key that others chose are not.
func look(ctx context.Context, o Objects, group []upload.Upload) (Remains, error) {
	var keys []string
	mine := map[Version]bool{}
	everything := map[string]bool{}
	for _, u := range group {
		keys = append(keys, u.ObjectKey)
		mine[Version{u.ObjectKey, u.VersionID}] = true
		everything[u.ObjectKey] = whole(u)
	}
	slices.Sort(keys)
	r, err := o.Look(ctx, prefix(group[0]), slices.Compact(keys))
	r.Versions = slices.DeleteFunc(r.Versions, func(v Version) bool { return !everything[v.Key] && !mine[v] })
	r.Unfinished = slices.DeleteFunc(r.Unfinished, func(m Unfinished) bool { return !everything[m.Key] })
	return r, err
}

func (r Remains) none() bool { return len(r.Versions) == 0 && len(r.Unfinished) == 0 }

// Keys are those under which something is, sorted.
func (r Remains) Keys() []string { return slices.Sorted(maps.Keys(r.keys())) }

func (r Remains) keys() map[string]bool {
	keys := map[string]bool{}
	for _, v := range r.Versions {
		keys[v.Key] = true
	}
	for _, m := range r.Unfinished {
		keys[m.Key] = true
	}
	return keys
}

func all(group []upload.Upload) map[string]bool {
	keys := map[string]bool{}
	for _, u := range group {
		keys[u.ObjectKey] = true
	}
	return keys
}
