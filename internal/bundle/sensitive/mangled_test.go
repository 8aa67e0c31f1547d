package sensitive_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"waybill/internal/bundle/sensitive"
)

// Lines that are joined, cut and broken into in all ways keep the promises that FuzzLook names.
func TestMangledLines(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	lines := allLines(r)
	marks := strings.Fields(`@ % \ & ' " < > = : / . - == %41 \u0041 &amp; eyJ :: x1x cn= password= :// é 田 `)
	marks = append(marks, "\n", " ", "  ", "\x00")
	for range 2000 {
		var text []byte
		for range 1 + r.IntN(8) {
			text = append(append(text, lines[r.IntN(len(lines))]...), "\n"[r.IntN(2):]...)
		}
		for range r.IntN(12) {
			at := r.IntN(len(text) + 1)
			text = slices.Replace(text, at, min(len(text), at+r.IntN(3)), []byte(marks[r.IntN(len(marks))])...)
		}
		promises(t, text, r.IntN(300))
	}
}

// allLines is every line of the other tests.
func allLines(r *rand.Rand) []string {
	lines := slices.Clone(quiet)
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		for _, line := range kinds[kind] {
			lines = append(lines, unmarked(line))
		}
	}
	keys, _ := longLines(r)
	return append(append(lines, strings.Split(keys, "\n")...), strings.Split(story(r, 30).text, "\n")...)
}

// promises checks what holds for any text.
func promises(t *testing.T, text []byte, size int) {
	t.Helper()
	whole := places(t, text, 1<<30)
	if cut := places(t, text, size); !slices.Equal(cut, whole) {
		t.Fatalf("in %q, cut by %d:\n%v, whole:\n%v", text, size, cut, whole)
	}
	var found sensitive.Found
	var people sensitive.People
	detector(t).Search(text, 1, &found)
	people.Take(&found)
	known, err := people.Known()
	if err != nil {
		t.Fatal(err)
	}
	ordered(t, string(text), &found)
	known.Look(&found)
	ordered(t, string(text), &found)
}
