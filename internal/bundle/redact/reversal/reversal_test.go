package reversal_test

import (
	"bytes"
	"errors"
	"testing"

	"filippo.io/age"

	"waybill/internal/bundle/redact/reversal"
)

func identity(t testing.TB) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// written is a map with a rule and an exception.
func written(t testing.TB, to age.Recipient) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := reversal.NewWriter(&out, reversal.Header{KeyID: "sha256:00", Bundle: "bb"}, to)
	for _, r := range []reversal.Rule{{"192.0.2.1", "10.0.0.1"}, {"192.0.2.10", "10.0.0.10"}, {"bada@lika.example", "<jane@corp.de>"}} {
		if err == nil {
			err = w.Rule(r)
		}
	}
	if err == nil {
		err = w.Exception(reversal.Exception{File: "a.log", At: []int64{10, 24}, Rule: reversal.Rule{Pseudonym: "192.0.2.1", Origin: "10.9.9.9"}})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRestore(t *testing.T) {
	t.Parallel()
	id := identity(t)
	m, err := reversal.Read(bytes.NewReader(written(t, id.Recipient())), id)
	if err != nil {
		t.Fatal(err)
	}
	const text = "192.0.2.1 192.0.2.1 and 192.0.2.1, 192.0.2.10 192.0.2.100 bada@lika.example"
	for file, want := range map[string]string{
		"a.log": "10.0.0.1 10.9.9.9 and 10.9.9.9, 10.0.0.10 192.0.2.100 <jane@corp.de>",
		"b.log": "10.0.0.1 10.0.0.1 and 10.0.0.1, 10.0.0.10 192.0.2.100 <jane@corp.de>",
	} {
		if got := string(m.Restore(file, []byte(text))); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
	excerpt, left := m.RestoreExcerpt([]byte("192.0.2.1 192.0.2.10 bada@lika.example"))
	if string(excerpt) != "192.0.2.1 10.0.0.10 <jane@corp.de>" || left != 1 {
		t.Errorf("%q, %d left", excerpt, left)
	}
	if m.Header != (reversal.Header{Version: reversal.Version, KeyID: "sha256:00", Bundle: "bb"}) {
		t.Errorf("%+v", m.Header)
	}
}

// Another's key, a cut map, a changed one and what is none are refused.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	id := identity(t)
	file := written(t, id.Recipient())
	changed := bytes.Clone(file)
	changed[len(changed)-5] ^= 1
	encrypted := func(text string) []byte {
		var out bytes.Buffer
		w, err := age.Encrypt(&out, id.Recipient())
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	for name, row := range map[string]struct {
		file  []byte
		id    age.Identity
		isMap bool // it is said to be no map
	}{
		"another's key": {file, identity(t), false}, "cut short": {file[:len(file)-20], id, false}, "changed": {changed, id, false}, "nothing": {nil, id, false},
		"nothing in it": {encrypted(""), id, true}, "a later version": {encrypted(`{"version":2}`), id, true}, "no header": {encrypted(`{"pseudonym":"a","origin":"b"}`), id, true}, "no JSON": {encrypted("hello"), id, true},
	} {
		if _, err := reversal.Read(bytes.NewReader(row.file), row.id); err == nil || errors.Is(err, reversal.ErrNotMap) != row.isMap {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is in a map, reading it ends, and text without pseudonyms stays as it is.
func FuzzRead(f *testing.F) {
	id := identity(f)
	f.Add([]byte(`{"version":1,"keyId":"a","bundle":"b"}` + "\n" + `{"pseudonym":"192.0.2.1","origin":"10.0.0.1"}` + "\n" + `{"exception":{"file":"a","at":[1,2],"pseudonym":"192.0.2.1","origin":"x"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var out bytes.Buffer
		w, err := age.Encrypt(&out, id.Recipient())
		if err == nil {
			_, err = w.Write(text)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		if m, err := reversal.Read(&out, id); err == nil && string(m.Restore("a", []byte("short"))) != "short" {
			t.Error("something too short was replaced")
		}
	})
}
