// Package ledger is the cell's Merkle tree of everything on record: audit entries and deletion certificates.
//
// A leaf's hash is SHA-256(0x00 || data) and a node's SHA-256(0x01 || left || right), as RFC 6962, section 2.1, has it.
// Hashes and proofs are golang.org/x/mod/sumdb/tlog, checkpoints golang.org/x/mod/sumdb/note: the code behind Go's own
// checksum database (BSD, no dependencies, small enough for a function); what is public of the ledger has the formats of
// C2SP tlog-tiles, tlog-checkpoint and signed-note, so that any client of those reads it.
//
// # How a leaf gets in
//
//  1. A [Sequencer] commits leaves to the [Store]: the head moves from size n to n+k, the leaves lie in a batch from n on,
//     and each id is bound to its index, all in one transaction. That is where order is made: it happens or it does not,
//     and a leaf that stands already, however often and late it is delivered, stops it.
//  2. It writes the entry bundles and tiles that the new leaves fill or begin. They follow from what is committed and
//     nothing else, so that two who do it at once write the same bytes, and doing it again harms nothing. What lies there
//     already is built upon only when it leads to the root that the last checkpoint signs.
//  3. It signs a checkpoint of the new size.
//  4. It moves what the head says is published. Only now may anybody see the checkpoint, and its tiles are there.
//
// A crash between any two of them leaves committed leaves unpublished, which the next call finishes first. There is no
// other state: no gap, no fork, no leaf twice. When nothing is delivered nothing is written.
//
// Proofs need hashes alone. Entry bundles can be taken away, all but the last, and every proof holds as before.
//
// It holds no person: an audit entry's leaf is its public half (package audit), a certificate names no one.
package ledger

// Leaf is one entry of the tree.
type Leaf struct {
	ID   string // evt_… or crt_…; a leaf stands in the ledger once, however often it is delivered
	Data []byte // at most MostData bytes
}

// MostData is how long a leaf can be, in bytes: entry bundles write the length in 16 bits (C2SP tlog-tiles).
const MostData = 1<<16 - 1

// Inclusion proves that a leaf stands in the ledger: the member "inclusion" of a certificate.
type Inclusion struct {
	LeafIndex  int64    `json:"leafIndex"`
	TreeSize   int64    `json:"treeSize"`
	Hashes     [][]byte `json:"hashes"`     // the audit path, from the leaf upwards
	Checkpoint string   `json:"checkpoint"` // the signed note of the tree of that size
}
