package certificate

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"waybill/internal/ident"
)

// cellKey is the key of a cell in a test: the same one for ever, or the golden files would not verify.
func cellKey() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("a cell in a test"))
	return ed25519.NewKeyFromSeed(seed[:])
}

func publicKey() ed25519.PublicKey { return cellKey().Public().(ed25519.PublicKey) }

// pen signs as KMS does: no message longer than it takes.
type pen struct {
	ed25519.PrivateKey
	signed int
}

func (p *pen) Sign(_ context.Context, message []byte) ([]byte, error) {
	if len(message) > 4096 {
		return nil, fmt.Errorf("ValidationException: the message has %d bytes", len(message))
	}
	p.signed++
	return ed25519.Sign(p.PrivateKey, message), nil
}

var noon = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func named(prefix string, n int) string {
	return ident.Derive(prefix, noon.Add(time.Duration(n)*time.Second), fmt.Sprint(prefix, n))
}

// line is thing n of a purge: sealed fourteen days before noon, a second after the one before it. Of every third thing
// nobody stated a digest.
func line(n int) Line {
	sealed := noon.Add(-14*24*time.Hour - time.Hour + time.Duration(n)*time.Second)
	l := Line{Upload: named(ident.Upload, n), Key: fmt.Sprintf("staged/org/debug/%d", n), VersionID: fmt.Sprintf("version-%d", n), Size: int64(n),
		KeyARN: keyARN("1"), Sealed: sealed, Due: sealed.Add(14 * 24 * time.Hour), Deleted: Counts{Objects: 1, Versions: 1}}
	if n%3 != 2 {
		sum := sha256.Sum256([]byte{byte(n), byte(n >> 8)})
		l.SHA256 = base64.StdEncoding.EncodeToString(sum[:])
	}
	return l
}

func keyARN(n string) string {
	return "arn:aws:kms:eu-central-1:123456789012:key/" + strings.Replace("00000000-0000-0000-0000-000000000000", "0", n, 1)
}

// facts are those of a purge of n things, at noon.
func facts(n int) Facts {
	f := Facts{ID: named(ident.Certificate, 0), Org: named(ident.Org, 0), Cell: "eu", Region: "eu-central-1",
		Bucket: "waybill-staging-123456789012-eu-central-1", Rule: "debug", Basis: Schedule, Intent: named(ident.Intent, 0), Intended: noon,
		Erased: noon.Add(2 * time.Second), VerifiedAbsent: noon.Add(3 * time.Second), Function: "waybill-purge:7"}
	for i := range n {
		f.Lines = append(f.Lines, line(i))
	}
	f.Counts = Counts{Objects: n, Versions: n}
	return f
}

func issue(t testing.TB, f Facts) Certificate {
	t.Helper()
	c, err := Issue(t.Context(), &pen{PrivateKey: cellKey()}, KeyID(publicKey()), f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
