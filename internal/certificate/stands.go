package certificate

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/ledger"
)

// once tells whether a checkpoint has one signature, in base64's one spelling: package note passes over loose bits, and
// over signatures by keys that it does not know.
func once(checkpoint string) bool {
	_, signatures, _ := strings.Cut(checkpoint, "\n\n")
	line, found := strings.CutSuffix(signatures, "\n")
	sig := line[strings.LastIndexByte(line, ' ')+1:]
	b, err := base64.StdEncoding.DecodeString(sig)
	return found && !strings.Contains(line, "\n") && err == nil && base64.StdEncoding.EncodeToString(b) == sig
}

func stands(i ledger.Inclusion, leaf []byte, key ed25519.PublicKey) error {
	if !once(i.Checkpoint) {
		return errSpelling
	}
	origin, _, _ := strings.Cut(i.Checkpoint, "\n")
	pub := append([]byte{1}, key...)
	h := sha256.Sum256(append([]byte(origin+"\n"), pub...))
	v, err := note.NewVerifier(fmt.Sprintf("%s+%08x+%s", origin, binary.BigEndian.Uint32(h[:4]), base64.StdEncoding.EncodeToString(pub)))
	if err != nil {
		return err
	}
	n, err := note.Open([]byte(i.Checkpoint), note.VerifierList(v))
	if err != nil {
		return err
	}
	lines := strings.Split(n.Text, "\n")
	var size int64
	if _, err := fmt.Sscan(lines[1], &size); err != nil || size != i.TreeSize {
		return errors.New("another size")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return err
	}
	var p tlog.RecordProof
	for _, x := range i.Hashes {
		if len(x) != 32 {
			return errors.New("a hash of another size")
		}
		p = append(p, tlog.Hash(x))
	}
	return tlog.CheckRecord(p, i.TreeSize, root, i.LeafIndex, tlog.RecordHash(leaf))
}
