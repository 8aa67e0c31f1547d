package sensitive_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/internal/bundle/sensitive"
)

// A line made to be searched again and again costs what its length costs: four times the line takes four times as long,
// and not sixteen times, as it did when one of these was searched again at each of its needles. Of three runs the
// quickest counts.
func TestHostileLines(t *testing.T) {
	for _, unit := range []string{
		"@", "1.1.1.1.", "eyJhbGciOiJIUzI1NiJ9.", "password=", "password=\"", "<password ", "a://b:c@", "%2541", `\\`, "&amp;", "A",
		"MIIEAQIBAD", "-----BEGIN PRIVATE KEY", "-----BEGIN PRIVATE KEY-----\n", "AAABJw0ODAoPeN", strings.Repeat("MIIEAQIBAD", 6) + "\n",
		"::1", ":a:a:", "cn=A ", " INFO 1x1x1 1 ", "Ab Cd <a@b.cc> ", "-ABCD-ABCD-", "a1.b.c.d.de ", "amFuZUBjb3JwLmV4YW1wbGUg ", "\n",
	} {
		short, long := quickest(t, unit, 16<<10), quickest(t, unit, 64<<10)
		if long > 10*short && long > 200*time.Millisecond {
			t.Errorf("%q: %v for 16 KiB, %v for 64 KiB", unit, short, long)
		}
	}
}

func quickest(t *testing.T, unit string, size int) time.Duration {
	t.Helper()
	text := []byte(strings.Repeat(unit, size/len(unit)))
	var times []time.Duration
	for range 3 {
		begun := time.Now()
		search(t, text)
		times = append(times, time.Since(begun))
	}
	return slices.Min(times)
}

func search(t *testing.T, text []byte) {
	t.Helper()
	var found sensitive.Found
	var people sensitive.People
	detector(t).Search(text, 1, &found)
	people.Take(&found)
	known, err := people.Known()
	if err != nil {
		t.Fatal(err)
	}
	known.Look(&found)
}
