// Package ledger is the cell's Merkle tree of everything on record: audit entries and deletion certificates.
package ledger

// Leaf is one entry of the tree. Its hash is SHA-256(0x00 || Data), as RFC 6962 has it.
type Leaf struct {
	ID   string // evt_… or crt_…; a leaf stands in the ledger once, however often it is delivered
	Data []byte
}

// Inclusion proves that a leaf stands in the ledger: the member "inclusion" of a certificate.
type Inclusion struct {
	LeafIndex  int64    `json:"leafIndex"`
	TreeSize   int64    `json:"treeSize"`
	Hashes     [][]byte `json:"hashes"`     // the audit path, from the leaf upwards
	Checkpoint string   `json:"checkpoint"` // the signed note of the tree of that size
}
