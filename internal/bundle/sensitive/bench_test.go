package sensitive_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"waybill/internal/bundle/needle"
	"waybill/internal/bundle/sensitive"
)

const blockSize = 256 << 10

// logs are what the benchmarks read: a line of Jira's log without a value, one with, and the real logs where there are.
func logs(b *testing.B) map[string][]byte {
	quiet := "2026-03-01 06:00:06,682+0000 Caesium-1-2 INFO anonymous     [c.a.j.index.MonitoringIndexWriter] flush stats: snapshotCount=16, totalCount=219\n\tat com.atlassian.jira.web.action.Dispatcher.invoke(Dispatcher.java:115)\n"
	busy := "2026-03-01 06:00:06,682+0000 http-nio-8080-exec-7 INFO jdoe7 540x214x1 1u7z9k6 10.20.30.40 /secure/Dashboard.jspa [c.a.j.web.action] Sent to Jane Doe <jane@corp.example>\n"
	all := map[string][]byte{"quiet": []byte(strings.Repeat(quiet, 10_000)), "busy": []byte(strings.Repeat(busy, 10_000))}
	dir := os.Getenv("WAYBILL_DATA")
	if dir == "" {
		return all
	}
	for name, file := range map[string]string{"jira": "jira-8.9.0-atlassian-jira.log", "access": "jira-7.13.0-tomcat-localhost_access_log.2019-12-31.txt", "analytics": "jira-8.9.0-atlassian-analytics.log", "entities": "jira-8.9.0-backup-entities.xml"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			b.Fatal(err)
		}
		all[name] = text
	}
	return all
}

// blocks cuts a text into blocks of whole lines.
func blocks(text []byte, size int) (all [][]byte) {
	for len(text) > 0 {
		end := len(text)
		if end > size {
			if n := bytes.IndexByte(text[size:], '\n'); n >= 0 {
				end = size + n + 1
			}
		}
		all, text = append(all, text[:end]), text[end:]
	}
	return all
}

// The search that is shared with others, and what Look adds to it.
func BenchmarkLook(b *testing.B) {
	d := detector(b)
	set, err := needle.New(d.Needles())
	if err != nil {
		b.Fatal(err)
	}
	finder := set.Finder()
	for name, text := range logs(b) {
		all := blocks(text, blockSize)
		var found sensitive.Found
		b.Run("search/"+name, func(b *testing.B) {
			defer perCore(b, len(text))()
			for b.Loop() {
				for _, block := range all {
					finder.Find(block)
				}
			}
		})
		b.Run("both/"+name, func(b *testing.B) {
			defer perCore(b, len(text))()
			b.ReportAllocs()
			for b.Loop() {
				for _, block := range all {
					d.Look(block, 1, finder.Find(block), 0, &found)
				}
			}
		})
	}
}

// The second look, for some thousand people.
func BenchmarkKnown(b *testing.B) {
	var people sensitive.People
	for i := range 5000 {
		people.Note(sensitive.Fullname, fmt.Appendf(nil, "Vorname%d Nachname%d", i, i))
		people.Note(sensitive.Username, fmt.Appendf(nil, "vnach%d", i))
	}
	known, err := people.Known()
	if err != nil {
		b.Fatal(err)
	}
	d := detector(b)
	var found sensitive.Found
	for name, text := range logs(b) {
		all := blocks(text, blockSize)
		b.Run(name, func(b *testing.B) {
			defer perCore(b, len(text))()
			for b.Loop() {
				for _, block := range all {
					d.Look(block, 1, nil, 0, &found)
					known.Look(&found)
				}
			}
		})
	}
}

// perCore reports the speed by the processor's time, which does not depend on what else the machine does.
func perCore(b *testing.B, bytes int) func() {
	before := processor(b)
	return func() {
		b.ReportMetric(float64(bytes)*float64(b.N)/1e6/(processor(b)-before).Seconds(), "MB/cpu-s")
	}
}

func processor(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := sensitive.New(); err != nil {
			b.Fatal(err)
		}
	}
}
