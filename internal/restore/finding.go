package restore

import (
	"maps"
	"slices"

	"waybill/internal/certificate"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// add notes what lies there and which records say so, and tells whether that is news. What was noted before was found by
// a call that did not end; it may have erased some of it, so that of each key the greater number is right.
func (f *Finding) add(r purge.Remains, records []upload.Upload) (news bool) {
	for key, now := range count(r) {
		before := f.Keys[key]
		came := Came{max(before.Versions, now.Versions), max(before.Unfinished, now.Unfinished)}
		news = news || came != before
		f.Keys[key] = came
	}
	for _, u := range records {
		if i, found := slices.BinarySearch(f.Uploads, u.ID); !found {
			f.Uploads, news = slices.Insert(f.Uploads, i, u.ID), true
		}
	}
	return news
}

func count(r purge.Remains) map[string]Came {
	by := map[string]Came{}
	for _, v := range r.Versions {
		n := by[v.Key]
		n.Versions++
		by[v.Key] = n
	}
	for _, m := range r.Unfinished {
		n := by[m.Key]
		n.Unfinished++
		by[m.Key] = n
	}
	return by
}

// Restored is how much it is, as an addendum states it.
func (f Finding) Restored() certificate.Restored {
	r := certificate.Restored{Records: len(f.Uploads) + f.Records}
	for _, n := range f.Keys {
		if n.Versions > 0 {
			r.Objects++
		}
		r.Versions += n.Versions
		r.MultipartUploads += n.Unfinished
	}
	return r
}

// clone shares nothing with f.
func (f Finding) clone() Finding {
	f.Keys, f.Uploads = maps.Clone(f.Keys), slices.Clone(f.Uploads)
	if f.Keys == nil {
		f.Keys = map[string]Came{}
	}
	return f
}
