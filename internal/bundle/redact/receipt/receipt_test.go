package receipt_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"waybill/internal/bundle/redact/receipt"
)

var (
	key     = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public  = key.Public().(ed25519.PublicKey)
	another = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize)).Public().(ed25519.PublicKey)
)

func example() receipt.Receipt {
	return receipt.Receipt{
		Version: receipt.Version, Rules: "waybill-redaction/1", When: time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC), KeyID: "sha256:00",
		Before: receipt.Digest{SHA256: "aa", Size: 10}, After: receipt.Digest{SHA256: "bb", Size: 12},
		Counts:   map[string]receipt.Count{"email": {Values: 1, Places: 2, Kept: true}},
		Files:    []receipt.File{{Name: "a.log", Lines: 3, Counts: map[string]int{"email": 2}}},
		Dropped:  []receipt.Left{{Name: "heap.hprof", Format: "hprof", Rule: "binary", Reason: "nobody can look into it"}},
		Withheld: []receipt.Left{}, Notes: []string{},
		Residual: receipt.Residual{Values: 1, Forms: []string{"plain"}, Shapes: []string{"email"}},
	}
}

func signed(t testing.TB) []byte {
	t.Helper()
	file, err := receipt.Sign(example(), "redacted.zip", key)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestSignedReceiptSaysTheSame(t *testing.T) {
	t.Parallel()
	got, err := receipt.Verify(signed(t), public)
	if err != nil || !reflect.DeepEqual(got, example()) {
		t.Errorf("%+v, %v", got, err)
	}
	if !got.Is(receipt.Digest{SHA256: "bb", Size: 12}) || got.Is(receipt.Digest{SHA256: "aa", Size: 10}) {
		t.Error("it is about another bundle")
	}
}

// The library of DSSE's authors takes the envelope for one, and its message for what was signed.
func TestEnvelopeIsDSSE(t *testing.T) {
	t.Parallel()
	var e dsse.Envelope
	if err := json.Unmarshal(signed(t), &e); err != nil {
		t.Fatal(err)
	}
	payload, err := e.DecodeB64Payload()
	if err != nil {
		t.Fatal(err)
	}
	sig, err := base64.StdEncoding.DecodeString(e.Signatures[0].Sig)
	if err != nil || !ed25519.Verify(public, dsse.PAE(e.PayloadType, payload), sig) {
		t.Errorf("the signature does not hold: %v", err)
	}
	for _, want := range []string{`"_type":"https://in-toto.io/Statement/v1"`, `"name":"redacted.zip","digest":{"sha256":"bb"}`, `"predicateType":"https://waybill.dev/receipts/redaction/v1"`} {
		if !bytes.Contains(payload, []byte(want)) {
			t.Errorf("%s lacks %s", payload, want)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	file := string(signed(t))
	altered := example()
	altered.Residual.Found = 1
	dishonest, err := receipt.Sign(altered, "redacted.zip", key)
	if err != nil {
		t.Fatal(err)
	}
	later := example()
	later.Version = 2
	newer, err := receipt.Sign(later, "redacted.zip", key)
	if err != nil {
		t.Fatal(err)
	}
	payload := file[strings.Index(file, `"payload":"`)+len(`"payload":"`):]
	for name, row := range map[string]struct {
		file string
		key  ed25519.PublicKey
		want error
	}{
		"another key":         {file, another, receipt.ErrSignature},
		"no key":              {file, nil, receipt.ErrForm},
		"another payload":     {strings.Replace(file, payload[:8], "AAAAAAAA", 1), public, receipt.ErrSignature},
		"no signature":        {file[:strings.Index(file, `"signatures"`)] + `"signatures":[]}`, public, receipt.ErrSignature},
		"another type":        {strings.Replace(file, "vnd.in-toto+json", "json", 1), public, receipt.ErrForm},
		"something behind it": {file + "{}", public, receipt.ErrForm},
		"no receipt":          {"{}", public, receipt.ErrForm},
		"nothing":             {"", public, receipt.ErrForm},
		"something was found": {string(dishonest), public, receipt.ErrForm},
		"a later version":     {string(newer), public, receipt.ErrForm},
	} {
		if _, err := receipt.Verify([]byte(row.file), row.key); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
}

// Nothing that is read from outside makes it panic, and nothing but what was signed is believed.
func FuzzVerify(f *testing.F) {
	f.Add(signed(f))
	f.Add([]byte(`{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"","sig":""}]}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		if r, err := receipt.Verify(file, public); err == nil && !reflect.DeepEqual(r, example()) {
			t.Errorf("believed %+v", r)
		}
	})
}
