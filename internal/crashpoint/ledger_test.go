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
	"waybill/internal/ledger/auditor"
	"waybill/internal/localaws/awstest"
	"waybill/internal/tiles"
)

// book is a ledger on the wire: the sequencer over a fault line, and what looks beside it.
type book struct {
	t         *testing.T
	faults    *faultline.Line
	sequencer ledger.Sequencer
	prover    ledger.Prover
	auditor   *auditor.Auditor
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
	public, err := truth.Signer.PublicKey(t.Context())
	if err == nil {
		b.auditor, err = auditor.New(auditor.Behind(truth.Store.(dynamo.Ledger), truth.Tiles), truth.Origin, public)
	}
	if err != nil {
		t.Fatal(err)
	}
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

// sound wants each leaf to stand in the ledger once, provably, and nothing else: as the cell says, and as somebody else
// computes it from the entry bundles.
func (b *book) sound(all []ledger.Leaf) {
	b.t.Helper()
	if size, err := b.auditor.Look(b.t.Context()); err != nil || size != int64(len(all)) {
		b.t.Errorf("a ledger of %d leaves, want %d: %v; calls: %v", size, len(all), err, b.faults.Calls())
	}
	places := b.places(all)
	if slices.Sort(places); len(slices.Compact(places)) != len(all) {
		b.t.Errorf("%d leaves stand at the places %v", len(all), places)
	}
	for n := 0; n < len(all); n += 45 {
		i, err := b.prover.Prove(b.t.Context(), all[n].ID)
		if err == nil {
			err = b.auditor.Included(b.t.Context(), all[n].Data, i)
		}
		if err != nil {
			b.t.Errorf("%s: %v; calls: %v", all[n].ID, err, b.faults.Calls())
		}
	}
}

func (b *book) places(all []ledger.Leaf) (places []int64) {
	b.t.Helper()
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
	return places
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
			b.sound(leaves(0, 100))
			before := len(b.faults.Calls())
			b.faults.FailAt(before+n, mode)
			failed := b.sequence(leaves(100, 270))
			struck = struck || b.faults.Struck()
			b.faults.Heal()
			deliveries := [][]ledger.Leaf{leaves(270, 280)} // of another shard
			if failed != nil {
				deliveries = append(deliveries, leaves(100, 270))
			}
			for _, delivered := range deliveries {
				if err := b.sequence(delivered); err != nil {
					t.Fatal(err)
				}
			}
			b.sound(leaves(0, 280))
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
	c.counts("append 90 leaves to the ledger", 10, func() error { return b.sequence(leaves(10, 100)) })
	c.counts("append what stands there", 2, func() error { return b.sequence(leaves(10, 100)) })
}
