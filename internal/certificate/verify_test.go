package certificate

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"waybill/internal/ident"
	"waybill/internal/ledger"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	f := facts(3)
	r, err := Verify(served(t, issue(t, f)), publicKey())
	if err != nil {
		t.Fatal(err)
	}
	if r.ID != f.ID || !r.About(f.Org) || r.About(named(ident.Org, 1)) || r.LeafIndex != 6 || r.TreeSize != 11 || r.Key != KeyID(publicKey()) {
		t.Errorf("%+v", r)
	}
	if len(r.Proves) == 0 || len(r.ProvesNot) == 0 || !json.Valid(r.Statement) {
		t.Errorf("%+v", r)
	}
}

// Any byte of the file that is another, and it does not hold: bit 5 is that of the other case, the lowest two are those
// that base64 may have loose.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	file := served(t, issue(t, facts(1)))
	for i := range file {
		for _, bit := range []int{0, 1, 5} {
			altered := bytes.Clone(file)
			altered[i] ^= 1 << bit
			mustNotHold(t, altered, "bit %d of byte %d", bit, i)
		}
	}
}

// Any byte less, any byte twice, and any end of the file that is missing.
func TestNoByteMoreOrLess(t *testing.T) {
	t.Parallel()
	file := served(t, issue(t, facts(1)))
	for i := range file {
		mustNotHold(t, append(bytes.Clone(file[:i]), file[i+1:]...), "without byte %d", i)
		mustNotHold(t, append(bytes.Clone(file[:i+1]), file[i:]...), "byte %d doubled", i)
		mustNotHold(t, file[:i], "cut off after %d bytes", i)
	}
}

func mustNotHold(t *testing.T, file []byte, format string, args ...any) {
	t.Helper()
	if _, err := Verify(file, publicKey()); err == nil {
		t.Errorf("%s: it holds", fmt.Sprintf(format, args...))
	}
}

// replaced is a certificate with a text in it replaced by another.
func replaced(t *testing.T, file []byte, text, by string) []byte {
	t.Helper()
	if !bytes.Contains(file, []byte(text)) {
		t.Fatalf("%s does not stand in %s", text, file)
	}
	return bytes.Replace(file, []byte(text), []byte(by), 1)
}

