package staging

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// bucket is a listing of S3's held in memory, in small pages. S3 documents a key marker alone as "begin after"; some of
// its imitators begin at it.
type bucket struct {
	marks     []mark
	size      int
	inclusive bool
	pages     int
}

func (b *bucket) list(_ context.Context, prefix string, after mark) (listing, error) {
	b.pages++
	var p listing
	for i, m := range b.marks {
		if !strings.HasPrefix(m.key, prefix) || !b.beyond(i, after) {
			continue
		}
		if len(p.marks) == b.size {
			p.truncated, p.last = true, p.marks[b.size-1]
			break
		}
		p.marks = append(p.marks, m)
	}
	return p, nil
}

// beyond tells whether the i-th entry lies behind the marker.
func (b *bucket) beyond(i int, after mark) bool {
	if after.id == "" {
		return b.marks[i].key > after.key || b.inclusive && b.marks[i].key == after.key
	}
	return i > slices.Index(b.marks, after)
}

// Whatever lies in the bucket, a walk finds exactly what lies under the keys. It takes no more pages than the range from the
// first to the last holds, and when nothing is left, no more than there are keys.
func TestWalk(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2000) {
		b, keys, want := scene(rand.New(rand.NewPCG(seed, 1)))
		got, err := walk(t.Context(), common("p/", keys), keys, b.list)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("seed %d: found %v, %v, want %v", seed, got, err, want)
		}
		most := 1 + b.within(keys)/b.size
		if len(want) == 0 {
			most = min(most, len(keys))
		}
		if b.pages > most && !b.inclusive {
			t.Fatalf("seed %d: %d pages, want at most %d", seed, b.pages, most)
		}
	}
}

// scene is a bucket, some of its keys, and what lies under these: nothing in every second scene, as after an erasure.
func scene(r *rand.Rand) (b *bucket, keys []string, want []mark) {
	b = &bucket{size: 1 + r.IntN(5), inclusive: r.IntN(4) == 0}
	erased := r.IntN(2) == 0
	for i := range 1 + r.IntN(60) {
		key := fmt.Sprintf("p/%03d", 2*i) // no two are next to each other, as no two ids are
		ours := i == 0 || r.IntN(4) == 0
		if ours {
			keys = append(keys, key)
		}
		for v := range r.IntN(5) {
			switch m := (mark{key, fmt.Sprint("v", v)}); {
			case !ours:
				b.marks = append(b.marks, m)
			case !erased:
				b.marks, want = append(b.marks, m), append(want, m)
			}
		}
	}
	return b, keys, want
}

// within counts what lies from the first key to the last.
func (b *bucket) within(keys []string) (n int) {
	for _, m := range b.marks {
		if m.key >= keys[0] && m.key <= keys[len(keys)-1] {
			n++
		}
	}
	return n
}

// A listing that does not get on is an error, not an endless walk.
func TestWalkInCircles(t *testing.T) {
	t.Parallel()
	stuck := func(context.Context, string, mark) (listing, error) { return listing{truncated: true}, nil }
	if found, err := walk(t.Context(), "p/", []string{"p/a", "p/b"}, stuck); err == nil {
		t.Errorf("found %v", found)
	}
}

// No place before a key hides the key, and a prefix never ends within a character.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		keys   []string
		common string
		before string
	}{
		{[]string{"p/"}, "p/", "p."},
		{[]string{"p/abc"}, "p/abc", "p/abb"},
		{[]string{"p/abc", "p/abd"}, "p/ab", "p/abb"},
		{[]string{"p/ab", "p/abc"}, "p/ab", "p/aa"},
		{[]string{"p/é", "p/è"}, "p/", "p/"},
		{[]string{"p/xé", "p/xè"}, "p/x", "p/x"},
	} {
		if got := common("p/", test.keys); got != test.common {
			t.Errorf("common(%q) = %q, want %q", test.keys, got, test.common)
		}
		if got := before(test.keys[0]); got != test.before {
			t.Errorf("before(%q) = %q, want %q", test.keys[0], got, test.before)
		}
	}
}
