package ledger_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

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
	for name, change := range map[string]func(*ledger.Inclusion){
		"another leaf's index":           func(i *ledger.Inclusion) { i.LeafIndex++ },
		"an index below zero":            func(i *ledger.Inclusion) { i.LeafIndex = -1 },
		"an index beyond the tree":       func(i *ledger.Inclusion) { i.LeafIndex = i.TreeSize },
		"another size":                   func(i *ledger.Inclusion) { i.TreeSize-- },
		"no size":                        func(i *ledger.Inclusion) { i.TreeSize = 0 },
		"a hash less":                    func(i *ledger.Inclusion) { i.Hashes = i.Hashes[1:] },
		"a hash more":                    func(i *ledger.Inclusion) { i.Hashes = append(i.Hashes, i.Hashes[0]) },
		"a thousand hashes":              func(i *ledger.Inclusion) { i.Hashes = slices.Repeat(i.Hashes, 1000) },
		"hashes in another order":        func(i *ledger.Inclusion) { slices.Reverse(i.Hashes) },
		"a short hash":                   func(i *ledger.Inclusion) { i.Hashes[0] = i.Hashes[0][1:] },
		"a changed hash":                 func(i *ledger.Inclusion) { i.Hashes[2] = bytes.Repeat([]byte{1}, 32) },
		"an older checkpoint":            func(i *ledger.Inclusion) { i.Checkpoint = older.Checkpoint },
		"an older proof":                 func(i *ledger.Inclusion) { i.Hashes = older.Hashes },
		"no checkpoint":                  func(i *ledger.Inclusion) { i.Checkpoint = "" },
		"an unsigned checkpoint":         func(i *ledger.Inclusion) { i.Checkpoint, _, _ = strings.Cut(i.Checkpoint, "—") },
		"a checkpoint of another origin": func(i *ledger.Inclusion) { i.Checkpoint = strings.Replace(i.Checkpoint, "test", "tent", 1) },
		"a checkpoint of another size": func(i *ledger.Inclusion) {
			i.Checkpoint, i.TreeSize = strings.Replace(i.Checkpoint, "\n700\n", "\n701\n", 1), 701
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := good
			changed.Hashes = slices.Clone(good.Hashes)
			change(&changed)
			if _, err := changed.Verify(leaf(7).Data, l.Key()); err == nil {
				t.Error("it is believed")
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
		if _, err := l.Prover().Prove(t.Context(), leaf(n).ID); err == nil {
			t.Errorf("leaf %d is proven", n)
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
