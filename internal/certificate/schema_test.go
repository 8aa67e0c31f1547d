package certificate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// description is infra/deletion-certificate.schema.json, as others would compile it.
func description(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../../infra/deletion-certificate.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("certificate.json", document); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("certificate.json")
}

func fits(t testing.TB, schema *jsonschema.Schema, payload []byte) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(document)
}

func TestSchemaAdmitsWhatIsIssued(t *testing.T) {
	t.Parallel()
	schema := description(t)
	for name, c := range everyKind(t) {
		if err := fits(t, schema, c.Payload); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := facts(1)
	f.Org, f.Lines[0].KeyARN, f.Lines[0].SHA256, f.Lines[0].Sealed = "", "", "", time.Time{}
	if err := fits(t, schema, issue(t, f).Payload); err != nil {
		t.Errorf("a stranger's: %v", err)
	}
}

// The schema and Verify agree: a member that is missing, another, or one too many is refused by both. Only Verify sees
// contradictions, and the order of members.
func TestSchemaAndVerifyAgree(t *testing.T) {
	t.Parallel()
	schema := description(t)
	for name, c := range everyKind(t) {
		for _, m := range members(t, c.Payload) {
			called := name + ", " + string(c.Payload[m.name:m.value])
			agree(t, schema, called+" missing", m.without(c.Payload))
			for _, other := range []string{"null", `""`, `"text"`, "1.5", "-1", "true", "[]", "{}"} {
				agree(t, schema, called+other, m.with(c.Payload, other))
			}
			agree(t, schema, called+" after another", bytes.Join([][]byte{c.Payload[:m.name], c.Payload[m.name:]}, []byte(`"more":1,`)))
		}
	}
}

func agree(t *testing.T, schema *jsonschema.Schema, what string, payload []byte) {
	t.Helper()
	bySchema := fits(t, schema, payload)
	_, err := read(payload)
	if bySchema != nil && err == nil {
		t.Errorf("%s: only the schema refuses it: %v", what, bySchema)
	}
	if bySchema == nil && err != nil && !errors.Is(err, ErrContradiction) && !errors.Is(err, errSpelling) {
		t.Errorf("%s: only Verify refuses it: %v", what, err)
	}
}

// member is where one stands in a text without blanks: its name, its value, and the end of that.
type member struct{ name, value, end int }

func (m member) with(text []byte, value string) []byte {
	return bytes.Join([][]byte{text[:m.value], text[m.end:]}, []byte(value))
}

func (m member) without(text []byte) []byte {
	if text[m.end] == ',' {
		m.end++
	} else if text[m.name-1] == ',' {
		m.name--
	}
	return append(bytes.Clone(text[:m.name]), text[m.end:]...)
}

// members are all there are, at any depth.
func members(t *testing.T, text []byte) (found []member) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	var walk func()
	walk = func() {
		opening, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		if _, nested := opening.(json.Delim); !nested {
			return
		}
		for decoder.More() {
			var m member
			if opening == json.Delim('{') {
				name, _ := decoder.Token()
				m.value = int(decoder.InputOffset()) + len(":")
				m.name = m.value - len(fmt.Sprintf("%q:", name))
			}
			walk()
			if m.end = int(decoder.InputOffset()); m.value > 0 {
				found = append(found, m)
			}
		}
		_, _ = decoder.Token()
	}
	walk()
	return found
}
