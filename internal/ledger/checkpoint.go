package ledger

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/fault"
)

// Signer signs with the cell's key, whose private half nobody has.
type Signer interface {
	// Sign answers the Ed25519 signature of a message of at most 4,096 bytes.
	Sign(ctx context.Context, message []byte) ([]byte, error)
	Key
}

// Key is the public half of the cell's key.
type Key interface {
	PublicKey(ctx context.Context) (ed25519.PublicKey, error)
}

// Checkpoint is what a signed note says of the tree (C2SP tlog-checkpoint).
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
}

func (c Checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// sign answers the signed note of c.
func (c Checkpoint) sign(ctx context.Context, s Signer) (string, error) {
	key, err := s.PublicKey(ctx)
	if err != nil {
		return "", err
	}
	verifier, err := verifier(c.Origin, key)
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: c.text()}, remote{verifier, ctx, s})
	if err != nil {
		return "", fmt.Errorf("signing the checkpoint of size %d: %w", c.Size, err)
	}
	return string(signed), nil
}

// remote lets a key that only KMS has sign a note. It lives as long as one signature.
type remote struct {
	note.Verifier
	ctx    context.Context
	signer Signer
}

func (r remote) Sign(message []byte) ([]byte, error) { return r.signer.Sign(r.ctx, message) }

// VerifierKey is the cell's key as clients of signed notes are given it: "name+hash+key".
func VerifierKey(origin string, key ed25519.PublicKey) (string, error) {
	if len(key) != ed25519.PublicKeySize {
		return "", fmt.Errorf("an Ed25519 key has %d bytes, not %d", ed25519.PublicKeySize, len(key))
	}
	return note.NewEd25519VerifierKey(origin, key)
}

func verifier(origin string, key ed25519.PublicKey) (note.Verifier, error) {
	text, err := VerifierKey(origin, key)
	if err != nil {
		return nil, err
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("%q cannot name a ledger: %w", origin, err)
	}
	return v, nil
}

// mostNote is how long a checkpoint can be, in bytes: a text that KMS signs, and a hundred signatures.
const mostNote = 32 << 10

// OpenCheckpoint reads a signed note and answers what it says, if the key signed it under the origin that it names.
func OpenCheckpoint(signed string, key ed25519.PublicKey) (Checkpoint, error) {
	if len(signed) > mostNote {
		return Checkpoint{}, broken("it is too long")
	}
	origin, _, _ := strings.Cut(signed, "\n")
	v, err := verifier(origin, key)
	if err != nil {
		return Checkpoint{}, broken("its first line names no ledger")
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, broken("the key did not sign it")
	}
	return parseCheckpoint(n.Text)
}

// MostSize is how many leaves a ledger can have: more than any has, and what JSON writes exactly (RFC 8259, section 6).
// Package tlog counts without end beyond 1<<62.
const MostSize = 1<<53 - 1

// parseCheckpoint reads the text of a note: origin, size and root, each a line; lines that follow are extensions, which
// say nothing to us and are not empty.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 4 {
		return Checkpoint{}, broken("it has fewer than three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || size > MostSize || lines[1] != strconv.FormatInt(size, 10) {
		return Checkpoint{}, broken("its second line is no size")
	}
	if slices.Contains(lines[:len(lines)-1], "") {
		return Checkpoint{}, broken("a line of it is empty")
	}
	c := Checkpoint{Origin: lines[0], Size: size}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || copy(c.Root[:], root) != tlog.HashSize || len(root) != tlog.HashSize {
		return Checkpoint{}, broken("its third line is no root hash")
	}
	return c, nil
}

// Continues refuses c unless its tree begins with the whole of older's: nothing that stood there was taken away, changed
// or moved. It asks no more of the ledger than its tiles, and those prove themselves.
func (c Checkpoint) Continues(ctx context.Context, older Checkpoint, tiles Tiles) error {
	if older.Origin != c.Origin {
		return fault.BadInput.Because("The checkpoints are of two ledgers.")
	}
	if older.Size < 0 || older.Size > c.Size {
		return fault.BadInput.Because("The ledger had %d leaves and has %d.", older.Size, c.Size)
	}
	root, err := tlog.TreeHash(older.Size, c.hashes(ctx, tiles))
	if err != nil {
		return fmt.Errorf("reading the ledger as it was: %w", err)
	}
	if root != older.Root {
		return fault.BadInput.Because("The ledger's first %d leaves are not those that it had.", older.Size)
	}
	return nil
}

func broken(why string) error { return fault.BadInput.Because("The checkpoint is no good: %s.", why) }
