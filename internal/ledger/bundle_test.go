package ledger_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/transparency-dev/tessera/api"

	"waybill/internal/ledger"
)

func TestEntries(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		bundle string
		want   []string
		bad    bool
	}{
		{"", nil, false},
		{"\x00\x00", []string{""}, false},
		{"\x00\x01a\x00\x00\x00\x02bc", []string{"a", "", "bc"}, false},
		{"\x00", nil, true},
		{"\x00\x02a", nil, true},
		{"\xff\xffa", nil, true},
		{"\x00\x01a\x00", nil, true},
	} {
		list, err := ledger.Entries([]byte(row.bundle))
		same := slices.EqualFunc(list, row.want, func(got []byte, want string) bool { return string(got) == want })
		if (err != nil) != row.bad || !row.bad && !same {
			t.Errorf("%q: %q, %v", row.bundle, list, err)
		}
	}
}

// FuzzEntries: what can be taken apart can be put together again, and another implementation takes it apart so.
func FuzzEntries(f *testing.F) {
	f.Add([]byte{0, 1, 'a', 0, 0})
	f.Add([]byte{0, 9, 'a'})
	f.Fuzz(func(t *testing.T, bundle []byte) {
		list, err := ledger.Entries(bundle)
		if len(list) > 256 {
			return // theirs has room for one bundle
		}
		var other api.EntryBundle
		otherErr := other.UnmarshalText(bundle)
		if (err == nil) != (otherErr == nil) {
			t.Errorf("%x: %v, others say %v", bundle, err, otherErr)
		}
		if err == nil && !slices.EqualFunc(list, other.Entries, bytes.Equal) {
			t.Errorf("%x: %x, others say %x", bundle, list, other.Entries)
		}
	})
}
