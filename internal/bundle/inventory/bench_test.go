package inventory_test

import (
	"fmt"
	"strings"
	"testing"

	"waybill/internal/bundle/inventory"
)

// text is about a megabyte of a log with few needles, like most of every bundle.
func logText(line string) []byte {
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, line, i/60%60, i%60)
	}
	return []byte(b.String())
}

const jiraLine = "2026-03-01 06:%02d:%02d,682+0000 http-nio-8080-exec-7 INFO anonymous 540x214x1 1u7z9k6 10.0.0.1 /secure/Dashboard.jspa [c.a.jira.issue.index.DefaultIndexManager] Something was done to something for 17 ms\n"

// BenchmarkLook is this package's share of a pass, the search for needles not counted.
func BenchmarkLook(b *testing.B) {
	for name, row := range map[string]struct{ file, line string }{
		"jira":   {"application-logs/atlassian-jira.log", jiraLine},
		"access": {"tomcat-logs/access_log", "10.0.0.1 1x1x1 user [01/Mar/2026:06:%02d:%02d +0000] \"GET /rest/api/2/issue/A-1 HTTP/1.1\" 200 4711 25 \"https://jira.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64)\" \"1u7z9k6\"\n"},
		"other":  {"application-logs/atlassian-jira-security.log", jiraLine},
	} {
		blocks := blocks(row.file, logText(row.line), 256<<10)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(1 << 20)
			for b.Loop() {
				for _, block := range blocks {
					inventory.Look(block)
				}
			}
		})
	}
}

// BenchmarkRealLog is the same on the real log, banners and statistics and all, where there is one.
func BenchmarkRealLog(b *testing.B) {
	text := data(b, "jira-8.9.0-atlassian-jira.log")
	blocks := blocks("atlassian-jira.log", []byte(text), 256<<10)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for _, block := range blocks {
			inventory.Look(block)
		}
	}
}
