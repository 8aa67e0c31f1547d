package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"

	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
)

// A client that somebody else wrote, for any log of C2SP tlog-tiles, reads ours over HTTP: it finds the checkpoint signed,
// proves each entry to stand under its root, and that what it saw before was extended and not changed.
func TestAnotherClientReadsTheLedger(t *testing.T) {
	t.Parallel()
	c := newCell(t)
	server := httptest.NewServer(c.handler)
	t.Cleanup(server.Close)
	root, err := url.Parse(server.URL + "/v1/ledger/")
	c.must(err)
	log, err := client.NewHTTPFetcher(root, http.DefaultClient)
	c.must(err)
	key, err := ledger.VerifierKey(ledgertest.Origin, c.ledger.Key())
	c.must(err)
	verifier, err := note.NewVerifier(key)
	c.must(err)

	var seen []byte
	for _, more := range []int{1, 253, 2, 300} { // two are there already
		c.grow(more)
		tracker, err := client.NewLogStateTracker(t.Context(), log.ReadTile, seen, verifier, ledgertest.Origin, client.UnilateralConsensus(log.ReadCheckpoint))
		c.must(err)
		_, _, now, err := tracker.Update(t.Context())
		c.must(err)
		seen = now
		checkpoint, _, _, err := client.FetchCheckpoint(t.Context(), log.ReadCheckpoint, verifier, ledgertest.Origin)
		c.must(err)
		c.provenBy(log, checkpoint.Size, checkpoint.Hash)
	}
}

// grow puts more leaves into the ledger.
func (c *cell) grow(more int) {
	c.t.Helper()
	size := len(c.ledger.Ledgered())
	var all []ledger.Leaf
	for n := size; n < size+more; n++ {
		all = append(all, ledger.Leaf{ID: fmt.Sprintf("evt_%d", n), Data: fmt.Appendf(nil, "leaf %d", n)})
	}
	_, err := c.ledger.Sequencer().Sequence(context.Background(), all)
	c.must(err)
}

func (c *cell) provenBy(log *client.HTTPFetcher, size uint64, root []byte) {
	c.t.Helper()
	builder, err := client.NewProofBuilder(c.t.Context(), size, log.ReadTile)
	c.must(err)
	for index := uint64(0); index < size; index += 37 {
		bundle, err := client.GetEntryBundle(c.t.Context(), log.ReadEntryBundle, index/256, size)
		c.must(err)
		path, err := builder.InclusionProof(c.t.Context(), index)
		c.must(err)
		leaf := rfc6962.DefaultHasher.HashLeaf(bundle.Entries[index%256])
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, size, leaf, path, root); err != nil {
			c.t.Errorf("entry %d of %d: %v", index, size, err)
		}
	}
}
