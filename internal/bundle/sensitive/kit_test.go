package sensitive_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"waybill/internal/bundle/sensitive"
)

var shared = sync.OnceValues(sensitive.New)

func detector(t testing.TB) *sensitive.Detector {
	t.Helper()
	d, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// place is a Place of a whole file, with its value.
type place struct {
	kind, form, value string
	line, start, end  int
	continues         bool
}

// places are what is found in a file that is cut into blocks of whole lines of at least some size.
func places(t testing.TB, text []byte, size int) (all []place) {
	t.Helper()
	d := detector(t)
	var found sensitive.Found
	var carry sensitive.Carry
	at, line := 0, 1
	for _, block := range blocks(text, size) {
		d.Search(block, line, &found)
		carry.Complete(&found)
		for _, p := range found.Places {
			all = append(all, place{p.Kind.String(), p.Form.String(), string(found.Value(p).Reveal()), p.Line, at + int(p.Start), at + int(p.End), p.Continues})
		}
		line += strings.Count(string(block), "\n")
		at += len(block)
	}
	return all
}

// marked is a text with its places marked: Sent to «fullname|Jane Doe» <«email|jane@corp.example»>.
func marked(text string, found []place) string {
	var out strings.Builder
	at := 0
	for _, p := range found {
		if p.start < at {
			continue
		}
		fmt.Fprintf(&out, "%s«%s|%s»", text[at:p.start], p.kind, text[p.start:p.end])
		at = p.end
	}
	return out.String() + text[at:]
}

// unmarked takes the marks away.
func unmarked(text string) string {
	for {
		before, rest, ok := strings.Cut(text, "«")
		if !ok {
			return text
		}
		_, rest, _ = strings.Cut(rest, "|")
		text = before + strings.Replace(rest, "»", "", 1)
	}
}

// check looks at the text under the marks, and wants exactly what is marked.
func check(t *testing.T, want string) {
	t.Helper()
	text := unmarked(want)
	if got := marked(text, places(t, []byte(text), 1<<20)); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