// signed is an envelope whose payload the cell's key did sign, whatever it is.
func signed(t *testing.T, payload string) []byte {
	t.Helper()
	file, err := spell(envelope{Payload: []byte(payload), PayloadType: payloadType,
		Signatures: []signature{{KeyID(publicKey()), ed25519.Sign(cellKey(), encoding([]byte(payload)))}}})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// The ways in which a file is altered, foreign or broken, and what is said of each.
func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	c, other := issue(t, facts(2)), issue(t, facts(3))
	file, proof := served(t, c), included(t, c.Payload, 6, 11)
	_, strayKey, _ := ed25519.GenerateKey(nil)
	payload, sig := base64.StdEncoding.EncodeToString(c.Payload), envelopeOf(t, c).Signatures[0].Sig
	swap := func(text, by string) []byte { return replaced(t, file, text, by) }
	say := func(text, by string) []byte { return signed(t, string(replaced(t, c.Payload, text, by))) }
	prove := func(alter func(*ledger.Inclusion)) []byte {
		i := proof
		i.Hashes = append([][]byte{}, proof.Hashes...)
		alter(&i)
		text, err := WithInclusion(c.Envelope, i)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, row := range map[string]struct {
		file   []byte
		reason string
	}{
		"nothing":                  {nil, "it is empty"},
		"blanks":                   {[]byte(" \n\n"), "it is empty"},
		"huge":                     {bytes.Repeat([]byte(" "), MaxFile+1), "more than 1048576 bytes"},
		"not JSON":                 {[]byte("PK\x03\x04"), "JSON"},
		"not UTF-8":                {swap("sha256:", "\xff\xfe"), "UTF-8"},
		"another document":         {[]byte(`{"hello":"world"}`), "unknown field"},
		"a list":                   {[]byte("[" + string(file) + "]"), "no certificate"},
		"null":                     {[]byte("null"), "not spelled"},
		"nested":                   {[]byte(strings.Repeat("[", 100_000)), "nested"},
		"cut off":                  {file[:len(file)-1], "cut off"},
		"followed":                 {append(bytes.Clone(file), "{}"...), "follows after its end"},
		"two lines on":             {append(bytes.Clone(file), "\n\n"...), "not spelled"},
		"a byte order mark":        {append([]byte("\ufeff"), file...), "JSON"},
		"member twice":             {swap(`{"payload"`, `{"payload":"","payload"`), `"payload" stands there twice`},
		"member twice, escaped":    {swap(`{"payload"`, `{"\u0070ayload":"","payload"`), `"payload" stands there twice`},
		"inner member twice":       {swap(`"sig":`, `"sig":"","sig":`), `"sig" stands there twice`},
		"member twice, other case": {swap(`{"payload"`, `{"PAYLOAD":"","payload"`), "not spelled"},
		"member in other case":     {swap(`{"payload"`, `{"Payload"`), "not spelled"},
		"member escaped":           {swap(`{"payload"`, `{"p\u0061yload"`), "not spelled"},
		"unknown member":           {swap(`{"payload"`, `{"note":"","payload"`), "unknown field"},
		"other order":              {reordered(t, file), "not spelled"},
		"indented":                 {indented(t, file), "not spelled"},
		"base64 with a line end":   {swap(payload[:8], payload[:8]+`\n`), "not spelled"},
		"base64 for URLs":          {swap(payload, base64.URLEncoding.EncodeToString(append([]byte("\xfb\xff"), c.Payload...))), "illegal base64"},
		"base64 without padding":   {replaced(t, file, b64(sig), strings.TrimRight(b64(sig), "=")), "illegal base64"},
		"base64 with loose bits":   {replaced(t, file, b64(sig), loose(b64(sig))), "not spelled"},
		"no payload":               {swap(`"`+payload+`"`, "null"), "signature"},
		"another payload type":     {swap(payloadType, "application/json"), "payload is of the type"},
		"no signature":             {replaced(t, file, sigs(t, c), ""), "has 0 signatures"},
		"two signatures":           {replaced(t, file, sigs(t, c), sigs(t, c)+","+sigs(t, c)), "has 2 signatures"},
		"another's signature":      {replaced(t, file, b64(sig), b64(envelopeOf(t, other).Signatures[0].Sig)), "signature is not that of the key"},
		"another's payload":        {swap(payload, base64.StdEncoding.EncodeToString(other.Payload)), "signature is not that of the key"},
		"another keyid":            {swap(KeyID(publicKey()), KeyID(strayKey.Public().(ed25519.PublicKey))), "signed with the key"},
		"no keyid":                 {swap(KeyID(publicKey()), ""), "signed with the key"},

		"signed: not JSON":             {signed(t, "hello"), "JSON"},
		"signed: cut off":              {signed(t, string(c.Payload[:len(c.Payload)-1])), "cut off"},
		"signed: another _type":        {say("Statement/v1", "Statement/v0.1"), "of the type"},
		"signed: foreign predicate":    {say(DeletionPredicate, "https://slsa.dev/provenance/v1"), "no certificate of ours"},
		"signed: another of ours":      {say(DeletionPredicate, AddendumPredicate), "unknown field"},
		"signed: member twice":         {say(`"rule":`, `"rule":"","rule":`), `"rule" stands there twice`},
		"signed: twice, escaped":       {say(`"rule":`, `"rul\u0065":"","rule":`), `"rule" stands there twice`},
		"signed: unknown member":       {say(`"rule":`, `"note":"","rule":`), "unknown field"},
		"signed: indented":             {signed(t, string(indented(t, c.Payload))), "not spelled"},
		"signed: no subject":           {say(subjects(t, c), "[]"), "names nothing"},
		"signed: bad digest":           {say(`"sha256":"`, `"sha256":"00`), "no SHA-256 digest"},
		"signed: digest in capitals":   {signed(t, string(capitals(c.Payload))), "no SHA-256 digest"},
		"signed: no time of erasure":   {say(`"erased":"2026-03-14T12:00:02.000Z",`, ""), "not spelled"},
		"signed: time in a zone":       {say("12:00:02.000Z", "12:00:02.000+00:00"), "parsing time"},
		"signed: time to the second":   {say("12:00:02.000Z", "12:00:02Z"), "parsing time"},
		"signed: absent too early":     {say("12:00:03.000Z", "12:00:01.999Z"), "seen to be absent before it was erased"},
		"signed: erased too early":     {say("12:00:02.000Z", "11:59:59.999Z"), "erased before it was intended"},
		"signed: erased before due":    {say(`"dueTo":"2026-03-14T11`, `"dueTo":"2026-03-14T13`), "erased before it was last due"},
		"signed: sealed from after to": {say(`"from":"2026-02-28`, `"from":"2026-03-01`), "last sealed before"},
		"signed: no basis":             {say(`"schedule"`, `"whim"`), "no basis"},
		"signed: an organisation's id": {say(Pseudonym(named(ident.Org, 0)), named(ident.Org, 0)), "pseudonym"},
		"signed: negative counts":      {say(`"objects":2`, `"objects":-2`), "less than nothing"},

		"proof: of another leaf":      {prove(func(i *ledger.Inclusion) { *i = included(t, other.Payload, 6, 11) }), "does not lead"},
		"proof: another index":        {prove(func(i *ledger.Inclusion) { i.LeafIndex = 5 }), "does not lead"},
		"proof: negative index":       {prove(func(i *ledger.Inclusion) { i.LeafIndex = -1 }), "no leaf -1"},
		"proof: index past the end":   {prove(func(i *ledger.Inclusion) { i.LeafIndex = 11 }), "no leaf 11"},
		"proof: another size":         {prove(func(i *ledger.Inclusion) { i.TreeSize = 12 }), "proof of one of 12"},
		"proof: a hash less":          {prove(func(i *ledger.Inclusion) { i.Hashes = i.Hashes[1:] }), "does not lead"},
		"proof: a hash more":          {prove(func(i *ledger.Inclusion) { i.Hashes = append(i.Hashes, make([]byte, 32)) }), "does not lead"},
		"proof: another hash":         {prove(func(i *ledger.Inclusion) { i.Hashes[0] = make([]byte, 32) }), "does not lead"},
		"proof: a short hash":         {prove(func(i *ledger.Inclusion) { i.Hashes[0] = i.Hashes[0][:31] }), "31 bytes"},
		"proof: hashes in disorder":   {prove(func(i *ledger.Inclusion) { i.Hashes[0], i.Hashes[1] = i.Hashes[1], i.Hashes[0] }), "does not lead"},
		"proof: no checkpoint":        {prove(func(i *ledger.Inclusion) { i.Checkpoint = "" }), "names no ledger"},
		"proof: checkpoint of others": {prove(func(i *ledger.Inclusion) { i.Checkpoint = checkpoint(t, strayKey, 11, tlog.Hash{}) }), "key did not sign"},
		"proof: another root":         {prove(func(i *ledger.Inclusion) { i.Checkpoint = checkpoint(t, cellKey(), 11, tlog.Hash{}) }), "does not lead"},
		"proof: signed by others too": {prove(func(i *ledger.Inclusion) { i.Checkpoint += "— witness.example AAAAAAAA\n" }), "not spelled"},
		"proof: null path":            {replaced(t, alone(t, c), `"hashes":[]`, `"hashes":null`), "not spelled"},
	} {
		r, err := Verify(row.file, publicKey())
		if err == nil || !strings.Contains(err.Error(), row.reason) || r.ID != "" {
			t.Errorf("%s: %v, want %q", name, err, row.reason)
		}
	}
}

// What a cell would sign of the other kinds, if it were mistaken.
func TestVerifyRefusesOtherKinds(t *testing.T) {
	t.Parallel()
	another := strings.Repeat("0", 64)
	for _, row := range []struct{ kind, text, by, reason string }{
		{"addendum.json", `"name":"` + named(ident.Certificate, 0), `"name":"` + named(ident.Certificate, 1), "its subject is not"},
		{"addendum.json", `"certificate":"` + named(ident.Certificate, 0), `"certificate":"` + named(ident.Certificate, 90), "addendum to itself"},
		{"addendum.json", `"keyIds":["` + keyARN("1") + `"]`, `"keyIds":["` + keyARN("1") + `","` + keyARN("1") + `"]`, "out of order"},
		{"addendum.json", `"keyIds":["` + keyARN("1") + `"]`, `"keyIds":["b","a"]`, "out of order"},
		{"addendum.json", `"keyIds":["` + keyARN("1") + `"]`, `"keyIds":null`, "under which keys"},
		{"addendum.json", `"objects":1,"versions":2,"multipartUploads":0,"records":1`, `"objects":0,"versions":0,"multipartUploads":0,"records":0`, "nothing had come back"},
		{"termination.json", `"name":"` + Pseudonym(named(ident.Org, 0)), `"name":"` + Pseudonym(named(ident.Org, 1)), "its subject is not"},
		{"termination.json", `{"sha256":"` + Pseudonym(named(ident.Org, 0))[len("sha256:"):], `{"sha256":"` + another, "its subject is not"},
		{"termination.json", `"event-payload":40`, `"Example AG":40`, "no kind of thing"},
		{"termination.json", `"requested":"2026-01`, `"requested":"2026-04`, "due before it was requested"},
	} {
		payload := replaced(t, everyKind(t)[row.kind].Payload, row.text, row.by)
		if _, err := Verify(signed(t, string(payload)), publicKey()); !errors.Is(err, ErrContradiction) || !strings.Contains(err.Error(), row.reason) {
			t.Errorf("%s with %s: %v, want %q", row.kind, row.by, err, row.reason)
		}
	}
}

func TestVerifyWantsTheKey(t *testing.T) {
	t.Parallel()
	file := served(t, issue(t, facts(1)))
	stray, _, _ := ed25519.GenerateKey(nil)
	for reason, key := range map[string]ed25519.PublicKey{"signed with the key": stray, ErrNoKey.Error(): publicKey()[1:]} {
		if _, err := Verify(file, key); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%v, want %q", err, reason)
		}
	}
}

