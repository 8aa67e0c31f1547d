package finding_test

import (
	"fmt"
	"strings"
	"testing"

	"waybill/internal/bundle/finding"
)

// BenchmarkLook is this package's share of a pass over a log in which one line in a hundred has a needle; the search for
// needles is not counted.
func BenchmarkLook(b *testing.B) {
	book := book(b)
	var text strings.Builder
	for i := 0; text.Len() < 1<<20; i++ {
		what := "Something was done to something for 17 ms"
		if i%100 == 0 {
			what = "javax.naming.CommunicationException: simple bind failed"
		}
		fmt.Fprintf(&text, "2026-03-01 06:%02d:%02d,682+0000 http-nio-8080-exec-7 INFO anonymous 540x214x1 1u7z9k6 10.0.0.1 /secure/Dashboard.jspa [c.a.jira.X] %s\n", i/60%60, i%60, what)
	}
	blocks := blocks("application-logs/atlassian-jira.log", []byte(text.String()), 256<<10)
	for i := range blocks {
		blocks[i].Hits = search(blocks[i].Text, book.Needles())
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	var found finding.Found
	for b.Loop() {
		for _, block := range blocks {
			found = book.Look(block)
		}
	}
	_ = found
}
