package staging

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"waybill/internal/purge"
)

// Look lists what lies under the keys, which are sorted and share the prefix: every version, delete marker and unfinished
// multipart upload of theirs, and nothing of any other key. It walks both listings at once.
func (e Eraser) Look(ctx context.Context, prefix string, keys []string) (purge.Remains, error) {
	var r purge.Remains
	if len(keys) == 0 {
		return r, nil
	}
	prefix = common(prefix, keys)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		found, err := walk(ctx, prefix, keys, e.versions)
		for _, m := range found {
			r.Versions = append(r.Versions, purge.Version{Key: m.key, ID: m.id})
		}
		return doing("listing versions", err)
	})
	g.Go(func() error {
		found, err := walk(ctx, prefix, keys, e.unfinished)
		for _, m := range found {
			r.Unfinished = append(r.Unfinished, purge.Unfinished{Key: m.key, UploadID: m.id})
		}
		return doing("listing multipart uploads", err)
	})
	return r, g.Wait()
}

// mark is one entry of a listing, and the place behind it: S3 begins a page after the mark it is given.
type mark struct{ key, id string }

// listing is one page of S3's, in the order of keys.
type listing struct {
	marks     []mark
	truncated bool
	last      mark // where the page ended, when it is truncated
}

// lister asks for the page after a mark; the zero mark is the beginning of the prefix.
type lister func(ctx context.Context, prefix string, after mark) (listing, error)

// walk goes through the keys in order and finds their marks. From the end of a page it goes on at the next key, over
// whatever lies between: so it takes no more pages than there are keys and pages full of what they hold, and no more than
// the range from the first to the last.
func walk(ctx context.Context, prefix string, keys []string, list lister) (found []mark, err error) {
	at := mark{}
	if start := before(keys[0]); strings.HasPrefix(start, prefix) {
		at.key = start
	}
	for {
		page, err := list(ctx, prefix, at)
		if err != nil {
			return nil, err
		}
		for _, m := range page.marks {
			if _, ours := slices.BinarySearch(keys, m.key); ours {
				found = append(found, m)
			}
		}
		next, more := onward(page, keys)
		if !more {
			return found, nil
		}
		if next == at {
			return nil, fmt.Errorf("S3 goes round in circles after %d entries", len(found))
		}
		at = next
	}
}

// onward is where the page after this one begins; there is none when no key lies ahead.
func onward(p listing, keys []string) (next mark, more bool) {
	i, within := slices.BinarySearch(keys, p.last.key)
	if !p.truncated || i == len(keys) {
		return mark{}, false
	}
	if start := before(keys[i]); !within && start > p.last.key {
		return mark{key: start}, true
	}
	return p.last, true
}

// before is the place in the order just before the key: the key whose last character is the one before, or, where that is
// not plain, the key without it. What lies between the two is passed over by the walk.
func before(key string) string {
	last, size := utf8.DecodeLastRuneInString(key)
	stem := key[:len(key)-size]
	if '!' < last && last < utf8.RuneSelf {
		return stem + string(last-1)
	}
	return stem
}

// common lengthens the prefix as far as all keys agree. They are sorted, so the first and the last decide.
func common(prefix string, keys []string) string {
	first, last := keys[0], keys[len(keys)-1]
	n := len(prefix)
	for n < len(first) && n < len(last) && first[n] == last[n] {
		n++
	}
	for n < len(first) && n > len(prefix) && !utf8.RuneStart(first[n]) {
		n--
	}
	return first[:n]
}
