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

// A file with what runs over lines: keys with and without headers, indented, quoted, cut off; a licence; what only looks
// like their lines.
func longLines(r *rand.Rand) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	body := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte(alphabet[r.IntN(len(alphabet))])
		}
		return b.String()
	}
	var out strings.Builder
	out.WriteString("first line\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n")
	for range 20 {
		out.WriteString(body(64) + "\n")
	}
	out.WriteString(body(22) + "==\n-----END RSA PRIVATE KEY-----\nplain\n  key: |\n    -----BEGIN PRIVATE KEY-----\n    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n")
	for range 5 {
		out.WriteString("    " + body(64) + "\n")
	}
	out.WriteString("    -----END PRIVATE KEY-----\n<license>\nAAABJw0ODAoPeN" + body(62) + "\n" + body(76) + "\n" + body(40) + "X02dd\nNothing\n")
	out.WriteString("-----BEGIN EC PRIVATE KEY-----\n" + body(64) + "\nno end here\n" + body(64) + "\njane@corp.example\n")
	return out.String()
}

// How a file is cut into blocks of whole lines changes nothing.
func TestCuts(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	text := []byte(longLines(r) + story(r, 300).text)
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
	text := longLines(rand.New(rand.NewPCG(1, 1)))
	covered := map[int]string{}
	begun := map[string]int{}
	for _, p := range places(t, []byte(text), 100) {
		covered[p.line] = p.kind
		if !p.continues {
			begun[p.kind]++
		}
	}
	for i, line := range strings.Split(text, "\n") {
		want := strings.Contains(line, "PRIVATE KEY") || strings.Contains(line, "DEK-Info") || strings.Contains(line, "Proc-Type") || len(line) >= 24 && !strings.Contains(line, " ") || strings.HasSuffix(line, "==") || len(strings.TrimSpace(line)) == 64
		if want && i != 40 && covered[i+1] == "" && line != strings.Repeat(" ", len(line)) && !strings.HasPrefix(line, "no end") {
			if i != strings.Count(text, "\n")-2 { // the run of Base64 behind a key that had no end
				t.Errorf("line %d is not covered", i+1)
			}
		}
	}
	if begun["private_key"] != 3 || begun["licence"] != 1 || begun["email"] != 1 {
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
