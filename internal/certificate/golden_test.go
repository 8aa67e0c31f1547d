package certificate

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// What was issued once must verify for ever: these files are never written anew. When a change makes one of these tests
// fail, the change is wrong, or the predicate needs another version beside this one.
func golden(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestGoldenVerifies(t *testing.T) {
	t.Parallel()
	key, err := ReadKey(golden(t, "cell.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"deletion.json", "addendum.json", "termination.json"} {
		if r, err := Verify(golden(t, name), key); err != nil || r.LeafIndex != 6 || r.TreeSize != 11 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

// The same facts are stated as they were then, but for the wording of the rule's source: pseudonym, manifest and digests
// are taken of the same things in the same way.
func TestGoldenIsWhatIsStated(t *testing.T) {
	t.Parallel()
	now := everyKind(t)
	sameStatement(t, golden(t, "deletion.json"), now["deletion.json"].Payload, func(p *deletion) { p.RuleSource = "" })
	sameStatement(t, golden(t, "addendum.json"), now["addendum.json"].Payload, func(*addendum) {})
	sameStatement(t, golden(t, "termination.json"), now["termination.json"].Payload, func(p *termination) { p.RuleSource = "" })
}

func sameStatement[P predicate](t *testing.T, file, payload []byte, forget func(*P)) {
	t.Helper()
	var e envelope
	if err := json.Unmarshal(file, &e); err != nil {
		t.Fatal(err)
	}
	then, err := parse[P](e.Payload)
	now, nowErr := parse[P](payload)
	if err != nil || nowErr != nil {
		t.Fatal(err, nowErr)
	}
	forget(&then.Predicate)
	forget(&now.Predicate)
	if !reflect.DeepEqual(then, now) {
		t.Errorf("it was stated as %+v, now it is %+v", then, now)
	}
}

// everyKind is one certificate of each.
func everyKind(t testing.TB) map[string]Certificate {
	t.Helper()
	var first envelope
	if err := json.Unmarshal(golden(t, "deletion.json"), &first); err != nil {
		t.Fatal(err)
	}
	addendum, err := issueAddendum(t, addendumTo(first.Payload))
	if err != nil {
		t.Fatal(err)
	}
	termination, err := issueTermination(t, ending())
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Certificate{"deletion.json": issue(t, facts(3)), "addendum.json": addendum, "termination.json": termination}
}
