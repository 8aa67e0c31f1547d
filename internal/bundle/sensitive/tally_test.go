package sensitive_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"waybill/internal/bundle/sensitive"
)

func tally(t *testing.T, file, text string, size int) *sensitive.Tally {
	t.Helper()
	var found sensitive.Found
	sum := &sensitive.Tally{}
	line := 1
	for _, block := range blocks([]byte(text), size) {
		detector(t).Search(block, line, &found)
		sum.Take(file, &found)
		line += strings.Count(string(block), "\n")
	}
	return sum
}

func TestCounts(t *testing.T) {
	t.Parallel()
	sum := tally(t, "a.log", "x@corp.example\nX@Corp.example y@corp.example\nhost 10.0.0.1\n", 1<<20)
	sum.Add(tally(t, "b.log", "y@corp.example z@corp.example\n", 1<<20))
	if got, want := sum.Counts(), map[sensitive.Kind]int{sensitive.Email: 3, sensitive.IPv4: 1}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var where []string
	for _, s := range sum.Where() {
		where = append(where, fmt.Sprintf("%s %s:%d", s.Kind, s.File, s.Line))
	}
	if got, want := strings.Join(where, " "), "email a.log:1 email a.log:2 email a.log:2 email b.log:1 email b.log:1 ipv4 a.log:3"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A key over many lines is one key, and another with the same first line is another.
func TestKeysAreCountedOnce(t *testing.T) {
	t.Parallel()
	one, _ := longLines(rand.New(rand.NewPCG(1, 1)))
	two, _ := longLines(rand.New(rand.NewPCG(2, 2)))
	for _, size := range []int{0, 100, 1 << 20} {
		counts := tally(t, "f", one+two+one, size).Counts()
		if counts[sensitive.PrivateKey] != 6 || counts[sensitive.Licence] != 2 {
			t.Errorf("blocks of %d: %v", size, counts)
		}
	}
}

func TestPlacesAreBounded(t *testing.T) {
	t.Parallel()
	sum := tally(t, "f", strings.Repeat("x@corp.example\n", 1500), 1<<20)
	other := tally(t, "g", strings.Repeat("x@corp.example 10.0.0.1\n", 10), 1<<20)
	sum.Add(other)
	if n := len(sum.Where()); n != sensitive.MostPlaces+10 {
		t.Errorf("%d places", n)
	}
}

func TestKindNames(t *testing.T) {
	t.Parallel()
	var names []string
	for _, k := range sensitive.Kinds() {
		names = append(names, k.String())
	}
	want := strings.Fields("email username fullname ipv4 ipv6 hostname session jwt aws_key private_key password sen server_id token cookie licence secret")
	if !slices.Equal(names, want) {
		t.Errorf("got %v", names)
	}
}
