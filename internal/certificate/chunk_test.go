package certificate

import (
	"bytes"
	"reflect"
	"testing"

	"waybill/internal/ident"
)

func partName(i int) string { return named(ident.Certificate, i) }

// Every line is in exactly one part, in order; every part can be signed; every part but the last is full.
func TestChunk(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 20, 21, 22, 1000} {
		f := facts(n)
		parts := Chunk(f, partName)
		var lines []Line
		for i, p := range parts {
			c := issue(t, p)
			if c.ID != partName(i) || len(encoding(c.Payload)) > 4096 {
				t.Errorf("%d lines: part %d is %s with %d bytes", n, i, c.ID, len(encoding(c.Payload)))
			}
			if p.Counts != (Counts{Objects: len(p.Lines), Versions: len(p.Lines)}) {
				t.Errorf("%d lines: part %d counts %+v", n, i, p.Counts)
			}
			if rest := f.Lines[len(lines)+len(p.Lines):]; len(rest) > 0 && p.with(p.ID, append(p.Lines, rest[0])).fits() {
				t.Errorf("%d lines: part %d could hold one more than %d", n, i, len(p.Lines))
			}
			lines = append(lines, p.Lines...)
		}
		if !reflect.DeepEqual(lines, f.Lines) {
			t.Errorf("%d lines: the parts hold %d, or others", n, len(lines))
		}
		if n == 1000 && (len(parts) < 40 || len(parts) > 60) {
			t.Errorf("%d lines make %d parts", n, len(parts))
		}
	}
}

// A repetition of the same purge makes the same certificates, to the byte.
func TestChunkRepeats(t *testing.T) {
	t.Parallel()
	first, second := Chunk(facts(100), partName), Chunk(facts(100), partName)
	for i := range first {
		if a, b := issue(t, first[i]), issue(t, second[i]); !bytes.Equal(a.Envelope, b.Envelope) {
			t.Errorf("part %d differs", i)
		}
	}
}

// Keys of many organisations' own widen the head of a statement; each line may bring another.
func TestChunkManyKeys(t *testing.T) {
	t.Parallel()
	f := facts(60)
	for i := range f.Lines {
		f.Lines[i].KeyARN = keyARN(string(rune('A' + i)))
	}
	lines := 0
	for _, p := range Chunk(f, partName) {
		issue(t, p)
		lines += len(p.Lines)
	}
	if lines != 60 {
		t.Errorf("%d lines", lines)
	}
}
