package ledger_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"waybill/internal/ledger"
	"waybill/internal/ledger/ledgertest"
)

// signer has the private half of a key, as note.Sign wants it.
type signer struct {
	note.Verifier
	sign func([]byte) ([]byte, error)
}

func (s signer) Sign(message []byte) ([]byte, error) { return s.sign(message) }

// forge signs a text with the ledger's own key: whatever it says, the signature holds.
func forge(t testing.TB, l *ledgertest.Ledger, origin, text string) string {
	t.Helper()
	key, err := ledger.VerifierKey(origin, l.Key())
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(key)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(&note.Note{Text: text}, signer{v, func(m []byte) ([]byte, error) { return l.Sign(context.Background(), m) }})
	if err != nil {
		t.Skip(err) // no note has such a text
	}
	return string(signed)
}

var someRoot = base64.StdEncoding.EncodeToString(make([]byte, 32))

// A signature is no reason to believe what no ledger says.
func TestOpenCheckpoint(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	for name, row := range map[string]struct{ text, refused string }{
		"a checkpoint":        {"o\n7\n" + someRoot + "\n", ""},
		"of nothing":          {"o\n0\n" + someRoot + "\n", ""},
		"the greatest":        {fmt.Sprintf("o\n%d\n%s\n", int64(ledger.MostSize), someRoot), ""},
		"an extension":        {"o\n7\n" + someRoot + "\nmore\nand more\n", ""},
		"greater":             {fmt.Sprintf("o\n%d\n%s\n", int64(ledger.MostSize)+1, someRoot), "no size"},
		"as great as can be":  {"o\n9223372036854775807\n" + someRoot + "\n", "no size"},
		"greater than counts": {"o\n18446744073709551616\n" + someRoot + "\n", "no size"},
		"below zero":          {"o\n-1\n" + someRoot + "\n", "no size"},
		"minus zero":          {"o\n-0\n" + someRoot + "\n", "no size"},
		"a sign":              {"o\n+7\n" + someRoot + "\n", "no size"},
		"a leading zero":      {"o\n07\n" + someRoot + "\n", "no size"},
		"a space":             {"o\n7 \n" + someRoot + "\n", "no size"},
		"other digits":        {"o\n٧\n" + someRoot + "\n", "no size"},
		"hexadecimal":         {"o\n0x7\n" + someRoot + "\n", "no size"},
		"no size":             {"o\n\n" + someRoot + "\n", "no size"},
		"no root":             {"o\n7\n", "three lines"},
		"an empty root":       {"o\n7\n\n", "empty"},
		"a short root":        {"o\n7\n" + someRoot[4:] + "\n", "no root"},
		"a long root":         {"o\n7\nAAAA" + someRoot + "\n", "no root"},
		"loose bits":          {"o\n7\n" + strings.Replace(someRoot, "A=", "B=", 1) + "\n", "no root"},
		"another alphabet":    {"o\n7\n" + strings.Replace(someRoot, "AA", "_-", 1) + "\n", "no root"},
		"an empty extension":  {"o\n7\n" + someRoot + "\n\nmore\n", "empty"},
		"only an origin":      {"o\n", "three lines"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := ledger.OpenCheckpoint(forge(t, l, "o", row.text), l.Key())
			switch {
			case row.refused == "" && (err != nil || c.Origin != "o"):
				t.Errorf("%+v, %v", c, err)
			case row.refused != "" && (err == nil || !strings.Contains(err.Error(), row.refused)):
				t.Errorf("%+v, %v; want it refused: %s", c, err, row.refused)
			}
		})
	}
}

