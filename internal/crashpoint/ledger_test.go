package crashpoint

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"waybill/internal/dynamo"
	"waybill/internal/faultline"
	"waybill/internal/kms"
	"waybill/internal/ledger"
	"waybill/internal/localaws/awstest"
	"waybill/internal/tiles"
)

// book is a ledger on the wire: the sequencer over a fault line, and what looks beside it.
type book struct {
	t         *testing.T
	faults    *faultline.Line
	sequencer ledger.Sequencer
	prover    ledger.Prover
}

// newBook makes one. All of a test share a key: making it takes longest.
func newBook(t *testing.T, key string) *book {
	t.Helper()
	cloud := awstest.Start(t)
	b := &book{t: t, faults: faultline.New()}
	table, bucket := cloud.Audit(t), cloud.Bucket(t) // the ledger's table has the audit table's keys
	over := func(cfg aws.Config) ledger.Sequencer {
		return ledger.Sequencer{Origin: "waybill/test", Store: dynamo.OpenLedger(cfg, table, func() time.Time { return noon }),
			Tiles: tiles.Open(cfg, bucket), Signer: kms.NewSigner(cfg, key)}
	}
	cfg := cloud.Config()
	truth := over(cfg)
	b.prover = ledger.Prover{Key: truth.Signer, Store: truth.Store.(dynamo.Ledger), Tiles: truth.Tiles}
	b.faults.Attach(&cfg)
	b.sequencer = over(cfg)
	return b
}

func leaves(from, to int) (all []ledger.Leaf) {
	for n := from; n < to; n++ {
		all = append(all, ledger.Leaf{ID: fmt.Sprintf("evt_%03d", n), Data: fmt.Appendf(nil, "leaf %d", n)})
	}
	return all
}

func (b *book) sequence(all []ledger.Leaf) error {
	_, err := b.sequencer.Sequence(b.t.Context(), all)
	return err
}

// sound wants each leaf to stand in the ledger once, provably, and nothing else.
func (b *book) sound(all []ledger.Leaf) {
	b.t.Helper()
	key, err := b.prover.Key.PublicKey(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	var places []int64
	for chunk := range slices.Chunk(all, 100) {
		ids := make([]string, len(chunk))
		for n, l := range chunk {
			ids[n] = l.ID
		}
		known, err := b.prover.Store.Indices(b.t.Context(), ids)
		if err != nil {
			b.t.Fatal(err)
		}
		places = slices.AppendSeq(places, maps.Values(known))
	}
	for n := 0; n < len(all); n += 45 {
		l := all[n]
		i, err := b.prover.Prove(b.t.Context(), l.ID)
		if err == nil {
			_, err = i.Verify(l.Data, key)
		}
		if err != nil || i.TreeSize != int64(len(all)) {
			b.t.Errorf("%s in a ledger of %d: %v; calls: %v", l.ID, i.TreeSize, err, b.faults.Calls())
			return
		}
	}
	slices.Sort(places)
	if places = slices.Compact(places); len(places) != len(all) {
		b.t.Errorf("%d leaves stand at %d places", len(all), len(places))
	}
}

// TestEveryCallOfTheSequencerFailsBothWays: the stream delivers again what failed, and later leaves come in between.
func TestEveryCallOfTheSequencerFailsBothWays(t *testing.T) {
	t.Parallel()
	key := awstest.Start(t).SigningKey(t)
	for n := 0; ; n++ {
		struck := false
		for _, mode := range []faultline.Mode{faultline.DidNotHappen, faultline.HappenedUnacknowledged} {
			b := newBook(t, key)
			if err := b.sequence(leaves(0, 100)); err != nil {
				t.Fatal(err)
			}
			before := len(b.faults.Calls())
			b.faults.FailAt(before+n, mode)
			failed := b.sequence(leaves(100, 270))
			struck = struck || b.faults.Struck()
			b.faults.Heal()
			if failed != nil {
				if err := b.sequence(leaves(100, 270)); err != nil {
					t.Fatal(err)
				}
			}
			b.sound(leaves(0, 270))
		}
		if !struck {
			return
		}
	}
}

// TestTwoSequencersAtOnce on the wire: overlapping deliveries, on threads of their own.
func TestTwoSequencersAtOnce(t *testing.T) {
	t.Parallel()
	b := newBook(t, awstest.Start(t).SigningKey(t))
	done := make(chan error)
	for n := range 4 {
		go func() {
			var err error
			for from := n * 20; from < n*20+120 && err == nil; from += 40 {
				err = b.sequence(leaves(from, from+40))
			}
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	b.sound(leaves(0, 180))
}

// TestSequencerCalls counts what an append costs, and that nothing is written when nothing is new.
func TestSequencerCalls(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	b := newBook(t, c.signs)
	if err := b.sequence(leaves(0, 10)); err != nil {
		t.Fatal(err)
	}
	c.faults = b.faults
	c.counts("append 90 leaves to the ledger", 14, func() error { return b.sequence(leaves(10, 100)) })
	c.counts("append what stands there", 3, func() error { return b.sequence(leaves(10, 100)) })
}
