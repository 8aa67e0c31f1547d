package sensitive_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"waybill/internal/bundle/needle"
	"waybill/internal/bundle/sensitive"
)

// longLines is a file with what runs over lines, and what each line is part of: keys with and without headers, indented,
// quoted, cut off; a licence; what only looks like their lines.
func longLines(r *rand.Rand) (text string, kinds []string) {
	var out strings.Builder
	add := func(kind string, lines ...string) {
		for _, line := range lines {
			out.WriteString(line + "\n")
			kinds = append(kinds, kind)
		}
	}
	body := func(n int) string {
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		line := make([]byte, n)
		for i := range line {
			line[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(line)
	}
	add("", "first line", body(64))
	add("private_key", "-----BEGIN RSA PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00")
	add("", "")
	add("private_key", body(64), body(64), body(64), body(64), body(22)+"==", "-----END RSA PRIVATE KEY-----")
	add("", "Nothing", "  key: |")
	add("private_key", "    -----BEGIN PRIVATE KEY-----", "    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "    "+body(64), "    "+body(8), "    -----END PRIVATE KEY-----")
	add("", "<license>")
	add("licence", "AAABJw0ODAoPeN"+body(62), body(76), body(40)+"X02dd</license>")
	add("", "Nothing", body(40))
	add("private_key", "-----BEGIN EC PRIVATE KEY-----", body(64))
	add("", "no end here", body(64))
	add("email", "jane@corp.example")
	return out.String(), kinds
}

// How a file is cut into blocks of whole lines changes nothing.
func TestCuts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	keys, _ := longLines(r)
	text := []byte(keys + story(r, 300).text)
	want := places(t, text, 1<<30)
	for _, size := range []int{0, 1, 50, 64, 65, 100, 777, 4096, 20_000} {
		if got := places(t, text, size); !slices.Equal(got, want) {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Fatalf("blocks of %d: place %d is %+v, want %+v", size, i, got[i], want[i])
				}
			}
			t.Fatalf("blocks of %d: %d places, want %d", size, len(got), len(want))
		}
	}
}

func TestKeysOverLines(t *testing.T) {
	t.Parallel()
	text, want := longLines(rand.New(rand.NewPCG(1, 1)))
	got := make([]string, len(want))
	begun := map[string]int{}
	for _, p := range places(t, []byte(text), 100) {
		got[p.line-1] = p.kind
		if !p.continues {
			begun[p.kind]++
		}
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if got[i] != want[i] {
			t.Errorf("line %d, %s: part of %q, want %q", i+1, line, got[i], want[i])
		}
	}
	if begun["private_key"] != 3 || begun["licence"] != 1 {
		t.Errorf("begun: %v", begun)
	}
}

func TestConcurrentLooks(t *testing.T) {
	t.Parallel()
	text := []byte(story(rand.New(rand.NewPCG(3, 3)), 500).text)
	want := places(t, text, 4096)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if !slices.Equal(places(t, text, 4096), want) {
				t.Error("two looks at the same text differ")
			}
		})
	}
	wg.Wait()
}

// The hits may come from a search that is shared with others.
func TestSharedSearch(t *testing.T) {
	t.Parallel()
	d := detector(t)
	all := append([]needle.Needle{needle.Literal("OutOfMemoryError"), needle.Literal("corp")}, d.Needles()...)
	set, err := needle.New(append(all, needle.Literal("example")))
	if err != nil {
		t.Fatal(err)
	}
	block := []byte("OutOfMemoryError for jane@corp.example\n")
	var found sensitive.Found
	d.Look(block, 7, set.Finder().Find(block), 2, &found)
	if len(found.Places) != 1 || string(found.Value(found.Places[0]).Reveal()) != "jane@corp.example" || found.Places[0].Line != 7 {
		t.Errorf("found %v", found.Places)
	}
}

func TestQuietBlocksAllocateNothing(t *testing.T) {
	d := detector(t)
	block := []byte(strings.Repeat("2026-03-01 06:00:06,682+0000 Caesium-1-2 INFO      [c.a.j.index] flush stats: version 8.9.0, took 12 ms\n", 2000))
	set, err := needle.New(d.Needles())
	if err != nil {
		t.Fatal(err)
	}
	finder := set.Finder()
	var found sensitive.Found
	look := func() { d.Look(block, 1, finder.Find(block), 0, &found) }
	look()
	if n := testing.AllocsPerRun(20, look); n >= 1 {
		t.Errorf("%v allocations", n)
	}
}
