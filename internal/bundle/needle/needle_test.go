package needle_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"waybill/internal/bundle/needle"
)

func set(t testing.TB, needles ...needle.Needle) *needle.Set {
	t.Helper()
	s, err := needle.New(needles)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFind(t *testing.T) {
	t.Parallel()
	literals := func(all ...string) (n []needle.Needle) {
		for _, s := range all {
			n = append(n, needle.Literal(s))
		}
		return n
	}
	address := needle.MustPattern(`[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]`)
	for _, row := range []struct {
		name    string
		needles []needle.Needle
		text    string
		want    string // needle@end
	}{
		{"none", literals("password"), "nothing of the sort", ""},
		{"one", literals("password"), "a password here", "0@10"},
		{"at both ends", literals("ab", "yz"), "ab yz", "0@2 1@5"},
		{"overlapping", literals("abab"), "ababab", "0@4 0@6"},
		{"one within another", literals("he", "she", "hers"), "ushers", "0@4 1@4 2@6"},
		{"a failed start starts again", literals("aab"), "aaab", "0@4"},
		{"the case counts", literals("SEN-"), "sen- SEN-", "0@9"},
		{"the case does not", []needle.Needle{needle.Fold("Sen-")}, "sen- SEN- sEn-", "0@4 0@9 0@14"},
		{"only letters fold", []needle.Needle{needle.Fold("@[")}, "`{ @[", "0@5"},
		{"twice the same", literals("x", "x"), "x", "0@1 1@1"},
		{"beyond ASCII", []needle.Needle{needle.Fold("Jörg")}, "JöRG JÖRG", "0@5"},
		{"a pattern", []needle.Needle{address}, "version 8.9.0, host 10.0.0.1", "0@28"},
		{"alternatives", []needle.Needle{needle.MustPattern(`(?i)a(b|cd)?e`)}, "AE abe acde ade", "0@2 0@6 0@11"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, h := range set(t, row.needles...).Finder().Find([]byte(row.text)) {
				got = append(got, fmt.Sprintf("%d@%d", h.Needle, h.End))
			}
			if strings.Join(got, " ") != row.want {
				t.Errorf("in %q: got %v, want %s", row.text, got, row.want)
			}
		})
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{`a+`, `a*`, `^a`, `a$`, `é|[à-ü]`, `[^a]`, `(`, `[0-9]{1,20}x[0-9]{1,20}`} {
		if _, err := needle.Pattern(expression); err == nil {
			t.Errorf("the pattern %s was taken", expression)
		}
	}
	for name, n := range map[string]needle.Needle{"nothing": {}, "empty": needle.Literal(""), "long": needle.Literal(strings.Repeat("x", 65)), "empty way": needle.MustPattern("a?")} {
		if _, err := needle.New([]needle.Needle{n}); err == nil {
			t.Errorf("a needle that is %s was taken", name)
		}
	}
}

func TestTooMany(t *testing.T) {
	t.Parallel()
	var many []needle.Needle
	for i := range 20_000 {
		many = append(many, needle.Literal(fmt.Sprintf("%x-%d", i, i)))
	}
	if _, err := needle.New(many); !errors.Is(err, needle.ErrTooMany) {
		t.Errorf("got %v, want %v", err, needle.ErrTooMany)
	}
}

// What is found must not depend on where a Finder cuts a long text into lanes.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	words := []string{"password", "pass", "word", "sss", "@", strings.Repeat("ab", 32)}
	var needles []needle.Needle
	for _, w := range words {
		needles = append(needles, needle.Literal(w))
	}
	s := set(t, needles...)
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		var text []byte
		for len(text) < 50_000 {
			text = append(append(text, words[r.IntN(len(words))]...), strings.Repeat("ab ", r.IntN(60))...)
		}
		if got, want := s.Finder().Find(text), naive(words, text); !slices.Equal(got, want) {
			t.Fatalf("got %d hits, want %d", len(got), len(want))
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	s := set(t, needle.Literal("ab"), needle.Fold("cd"))
	text := []byte(strings.Repeat("ab CD ", 10_000))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := len(s.Finder().Find(text)); got != 20_000 {
				t.Errorf("found %d", got)
			}
		})
	}
	wg.Wait()
}

func TestFindAllocatesNothing(t *testing.T) {
	f := set(t, needle.Literal("password"), needle.Fold("cd")).Finder()
	text := []byte(strings.Repeat("ab CD ", 10_000))
	f.Find(text)
	if n := testing.AllocsPerRun(10, func() { f.Find(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// naive looks for one literal after the other.
func naive(words []string, text []byte) (hits []needle.Hit) {
	for id, w := range words {
		for at := 0; at+len(w) <= len(text); at++ {
			if string(text[at:at+len(w)]) == w {
				hits = append(hits, needle.Hit{Needle: int32(id), End: int32(at + len(w))})
			}
		}
	}
	slices.SortFunc(hits, func(a, b needle.Hit) int {
		if a.End != b.End {
			return int(a.End - b.End)
		}
		return int(a.Needle - b.Needle)
	})
	return hits
}

// A pattern ends where the same regular expression, anchored at the end, says so.
func FuzzFind(f *testing.F) {
	f.Add("password", "word", "my password is")
	f.Add("aab", "ab", "aaaabaaab 10.0.0.1 1.2.3")
	f.Add("@", "%40", "a@b.example a%40b.example 8.9.0.1")
	address := `[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]`
	anchored := regexp.MustCompile(`(?s)^.*` + address + `$`)
	f.Fuzz(func(t *testing.T, one, two, text string) {
		if len(one) == 0 || len(two) == 0 || len(one) > 64 || len(two) > 64 || len(text) > 1000 {
			return
		}
		got := set(t, needle.Literal(one), needle.Literal(two), needle.MustPattern(address)).Finder().Find([]byte(text))
		want := naive([]string{one, two}, []byte(text))
		for end := range len(text) + 1 {
			if anchored.MatchString(text[:end]) {
				want = append(want, needle.Hit{Needle: 2, End: int32(end)})
			}
		}
		slices.SortStableFunc(want, func(a, b needle.Hit) int { return int(a.End - b.End) })
		if !slices.Equal(got, want) {
			t.Errorf("in %q: got %v, want %v", text, got, want)
		}
	})
}
