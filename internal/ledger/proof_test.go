package ledger_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"waybill/internal/fault"
	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
)

// What anybody does to a proof is noticed.
func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 300))
	older := prove(t, l, 7)
	sequence(t, l, leavesOf(300, 700))
	good := prove(t, l, 7)
	const path, foreign, signed = "does not lead", "names no ledger", "key did not sign"
	for name, row := range map[string]struct {
		change  func(*ledger.Inclusion)
		because string
	}{
		"another leaf's index":    {func(i *ledger.Inclusion) { i.LeafIndex++ }, path},
		"an index below zero":     {func(i *ledger.Inclusion) { i.LeafIndex = -1 }, "no leaf -1"},
		"the least index":         {func(i *ledger.Inclusion) { i.LeafIndex = math.MinInt64 }, "no leaf"},
		"an index beyond":         {func(i *ledger.Inclusion) { i.LeafIndex = i.TreeSize }, "no leaf 700"},
		"another size":            {func(i *ledger.Inclusion) { i.TreeSize-- }, "one of 699"},
		"no size":                 {func(i *ledger.Inclusion) { i.TreeSize = 0 }, "one of 0"},
		"the greatest size":       {func(i *ledger.Inclusion) { i.TreeSize = math.MaxInt64 }, "proof of one of"},
		"no hashes":               {func(i *ledger.Inclusion) { i.Hashes = nil }, path},
		"a hash less":             {func(i *ledger.Inclusion) { i.Hashes = i.Hashes[1:] }, path},
		"a hash more":             {func(i *ledger.Inclusion) { i.Hashes = append(i.Hashes, i.Hashes[0]) }, path},
		"a hash twice":            {func(i *ledger.Inclusion) { i.Hashes[1] = i.Hashes[0] }, path},
		"a thousand hashes":       {func(i *ledger.Inclusion) { i.Hashes = slices.Repeat(i.Hashes, 100) }, "1000 hashes"},
		"hashes in another order": {func(i *ledger.Inclusion) { slices.Reverse(i.Hashes) }, path},
		"a short hash":            {func(i *ledger.Inclusion) { i.Hashes[0] = i.Hashes[0][1:] }, "31 bytes"},
		"a long hash":             {func(i *ledger.Inclusion) { i.Hashes[0] = append(i.Hashes[0], 0) }, "33 bytes"},
		"an empty hash":           {func(i *ledger.Inclusion) { i.Hashes[0] = nil }, "0 bytes"},
		"a changed hash":          {func(i *ledger.Inclusion) { i.Hashes[2] = bytes.Repeat([]byte{1}, 32) }, path},
		"an older proof":          {func(i *ledger.Inclusion) { i.Hashes = older.Hashes }, path},
		"an older checkpoint":     {func(i *ledger.Inclusion) { i.Checkpoint = older.Checkpoint }, "ledger of 300 leaves"},
		"no checkpoint":           {func(i *ledger.Inclusion) { i.Checkpoint = "" }, foreign},
		"an unsigned one":         {func(i *ledger.Inclusion) { i.Checkpoint, _, _ = strings.Cut(i.Checkpoint, "—") }, signed},
		"one of another origin":   {func(i *ledger.Inclusion) { i.Checkpoint = strings.Replace(i.Checkpoint, "test", "tent", 1) }, signed},
		"one of another size": {func(i *ledger.Inclusion) {
			i.Checkpoint, i.TreeSize = strings.Replace(i.Checkpoint, "\n700\n", "\n701\n", 1), 701
		}, signed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := good
			changed.Hashes = slices.Clone(good.Hashes)
			row.change(&changed)
			_, err := changed.Verify(leaf(7).Data, l.Key())
			if !errors.Is(err, fault.BadInput) || !strings.Contains(err.Error(), row.because) {
				t.Errorf("%v; want it refused: %s", err, row.because)
			}
		})
	}
	if _, err := good.Verify(leaf(8).Data, l.Key()); err == nil {
		t.Error("another leaf is believed")
	}
	if _, err := good.Verify(leaf(7).Data, make([]byte, 32)); err == nil {
		t.Error("another key is believed")
	}
	for _, sound := range []ledger.Inclusion{good, older} {
		if _, err := sound.Verify(leaf(7).Data, l.Key()); err != nil {
			t.Error(err)
		}
	}
}

// What is committed and not yet published cannot be proven, nor what was never told.
func TestProveOnlyWhatIsPublished(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 3))
	if err := l.Append(t.Context(), 3, leavesOf(3, 4)); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{3, 99} {
		if _, err := l.Prover().Prove(t.Context(), leaf(n).ID); !errors.Is(err, fault.NotFound) {
			t.Errorf("leaf %d: %v", n, err)
		}
	}
	sequence(t, l, nil)
	prove(t, l, 3)
}

func prove(t testing.TB, l *ledgertest.Ledger, n int) ledger.Inclusion {
	t.Helper()
	i, err := l.Prover().Prove(t.Context(), leaf(n).ID)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func FuzzInclusion(f *testing.F) {
	l := ledgertest.New()
	if _, err := l.Sequencer().Sequence(f.Context(), leavesOf(0, 300)); err != nil {
		f.Fatal(err)
	}
	good := prove(f, l, 7)
	text, err := json.Marshal(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		var i ledger.Inclusion
		if json.Unmarshal(text, &i) != nil {
			return
		}
		if c, err := i.Verify(leaf(7).Data, l.Key()); err == nil && (i.LeafIndex != 7 || c.Size != 300) {
			t.Errorf("believed: %s", text)
		}
	})
}
