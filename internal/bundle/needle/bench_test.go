package needle_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waybill/internal/bundle/needle"
)

// logText is a log without a hit, or a real one where there is one.
func logText(b *testing.B) []byte {
	if dir := os.Getenv("WAYBILL_DATA"); dir != "" {
		text, err := os.ReadFile(filepath.Join(dir, "jira-8.9.0-atlassian-jira.log"))
		if err != nil {
			b.Fatal(err)
		}
		return text
	}
	line := "2026-03-01 06:00:06,682+0000 http-nio-8080-exec-7 INFO anonymous 540x214x1 1u7z9k6 - /secure/Dashboard.jspa [c.a.j.web.action] Nothing to see in this line\n"
	return []byte(strings.Repeat(line, 20_000))
}

// A few hundred rare literals.
func BenchmarkFind(b *testing.B) {
	var needles []needle.Needle
	for i := range 300 {
		needles = append(needles, needle.Fold(fmt.Sprintf("%c%c%crare%d", 'a'+i%26, 'a'+i/26, 'z'-i%7, i)))
	}
	f := set(b, needles...).Finder()
	text := logText(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f.Find(text)
	}
}
