package coldstart

import (
	"path/filepath"
	"testing"
	"time"
)

// The peer is built as functions are, and asks the Runtime API each time it is started.
func TestMeasurePeer(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "peer")
	if err := Build(t.Context(), "../..", Peer, binary); err != nil {
		t.Fatal(err)
	}
	took, err := Measure(binary, nil, 3)
	if err != nil || took <= 0 || took > tooLong {
		t.Errorf("%v, %v", took, err)
	}
}

// What never asks is an error, not a figure.
func TestMeasureRefuses(t *testing.T) {
	t.Parallel()
	for _, binary := range []string{"/bin/true", "/bin/false", "/no/such/file"} {
		if took, err := Measure(binary, nil, 1); err == nil {
			t.Errorf("%s took %v", binary, took)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		times []time.Duration
		want  time.Duration
	}{
		{[]time.Duration{7}, 7},
		{[]time.Duration{9, 1, 5}, 5},
		{[]time.Duration{4, 1, 3, 2}, 3},
	} {
		if got := median(test.times); got != test.want {
			t.Errorf("median of %v: %v, want %v", test.times, got, test.want)
		}
	}
}
