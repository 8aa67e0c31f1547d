package purge

import (
	"strings"

	"waybill/internal/upload"
)

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

// thing is what an upload owns in S3: all that lies under a key of our choosing, and under another's the one version.
func thing(u upload.Upload) Version {
	if whole(u) {
		return Version{Key: u.ObjectKey}
	}
	return Version{u.ObjectKey, u.VersionID}
}

// owners are things, and tell whose a version is.
type owners map[Version]bool

func things(group []upload.Upload) owners {
	o := owners{}
	for _, u := range group {
		o[thing(u)] = true
	}
	return o
}

func (o owners) of(v Version) Version {
	if whole := (Version{Key: v.Key}); o[whole] {
		return whole
	}
	return v
}

// of are the things that it is of.
func (r Remains) of(o owners) owners {
	left := owners{}
	for _, v := range r.Versions {
		left[o.of(v)] = true
	}
	for _, m := range r.Unfinished {
		left[o.of(Version{Key: m.Key})] = true
	}
	return left
}
