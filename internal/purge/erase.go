package purge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

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

// eraseAll erases a batch: what lies together as one, the rest thing by thing, some at a time.
func (p Purger) eraseAll(ctx context.Context, due []upload.Upload) erasure {
	groups := map[string][]upload.Upload{}
	for _, u := range due {
		groups[prefix(u)] = append(groups[prefix(u)], u)
	}
	total := erasure{left: owners{}, counts: map[Version]certificate.Counts{}}
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(looks)
	for _, group := range groups {
		g.Go(func() error {
			done := erase(ctx, p.Objects, group, p.Now)
			mu.Lock()
			defer mu.Unlock()
			total = total.with(done)
			return nil
		})
	}
	g.Wait()
	return total
}

// erase makes sure that nothing of what lies together is left in S3, and says of what it cannot.
func erase(ctx context.Context, o Objects, group []upload.Upload, now func() time.Time) erasure {
	e := erasure{left: owners{}, counts: map[Version]certificate.Counts{}}
	recorded, owners := known(group), things(group)
	err := eraseFound(ctx, o, recorded)
	e.count(recorded, nil, owners)
	e.erased = frozen(now)
	remains, lookErr := look(ctx, o, group)
	if lookErr == nil && !remains.none() {
		err = errors.Join(err, eraseFound(ctx, o, remains))
		e.count(remains, recorded.Versions, owners)
		e.erased = frozen(now)
		remains, lookErr = look(ctx, o, group)
	}
	e.absent = frozen(now)
	switch {
	case lookErr != nil:
		e.left, e.failure = things(group), errors.Join(err, fmt.Errorf("looking at what is left: %w", lookErr))
	case !remains.none(): // whatever else was refused on the way, it is gone
		e.left, e.failure = remains.of(owners), errors.Join(err, fmt.Errorf("%d versions and %d multipart uploads were still there", len(remains.Versions), len(remains.Unfinished)))
	}
	return e
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

func eraseFound(ctx context.Context, o Objects, r Remains) error {
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
	for _, u := range group {
		keys = append(keys, u.ObjectKey)
	}
	slices.Sort(keys)
	r, err := o.Look(ctx, prefix(group[0]), slices.Compact(keys))
	mine := things(group)
	r.Versions = slices.DeleteFunc(r.Versions, func(v Version) bool { return !mine[mine.of(v)] })
	r.Unfinished = slices.DeleteFunc(r.Unfinished, func(m Unfinished) bool { return !mine[Version{Key: m.Key}] })
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