// What the signature does not cover, or who made it.
func TestOpenForeignCheckpoint(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	good := forge(t, l, "o", "o\n7\n"+someRoot+"\n")
	text, signatures, _ := strings.Cut(good, "\n\n")
	seed := sha256.Sum256([]byte("another key"))
	other := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	for name, signed := range map[string]string{
		"nothing":                   "",
		"no signature":              text + "\n",
		"no line of a signature":    text + "\n\n",
		"cut short":                 good[:len(good)-3],
		"no end of the last line":   strings.TrimSuffix(good, "\n"),
		"signed for another origin": forge(t, l, "p", "o\n7\n"+someRoot+"\n"),
		"another size":              strings.Replace(good, "\n7\n", "\n8\n", 1),
		"lines of Windows":          strings.ReplaceAll(good, "\n", "\r\n"),
		"an origin of none":         "\n7\n" + someRoot + "\n\n" + signatures,
		"a name that is none":       "a b\n7\n" + someRoot + "\n\n" + strings.Replace(signatures, "o", "a b", 1),
		"no UTF-8":                  "\xff\n7\n" + someRoot + "\n\n" + signatures,
		"a thousand signatures":     text + "\n\n" + strings.Repeat(signatures, 1000),
		"ten megabytes":             strings.Repeat("x", 10<<20),
	} {
		if c, err := ledger.OpenCheckpoint(signed, l.Key()); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for name, key := range map[string]ed25519.PublicKey{"another": other, "none": nil, "a short": other[:31], "zeros": make([]byte, 32)} {
		if _, err := ledger.OpenCheckpoint(good, key); err == nil {
			t.Errorf("%s key is believed", name)
		}
	}
	twice := text + "\n\n" + signatures + signatures
	cosigned := good + "— witness.example " + base64.StdEncoding.EncodeToString(make([]byte, 68)) + "\n"
	for name, signed := range map[string]string{"one": good, "the same line twice": twice, "a witness's beside it": cosigned} {
		if _, err := ledger.OpenCheckpoint(signed, l.Key()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzCheckpoint: what is believed is what the text says, and no signed text keeps a reader busy.
func FuzzCheckpoint(f *testing.F) {
	l := ledgertest.New()
	f.Add("o\n7\n" + someRoot + "\n")
	f.Add("o\n4611686018427387905\n" + someRoot + "\n")
	f.Add("o\n7\n" + someRoot + "\n\n— o AAAA\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ledger.OpenCheckpoint(forge(t, l, "o", text), l.Key())
		if err != nil {
			return
		}
		said := fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
		if !strings.HasPrefix(text, said) || c.Size < 0 {
			t.Errorf("%q was read as %+v", text, c)
		}
		i := ledger.Inclusion{LeafIndex: c.Size - 1, TreeSize: c.Size, Hashes: make([][]byte, 60), Checkpoint: forge(t, l, "o", text)}
		if _, err := i.Verify(nil, l.Key()); err == nil {
			t.Errorf("%q proves anything", text)
		}
	})
}

// checkpoints are those that were published, opened, and the empty ledger's before them.
func checkpoints(t *testing.T, l *ledgertest.Ledger) []ledger.Checkpoint {
	t.Helper()
	list := []ledger.Checkpoint{{Origin: ledgertest.Origin, Root: sha256.Sum256(nil)}}
	for _, signed := range l.Checkpoints() {
		c, err := ledger.OpenCheckpoint(signed, l.Key())
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

// Every checkpoint continues every older one, and none a younger.
func TestContinues(t *testing.T) {
	t.Parallel()
	l, size := ledgertest.New(), 0
	for _, n := range []int{1, 1, 2, 100, 151, 1, 1, 300, 211} {
		sequence(t, l, leavesOf(size, size+n))
		size += n
	}
	list := checkpoints(t, l)
	for i, older := range list {
		for j, c := range list {
			if err := c.Continues(t.Context(), older, l); (err == nil) != (i <= j) {
				t.Errorf("%d leaves after %d: %v", c.Size, older.Size, err)
			}
		}
	}
}

// Whoever kept a checkpoint notices when the ledger was put back to an older state and went on otherwise, though the
// cell's own key signed both.
func TestContinuesRefuses(t *testing.T) {
	t.Parallel()
	l := ledgertest.New()
	sequence(t, l, leavesOf(0, 300))
	fork := l.Clone()
	sequence(t, l, leavesOf(300, 310))
	sequence(t, fork, leavesOf(500, 600))
	kept, forked := checkpoints(t, l), checkpoints(t, fork)
	last := forked[len(forked)-1]
	if err := last.Continues(t.Context(), kept[len(kept)-2], fork); err != nil {
		t.Errorf("what stands in both: %v", err)
	}
	for name, older := range map[string]ledger.Checkpoint{
		"what the fork lacks": kept[len(kept)-1],
		"another origin":      {Origin: "other", Size: 300, Root: kept[len(kept)-2].Root},
		"another root":        {Origin: ledgertest.Origin, Size: last.Size},
		"a root of nothing":   {Origin: ledgertest.Origin},
		"below zero":          {Origin: ledgertest.Origin, Size: -1},
	} {
		if err := last.Continues(t.Context(), older, fork); err == nil {
			t.Errorf("%s is continued", name)
		}
	}
	if err := last.Continues(t.Context(), kept[len(kept)-2], l); err == nil {
		t.Error("another ledger's tiles are believed")
	}
}
