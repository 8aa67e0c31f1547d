package certificate

import (
	"bytes"
	"encoding/json"
	"testing"
)

// Whatever a file has in it, nothing panics, and only what the cell issued is accepted, to the byte.
func FuzzVerify(f *testing.F) {
	issued := map[string]bool{}
	for _, name := range []string{"deletion.json", "addendum.json", "termination.json"} {
		file := golden(f, name)
		issued[string(file)] = true
		f.Add(file)
		f.Add(append(bytes.Clone(file), '\n'))
		f.Add(bytes.Replace(file, []byte(`"sig"`), []byte(`"si\u0067"`), 1))
	}
	f.Add([]byte(`{"payload":"","payloadType":"application/vnd.in-toto+json","signatures":[]}`))
	f.Add([]byte(`[[[[[[[[[[[[[[[[[[[[`))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, err := Verify(file, publicKey()); err == nil && !issued[string(bytes.TrimSuffix(file, []byte("\n")))] {
			t.Errorf("accepted what was not issued: %q", file)
		}
	})
}

// Whatever a cell would sign, nothing panics, and what is accepted is read the same by whoever reads it: there is one
// spelling, and every member is known.
func FuzzPayload(f *testing.F) {
	for name := range map[string]bool{"deletion.json": true, "addendum.json": true, "termination.json": true} {
		var e envelope
		if err := json.Unmarshal(golden(f, name), &e); err != nil {
			f.Fatal(err)
		}
		f.Add(e.Payload)
	}
	schema := description(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, err := read(payload)
		if err != nil {
			return
		}
		if r.ID == "" || len(r.Says) == 0 {
			t.Errorf("accepted, and nothing said: %s", payload)
		}
		if err := fits(t, schema, payload); err != nil {
			t.Errorf("accepted what the schema refuses: %v", err)
		}
	})
}