// The only entry of a ledger has no path; that is none, not an unknown one.
func TestAloneInTheLedger(t *testing.T) {
	t.Parallel()
	c := issue(t, facts(1))
	i := included(t, c.Payload, 0, 1)
	i.Hashes = nil
	file, err := WithInclusion(c.Envelope, i)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(file, publicKey()); err != nil || !bytes.Contains(file, []byte(`"hashes":[]`)) {
		t.Errorf("%s: %v", file, err)
	}
}

// A certificate that is not in the ledger yet says so, and nothing else is wrong with it.
func TestVerifyWithoutInclusion(t *testing.T) {
	t.Parallel()
	c := issue(t, facts(1))
	r, err := Verify(c.Envelope, publicKey())
	if !errors.Is(err, ErrNotInLedger) || r.ID != c.ID || r.LeafIndex != -1 {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := Verify(append(served(t, c), '\n'), publicKey()); err != nil || r.ID != c.ID {
		t.Errorf("with a line end: %+v, %v", r, err)
	}
}

func envelopeOf(t *testing.T, c Certificate) (e envelope) {
	t.Helper()
	if err := json.Unmarshal(c.Envelope, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func b64(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// loose changes bits that decoding passes over: an Ed25519 signature ends in "==", with four of them before it.
func loose(s string) string {
	last := len(s) - 3
	return s[:last] + string(s[last]+1) + "=="
}

func sigs(t *testing.T, c Certificate) string {
	t.Helper()
	text, err := spell(envelopeOf(t, c).Signatures)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(string(text), "[]")
}

func subjects(t *testing.T, c Certificate) string {
	t.Helper()
	var s struct{ Subject json.RawMessage }
	if err := json.Unmarshal(c.Payload, &s); err != nil {
		t.Fatal(err)
	}
	return string(s.Subject)
}

// reordered has the members in the order of their names.
func reordered(t *testing.T, file []byte) []byte {
	t.Helper()
	var members map[string]json.RawMessage
	if err := json.Unmarshal(file, &members); err != nil {
		t.Fatal(err)
	}
	text, err := spell(members)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func indented(t *testing.T, file []byte) []byte {
	t.Helper()
	var text bytes.Buffer
	if err := json.Indent(&text, file, "", " "); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// capitals spells the first digest in them.
func capitals(payload []byte) []byte {
	at := bytes.Index(payload, []byte(`"sha256":"`)) + len(`"sha256":"`)
	return append(append(bytes.Clone(payload[:at]), bytes.ToUpper(payload[at:at+64])...), payload[at+64:]...)
}

// alone is the certificate that is the ledger's only entry.
func alone(t *testing.T, c Certificate) []byte {
	t.Helper()
	file, err := WithInclusion(c.Envelope, included(t, c.Payload, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(file, publicKey()); err != nil {
		t.Fatal(err)
	}
	return file
}
