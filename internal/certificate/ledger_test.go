package certificate

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/ledger"
)

// origin is the name under which the ledger of these tests signs.
const origin = "waybill.example/eu"

// included puts a leaf among others into a tree of that size, and answers its proof.
func included(t testing.TB, leaf []byte, index, size int64) ledger.Inclusion {
	t.Helper()
	var hashes []tlog.Hash
	stored := tlog.HashReaderFunc(func(at []int64) (found []tlog.Hash, err error) {
		for _, i := range at {
			found = append(found, hashes[i])
		}
		return found, nil
	})
	for n := range size {
		record := fmt.Append(nil, "entry ", n)
		if n == index {
			record = leaf
		}
		more, err := tlog.StoredHashes(n, record, stored)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, more...)
	}
	root, rootErr := tlog.TreeHash(size, stored)
	path, err := tlog.ProveRecord(size, index, stored)
	if rootErr != nil || err != nil {
		t.Fatal(rootErr, err)
	}
	i := ledger.Inclusion{LeafIndex: index, TreeSize: size, Hashes: [][]byte{}, Checkpoint: checkpoint(t, cellKey(), size, root)}
	for _, h := range path {
		i.Hashes = append(i.Hashes, h[:])
	}
	return i
}

// checkpoint is a C2SP checkpoint, signed with that key.
func checkpoint(t testing.TB, key ed25519.PrivateKey, size int64, root tlog.Hash) string {
	t.Helper()
	public := append([]byte{1}, key.Public().(ed25519.PublicKey)...)
	id := sha256.Sum256(append([]byte(origin+"\n"), public...))
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", origin, binary.BigEndian.Uint32(id[:]),
		base64.StdEncoding.EncodeToString(append([]byte{1}, key.Seed()...))))
	if err != nil {
		t.Fatal(err)
	}
	text, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)}, signer)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// served is a certificate as GET /v1/certificates/{crt} answers it: entry 7 of 11.
func served(t testing.TB, c Certificate) []byte {
	t.Helper()
	file, err := WithInclusion(c.Envelope, included(t, c.Payload, 6, 11))
	if err != nil {
		t.Fatal(err)
	}
	return file
}
