package ledger_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
)

func archive(l *ledgertest.Ledger, tiles ledger.Tiles) ledger.Archive {
	return ledger.Archive{Key: l, Store: l, Tiles: tiles}
}

// TestTheArchiveHandsOnEveryLeaf in order, whatever the last bundle and the tree look like.
func TestTheArchiveHandsOnEveryLeaf(t *testing.T) {
	t.Parallel()
	for _, size := range []int{0, 1, 2, 3, 255, 256, 257, 600, 16*256 + 5} {
		l := ledgertest.New()
		want := leavesOf(0, size)
		sequence(t, l, want)
		n := 0
		err := archive(l, l).Each(t.Context(), func(index int64, data []byte) error {
			if int(index) != n || !bytes.Equal(data, want[n].Data) {
				t.Errorf("size %d: leaf %d is %q", size, index, data)
			}
			n++
			return nil
		})
		if err != nil || n != size {
			t.Errorf("size %d: %d leaves, %v", size, n, err)
		}
		if size > 0 {
			last, err := archive(l, l).At(t.Context(), int64(size-1))
			if err != nil || !bytes.Equal(last, want[size-1].Data) {
				t.Errorf("size %d: the last is %q, %v", size, last, err)
			}
		}
	}
}

// altered hands out tiles of which one byte of one bundle is another.
type altered struct {
	ledger.Tiles
	at int
}

func (a altered) Get(ctx context.Context, path string) ([]byte, error) {
	data, err := a.Tiles.Get(ctx, path)
	if err == nil && strings.HasPrefix(path, "tile/entries/001") {
		data = bytes.Clone(data)
		data[a.at] ^= 1
	}
	return data, err
}

// TestTheArchiveBelievesTheCheckpointAlone: a certificate that somebody took out of a bundle would otherwise not be
// missed.
func TestTheArchiveBelievesTheCheckpointAlone(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 600))
	for _, at := range []int{0, 1, 2, 700} {
		err := archive(l, altered{l, at}).Each(t.Context(), func(int64, []byte) error { return nil })
		if err == nil {
			t.Errorf("byte %d is another one, and nothing is said", at)
		}
	}
}
