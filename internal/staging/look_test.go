package staging_test

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"waybill/internal/faultline"
	"waybill/internal/purge"
)

// A look finds every version, delete marker and multipart upload of the keys, and nothing of their neighbours.
func TestLook(t *testing.T) {
	p := newPlace(t)
	u := p.multipart(10, 10)
	p.multipart(10, 10)
	a := "drop/" + org + "/a.zip"
	want := []purge.Version{{Key: a, ID: p.put(a)}, {Key: a, ID: p.marker(a)}, {Key: a, ID: p.put(a)}}
	for _, neighbour := range []string{"drop/" + org + "/a.zi", a + ".bak", a + "/b", u.ObjectKey + "0", "drop/" + org + "/A.zip"} {
		p.put(neighbour)
	}
	p.remains(a, []string{a}, purge.Remains{Versions: want})

	left, err := p.eraser.Look(t.Context(), "staged/debug/"+org+"/", []string{u.ObjectKey})
	if p.must(err); len(left.Versions) != 0 || len(left.Unfinished) != 2 || !slices.Contains(left.Unfinished, purge.Unfinished{Key: u.ObjectKey, UploadID: u.UploadID}) {
		t.Errorf("%+v", left)
	}
	p.remains("staged/", nil, purge.Remains{})
}

func (p *place) remains(prefix string, keys []string, want purge.Remains) {
	p.t.Helper()
	got, err := p.eraser.Look(p.t.Context(), prefix, keys)
	p.must(err)
	order := func(a, b purge.Version) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID)) }
	slices.SortFunc(got.Versions, order)
	slices.SortFunc(want.Versions, order)
	if !slices.Equal(got.Versions, want.Versions) || !slices.Equal(got.Unfinished, want.Unfinished) {
		p.t.Errorf("a look found %+v, want %+v", got, want)
	}
}

// One object costs one call of each kind.
func TestCallsForOne(t *testing.T) {
	p := newPlace(t)
	key := "staged/debug/" + org + "/a"
	p.erased([]purge.Version{{Key: key, ID: p.put(key)}})
	p.remains("staged/debug/"+org+"/", []string{key}, purge.Remains{})
	p.calls(map[string]int{"DeleteObjects": 1, "ListObjectVersions": 1, "ListMultipartUploads": 1})
}

// The calls follow what is due, not what is stored: package purge promises these figures.
func TestCallsForMany(t *testing.T) {
	p := newPlace(t)
	const prefix = "staged/debug/" + org + "/"
	all := p.many(prefix, 2500)
	keys := make([]string, len(all))
	for i, v := range all {
		keys[i] = v.Key
	}
	counting := func(what string, do func(), want map[string]int) {
		before := p.line.Counts()
		do()
		got := p.line.Counts()
		maps.DeleteFunc(got, func(op string, n int) bool { return n == before[op] })
		for op := range got {
			got[op] -= before[op]
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: calls %v, want %v", what, got, want)
		}
	}
	ends := []purge.Version{all[0], all[2499]}
	counting("two due with 2,498 others between", func() { p.remains(prefix, []string{keys[0], keys[2499]}, purge.Remains{Versions: ends}) },
		map[string]int{"ListObjectVersions": 2, "ListMultipartUploads": 1})
	counting("2,500 that are still there", func() { p.remains(prefix, keys, purge.Remains{Versions: slices.Clone(all)}) },
		map[string]int{"ListObjectVersions": 3, "ListMultipartUploads": 1})
	counting("erasing 1,000", func() { p.erased(all[:1000]) }, map[string]int{"DeleteObjects": 1})
	counting("looking at those 1,000, others behind", func() { p.remains(prefix, keys[:1000], purge.Remains{}) },
		map[string]int{"ListObjectVersions": 1, "ListMultipartUploads": 1})
	counting("erasing 2,500", func() { p.erased(all) }, map[string]int{"DeleteObjects": 3})
	counting("looking at those 2,500", func() { p.remains(prefix, keys, purge.Remains{}) },
		map[string]int{"ListObjectVersions": 1, "ListMultipartUploads": 1})
}

func (p *place) calls(want map[string]int) {
	p.t.Helper()
	if got := p.line.Counts(); !maps.Equal(got, want) {
		p.t.Errorf("calls %v, want %v", got, want)
	}
}

// many puts n objects, in the order of their keys.
func (p *place) many(prefix string, n int) []purge.Version {
	p.t.Helper()
	all := make([]purge.Version, n)
	var g errgroup.Group
	g.SetLimit(8)
	for i := range all {
		g.Go(func() error {
			key := fmt.Sprintf("%supl_%06d", prefix, i)
			all[i] = purge.Version{Key: key, ID: p.put(key)}
			return nil
		})
	}
	g.Wait()
	return all
}

// S3 encodes keys in listings, since XML cannot carry all that a key can; the local AWS does not.
func TestLookDecodesKeys(t *testing.T) {
	p := newPlace(t)
	const key, encoded = "drop/a b+\x01%ü", "drop/a+b%2B%01%25%C3%BC"
	p.line.Reply("ListObjectVersions", listed(`<Version><Key>`+encoded+`</Key><VersionId>1</VersionId></Version>
		<DeleteMarker><Key>`+encoded+`</Key><VersionId>2</VersionId></DeleteMarker>`), 1)
	p.line.Reply("ListMultipartUploads", listed(`<Upload><Key>`+encoded+`</Key><UploadId>3</UploadId></Upload>`), 1)
	p.remains(key, []string{key}, purge.Remains{
		Versions:   []purge.Version{{Key: key, ID: "1"}, {Key: key, ID: "2"}},
		Unfinished: []purge.Unfinished{{Key: key, UploadID: "3"}},
	})
}

// A key that cannot be decoded may be one of ours: the look has failed.
func TestLookAtWrongEncoding(t *testing.T) {
	p := newPlace(t)
	p.line.Reply("ListObjectVersions", listed(`<Version><Key>drop/%zz</Key><VersionId>1</VersionId></Version>`), 1)
	if left, err := p.eraser.Look(t.Context(), "drop/a", []string{"drop/a"}); err == nil {
		t.Errorf("found %v", left)
	}
}

func listed(entries string) faultline.Response {
	return faultline.Response{Status: http.StatusOK, Body: "<Result><EncodingType>url</EncodingType>" + entries + "</Result>"}
}

// A look that could not look finds nothing out: it is an error, never an empty answer.
func TestLookFails(t *testing.T) {
	p := newPlace(t)
	for _, operation := range []string{"ListObjectVersions", "ListMultipartUploads"} {
		p.line.Reply(operation, faultline.S3Error(http.StatusForbidden, "AccessDenied", "no"), 1)
		if _, err := p.eraser.Look(t.Context(), "staged/", []string{"staged/a"}); err == nil {
			t.Errorf("%s: no error", operation)
		}
	}
}
