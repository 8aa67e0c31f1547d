package sensitive_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"waybill/internal/bundle/sensitive"
)

// Whatever the text: places are in order, inside the block and apart from each other, lines are right, another cut gives
// the same, and the second look adds nothing that breaks this.
func FuzzLook(f *testing.F) {
	for _, lines := range kinds {
		f.Add(unmarked(strings.Join(lines, "\n")), 10)
	}
	keys, _ := longLines(rand.New(rand.NewPCG(1, 1)))
	f.Add(keys, 64)
	f.Add(story(rand.New(rand.NewPCG(1, 1)), 10).text, 200)
	f.Add("%%%40\\u\\ud83d\\/&#;&#x110000;@@://://@:@ -----BEGIN PRIVATE KEY-----", 1)
	f.Fuzz(func(t *testing.T, text string, size int) {
		if len(text) > 20_000 {
			return
		}
		promises(t, []byte(text), max(size, 0)%1000)
	})
}

func ordered(t *testing.T, text string, found *sensitive.Found) {
	t.Helper()
	past := sensitive.Place{}
	for _, p := range found.Places {
		same := p.Form == sensitive.Base64 && p.Start == past.Start && p.End == past.End
		if p.Start < past.End && !same || p.End <= p.Start || int(p.End) > len(text) {
			t.Fatalf("place %+v behind %+v", p, past)
		}
		if want := 1 + strings.Count(text[:p.Start], "\n"); p.Line != want {
			t.Fatalf("place %+v is on line %d", p, want)
		}
		if v := found.Value(p).Reveal(); len(v) == 0 || p.Form == sensitive.Plain && string(v) != text[p.Start:p.End] {
			t.Fatalf("place %+v has another value", p)
		}
		past = p
	}
}
