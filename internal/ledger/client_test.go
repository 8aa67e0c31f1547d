package ledger_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/api/layout"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"

	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
)

// served is the ledger as a client of C2SP tlog-tiles has it. The client is Tessera's: it shares no code with ours but the
// notes, and spells the paths itself.
type served struct {
	*ledgertest.Ledger
	checkpoint string
}

func (s served) ReadCheckpoint(context.Context) ([]byte, error) { return []byte(s.checkpoint), nil }

func (s served) ReadTile(ctx context.Context, level, index uint64, width uint8) ([]byte, error) {
	return s.read(ctx, layout.TilePath(level, index, width))
}

func (s served) ReadEntryBundle(ctx context.Context, index uint64, width uint8) ([]byte, error) {
	return s.read(ctx, layout.EntriesPath(index, width))
}

func (s served) read(ctx context.Context, path string) ([]byte, error) {
	data, err := s.Get(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, os.ErrNotExist)
	}
	return data, nil
}

// grown is a ledger that was published at each of these sizes.
func grown(t *testing.T, sizes ...int) *ledgertest.Ledger {
	t.Helper()
	l, size := ledgertest.New(), 0
	for _, next := range sizes {
		sequence(t, l, leavesOf(size, next))
		size = next
	}
	return l
}

// serve answers what a client sees of it, and by which key it knows its checkpoints.
func serve(t *testing.T, l *ledgertest.Ledger) (served, note.Verifier) {
	t.Helper()
	key, err := ledger.VerifierKey(ledgertest.Origin, l.Key())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	return served{l, l.Checkpoints()[len(l.Checkpoints())-1]}, verifier
}

// sizes of ledgers, each with the edges of its tiles elsewhere, and one of three levels.
func sizes(t *testing.T) map[int]*ledgertest.Ledger {
	all := map[int]*ledgertest.Ledger{great: greatLedger().Clone()}
	for _, size := range []int{1, 2, 7, 255, 256, 257, 511, 700} {
		all[size] = grown(t, size)
	}
	return all
}

func leafHashes(bundle []byte) (hashes [][]byte, err error) {
	var entries api.EntryBundle
	err = entries.UnmarshalText(bundle)
	for _, data := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(data))
	}
	return hashes, err
}

// Tessera's checker of logs rebuilds the tree from the bundles, and every tile and the root from that.
func TestOthersCheckTheLedger(t *testing.T) {
	t.Parallel()
	for size, l := range sizes(t) {
		s, verifier := serve(t, l)
		check := func() error {
			return fsck.New(ledgertest.Origin, verifier, s, leafHashes, fsck.Opts{N: 2}).Check(t.Context())
		}
		if err := check(); err != nil {
			t.Errorf("%d leaves: %v", size, err)
		}
		last := layout.EntriesPath(uint64(size-1)/256, uint8(size%256))
		l.Replace(last, slices.Concat([]byte{0, 1, '!'}, make([]byte, 2*((size-1)%256))))
		if check() == nil {
			t.Errorf("%d leaves: it checks nothing", size)
		}
	}
}

// Whoever follows the ledger from checkpoint to checkpoint finds each consistent with the one before.
func TestOthersFollowTheLedger(t *testing.T) {
	t.Parallel()
	l := grown(t, 1, 2, 3, 99, 256, 257, 300, 600, 1100)
	s, verifier := serve(t, l)
	s.checkpoint = l.Checkpoints()[0]
	tracker, err := client.NewLogStateTracker(t.Context(), s.ReadTile, []byte(s.checkpoint), verifier, ledgertest.Origin,
		func(ctx context.Context, v note.Verifier, origin string) (*log.Checkpoint, []byte, *note.Note, error) {
			return client.FetchCheckpoint(ctx, s.ReadCheckpoint, v, origin)
		})
	if err != nil {
		t.Fatal(err)
	}
	for _, signed := range l.Checkpoints() {
		s.checkpoint = signed
		if _, _, _, err := tracker.Update(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if got := tracker.Latest().Size; got != 1100 {
		t.Errorf("they follow to %d leaves", got)
	}
}

// Others prove every leaf from our tiles as we do, and find our proof to hold.
func TestOthersProveTheSame(t *testing.T) {
	t.Parallel()
	for size, l := range sizes(t) {
		s, verifier := serve(t, l)
		c, _, _, err := log.ParseCheckpoint([]byte(s.checkpoint), ledgertest.Origin, verifier)
		if err != nil {
			t.Fatal(err)
		}
		builder, err := client.NewProofBuilder(t.Context(), c.Size, s.ReadTile)
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < size; n += max(1, size/200) {
			ours := prove(t, l, n)
			theirs, err := builder.InclusionProof(t.Context(), uint64(n))
			if err != nil || !slices.EqualFunc(ours.Hashes, theirs, slices.Equal[[]byte]) {
				t.Fatalf("leaf %d of %d: we say %x, they say %x: %v", n, size, ours.Hashes, theirs, err)
			}
			hash := sha256.Sum256(append([]byte{0}, leaf(n).Data...))
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(ours.LeafIndex), c.Size, hash[:], ours.Hashes, c.Hash); err != nil {
				t.Fatalf("leaf %d of %d: %v", n, size, err)
			}
		}
	}
}
