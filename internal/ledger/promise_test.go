package ledger_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
)

// What other ledgers were found not to keep.

// Every record of a batch that a stream delivers counts, not the last one alone.
func TestEveryLeafOfADeliveryCounts(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 300))
	for n := range 300 {
		inclusion := prove(t, l, n)
		if _, err := inclusion.Verify(leaf(n).Data, l.Key()); err != nil || inclusion.LeafIndex != int64(n) {
			t.Fatalf("leaf %d stands at %d: %v", n, inclusion.LeafIndex, err)
		}
	}
}

// One that cannot be taken in refuses its delivery, and neither adds half of it nor holds up what was committed before.
func TestBadLeafAmongGoodOnes(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 3))
	if err := l.Append(t.Context(), 3, leavesOf(3, 5)); err != nil {
		t.Fatal(err)
	}
	delivery := append(leavesOf(5, 50), ledger.Leaf{ID: "evt_bad", Data: make([]byte, ledger.MostData+1)})
	report, err := l.Sequencer().Sequence(t.Context(), append(delivery, leavesOf(50, 60)...))
	if err == nil || report != (ledger.Report{Size: 5}) {
		t.Errorf("%+v, %v", report, err)
	}
	holds(t, l, 5)
}

// What waits to be published does not wait for what comes after it.
func TestPublishesWhatWaitedFirst(t *testing.T) {
	t.Parallel()
	l := grown(t, 3)
	if err := l.Append(t.Context(), 3, leavesOf(3, 5)); err != nil {
		t.Fatal(err)
	}
	sequence(t, l, leavesOf(5, 9))
	var sizes []int64
	for _, c := range checkpoints(t, l) {
		sizes = append(sizes, c.Size)
	}
	if !slices.Equal(sizes, []int64{0, 3, 5, 9}) {
		t.Errorf("published at %d", sizes)
	}
}

// While nothing can be published, what is delivered is committed all the same, and published when that can be.
func TestCommitsWhatCannotBePublished(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	l.Decide(func(call string) ledgertest.Fate {
		return map[bool]ledgertest.Fate{true: ledgertest.Lost}[call == "Sign"]
	})
	for n := range 3 {
		report, err := l.Sequencer().Sequence(t.Context(), leavesOf(n*10, n*10+10))
		if err == nil || report != (ledger.Report{Committed: 10}) {
			t.Errorf("%+v, %v", report, err)
		}
	}
	l.Decide(nil)
	sequence(t, l, nil)
	holds(t, l, 30)
}

// DynamoDB takes 100 items in a transaction and 400 KB in an item: leaves of any size are cut to that.
func TestBatchesFitOneTransaction(t *testing.T) {
	t.Parallel()
	l, r := ledgertest.New(), rand.New(rand.NewPCG(5, 6))
	for name, most := range map[string]int{"small": 500, "as certificates": 5000, "any": ledger.MostData} {
		all := leavesOf(0, 230)
		for n := range all {
			all[n] = ledger.Leaf{ID: name + all[n].ID, Data: make([]byte, r.IntN(most+1))}
		}
		sequence(t, l, all)
	}
	holds(t, l, 3*230)
}

// Forgetting what old leaves said leaves every proof as it was, and the ledger grows on: proofs need hashes alone.
func TestProofsOutliveForgottenLeaves(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 600))
	l.Replace("tile/entries/000", nil)
	l.Replace("tile/entries/001", nil)
	sequence(t, l, leavesOf(600, 900))
	for _, n := range []int{0, 255, 256, 511, 512, 899} {
		if _, err := prove(t, l, n).Verify(leaf(n).Data, l.Key()); err != nil {
			t.Errorf("leaf %d: %v", n, err)
		}
	}
}

// A proof outlives the service: it is verified from its own JSON and the public key.
func TestProofIsAllThatIsNeeded(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 300))
	text, err := json.Marshal(prove(t, l, 299))
	if err != nil {
		t.Fatal(err)
	}
	var kept ledger.Inclusion
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	c, err := kept.Verify(leaf(299).Data, l.Key())
	if err != nil || c.Origin != ledgertest.Origin || c.Size != 300 {
		t.Errorf("%s: %+v, %v", text, c, err)
	}
}
