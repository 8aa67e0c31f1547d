package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"waybill/internal/fault"
	"waybill/internal/hold"
	"waybill/internal/migration"
	"waybill/internal/org"
	"waybill/internal/upload"
)

func seeds(f *testing.F) {
	for _, route := range []string{"POST /v1/orgs/{org}/migrations", "PATCH /v1/migrations/{mig}", "POST /v1/uploads/{upl}/complete", "POST /v1/orgs/{org}/uploads",
		"POST /v1/orgs/{org}/holds", "POST /v1/holds/{hld}/release", "POST /v1/orgs/{org}/termination"} {
		f.Add([]byte(exampleOf(route)))
	}
	for _, text := range []string{`null`, `{}`, `{"a":{"a":[[{}]]}}`, `{"name":"x","name":"y"}`, `{"size":1e3}`, `{"parts":[{"number":-0}]}`, "{\"\xff\":1}", `{"scope":{"apps":null}}`, `{"":0}`, `{"-":0}`} {
		f.Add([]byte(text))
	}
}

// What is taken means the same to every reader: encoding/json, told to be strict, reads the same, and writing it and
// reading it again changes nothing. What is not taken is refused, and never by a panic.
func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		decodes[migration.Draft](t, text)
		decodes[upload.Draft](t, text)
		decodes[parts](t, text)
		decodes[hold.Draft](t, text)
		decodes[org.Ask](t, text)
		decodes[struct{}](t, text)
	})
}

func decodes[T any](t *testing.T, text []byte) {
	var got, strict, again T
	if err := decode(text, &got); err != nil {
		refusedAs(t, err)
		return
	}
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.DisallowUnknownFields()
	if err := reader.Decode(&strict); err != nil || !reflect.DeepEqual(got, strict) {
		t.Errorf("%q is %+v to us and %+v to others: %v", text, got, strict, err)
	}
	if err := decode(encode(got), &again); err != nil && !hasNil(got) || err == nil && !bytes.Equal(encode(got), encode(again)) {
		t.Errorf("%+v is written as %s, which is %+v: %v", got, encode(got), again, err)
	}
}

// hasNil: a list that was left out is written as null, which no body may hold.
func hasNil(v any) bool { return bytes.Contains(encode(v), []byte("null")) }

func refusedAs(t *testing.T, err error) {
	var refusal *fault.Refusal
	if !errors.As(err, &refusal) || refusal.Kind != fault.Malformed && refusal.Kind != fault.BadInput || refusal.Kind == fault.BadInput && len(refusal.Fields) == 0 {
		t.Errorf("it was refused by %v", err)
	}
}

// A patch that is taken can be applied to any draft, and applied twice it changes no more than once.
func FuzzPatch(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		change, err := patch(text)
		if err != nil {
			refusedAs(t, err)
			return
		}
		for _, before := range []migration.Draft{{}, saved(ourMig, ours).Draft} {
			once, err := change(before)
			if err != nil {
				t.Fatalf("%q cannot be applied: %v", text, err)
			}
			twice, err := change(once)
			if err != nil || !reflect.DeepEqual(once, twice) {
				t.Errorf("%q makes %+v, then %+v: %v", text, once, twice, err)
			}
		}
	})
}

// The examples of RFC 7396, appendix A.
func TestMerge(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ target, patch, result string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"a":1,"e":null}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		target, err := parse([]byte(test.target))
		if err != nil {
			t.Fatal(err)
		}
		change, err := parse([]byte(test.patch))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(bytes.TrimSpace(encode(merge(target, change)))); got != test.result {
			t.Errorf("%s patched by %s is %s, want %s", test.target, test.patch, got, test.result)
		}
	}
}
