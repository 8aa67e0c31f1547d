package sensitive_test

import (
	"strings"
	"testing"
	"time"

	"waybill/internal/bundle/sensitive"
)

// A line of a megabyte made to be searched again and again takes no longer than its length allows. The bound is some
// twenty times what it takes, and a tenth of what it took when one of these was searched again at each of its needles.
func TestHostileLines(t *testing.T) {
	const bound = 8 * time.Second
	for _, unit := range []string{
		"@", "1.1.1.1.", "eyJhbGciOiJIUzI1NiJ9.", "password=", "password=\"", "<password ", "a://b:c@", "%2541", `\\`, "&amp;", "A",
		"MIIEAQIBAD", "-----BEGIN PRIVATE KEY", "-----BEGIN PRIVATE KEY-----\n", "AAABJw0ODAoPeN", strings.Repeat("MIIEAQIBAD", 6) + "\n",
		"::1", ":a:a:", "cn=A ", " INFO 1x1x1 1 ", "Ab Cd <a@b.cc> ", "-ABCD-ABCD-", "a1.b.c.d.de ", "amFuZUBjb3JwLmV4YW1wbGUg ", "\n",
	} {
		var found sensitive.Found
		var people sensitive.People
		text := []byte(strings.Repeat(unit, 1<<20/len(unit)))
		begun := time.Now()
		detector(t).Search(text, 1, &found)
		people.Take(&found)
		known, err := people.Known()
		if err != nil {
			t.Fatal(err)
		}
		known.Look(&found)
		if took := time.Since(begun); took > bound {
			t.Errorf("%q took %v", unit, took)
		}
	}
}
