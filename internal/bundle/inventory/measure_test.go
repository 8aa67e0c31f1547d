package inventory_test

import (
	"fmt"
	"testing"

	"waybill/internal/bundle/inventory"
)

// Each line shape, and what is measured on it: "count max" of a statistic. A line that measures nothing has none.
func TestLinesMeasure(t *testing.T) {
	t.Parallel()
	const jira, gc, perf, access = "application-logs/atlassian-jira.log", "application-logs/gc-1.log", "application-logs/atlassian-jira-perf.log", "tomcat-logs/access_log.1"
	const stamp = "2026-03-01 06:00:00,000+0000 main INFO      [c.a.j.X] "
	for _, row := range []struct{ file, line, statistic, want string }{
		{jira, stamp + `[VERSIONING] total stats: {"a":{"count":3,"avg":7},"b":{"count":0,"avg":9}}`, "jira.stats.a", "1 7"},
		{jira, stamp + `[VERSIONING] total stats: {"a":{"count":3,"avg":7},"b":{"count":0,"avg":9}}`, "jira.stats.b", "0 0"},
		{jira, stamp + `[VERSIONING] snapshot stats: {"a":{"count":3,"avg":7}}`, "jira.stats.a", "0 0"},
		{jira, stamp + `[DBR] total stats period: PT1H, data: {"x":0,"sendMillis":{"count":3,"min":1,"avg":12.5}}`, "jira.stats.sendMillis", "1 12.5"},
		{jira, stamp + `[DBR] total stats period: PT1H, data: {"bad name":{"count":3,"avg":12.5}}`, "jira.stats.bad name", "0 0"},
		{jira, stamp + `[LOCALQ] [VIA-COPY] Cache replication queue stats per node: n2 total stats: {"timeToAddMillis":{"count":3,"avg":4}}`, "jira.stats.timeToAddMillis", "1 4"},
		{jira, stamp + `[LOCALQ] [VIA-COPY] Cache replication queue stats per node: n2 snapshot stats: {"timeToAddMillis":{"count":3,"avg":4}}`, "jira.stats.timeToAddMillis", "0 0"},
		{jira, stamp + `[JIRA-STATS] [DBR] total stats: {"processDBRMessageUpdate":{"count":3,"avg":4},"processDBRMessageDelete":{"count":1,"avg":9}}`, inventory.ProcessDBR, "2 9"},
		{jira, stamp + `JQL query '{a = "' and took '9' ms"}' produced lucene query '+a:1' and took '1515' ms to run.`, inventory.SlowJQL, "1 1515"},
		{jira, stamp + `JQL query '{a}' produced lucene query '+a:1' and took 'x' ms to run.`, inventory.SlowJQL, "0 0"},
		{"application-logs/atlassian-jira-apdex.log", "2026-03-01 06:00:00,000+0000 category: overall, apdex: {apdexScore=81, satisfiedCount=6}", inventory.Apdex, "1 81"},
		{gc, "[2026-03-01T06:00:00.000+0000][info][gc] GC(7) Pause Full (System.gc()) 40M->39M(49M) 2500.5ms", inventory.GCFull, "1 2500.5"},
		{gc, "[0.123s][info][gc] GC(7) Pause Young (Normal) (G1 Evacuation Pause) 40M->39M(49M) 25.5ms", inventory.GCPause, "1 25.5"},
		{gc, "[0.123s][info][gc] GC(7) Concurrent Mark Cycle 250ms", inventory.GCPause, "0 0"},
		{gc, "2026-03-01T06:00:00.000+0000: 1.2: [GC (Allocation Failure) [PSYoungGen: 1K->0K(2K)] 4K->2K(6K), 0.0125000 secs] [Times: user=0.02 sys=0.00, real=0.01 secs]", inventory.GCPause, "1 12.5"},
		{gc, "2026-03-01T06:00:00.000+0000: 1.2: [Full GC (Ergonomics) 4K->2K(6K), 1.5 secs]", inventory.GCFull, "1 1500"},
		{gc, "Total time for which application threads were stopped: 0.5 seconds", inventory.GCPause, "0 0"},
		{"gc/jstat.log", "2026-03-01T06:00:00+00:00  2.8 0.00 99.84 1.87 7.35 97.38 94.09 5 0.151 3 0.1 0.2", inventory.JstatFull, "1 3"},
		{"gc/jstat.log", "  0.00 99.84 1.87 7.35 97.38 94.09 5 0.151 3 0.1 0.2", inventory.JstatOld, "1 7.35"},
		{"gc/jstat.log", "2.8  0.00 99.84 1.87 7.35 97.38 94.09 5 0.151 3 0.1 7 0.3 0.2", inventory.JstatFull, "1 3"},
		{"gc/jstat.log", "2.8  0.00 99.84 1.87 7.35 - - 5 0.151 3 0.1 -", inventory.JstatFull, "1 3"},
		{"gc/jstat.log", "Timestamp S0 S1 E O M CCS YGC YGCT FGC FGCT GCT", inventory.JstatFull, "0 0"},
		{perf, `2026-03-01 06:00:00 DBLATENCY {"timestamp":1,"latencyNanos": 3500000}`, inventory.DBLatency, "1 3.5"},
		{perf, `2026-03-01 06:00:00 JMXINSTRUMENTS-OS [{"attributes":[{"name":"MaxFileDescriptorCount","value":100},{"name":"OpenFileDescriptorCount","value":40}]}]`, inventory.OpenShare, "1 40"},
		{perf, `2026-03-01 06:00:00 JMXINSTRUMENTS-OS [{"attributes":[{"name":"OpenFileDescriptorCount","value":40}]}]`, inventory.OpenShare, "0 0"},
		{perf, `2026-03-01 06:00:00 JMXINSTRUMENTS-OS [{"attributes":[{"name":"SystemCpuLoad","value":-1}]}]`, inventory.CPULoad, "0 0"},
		{perf, `2026-03-01 06:00:00 PLATFORMINSTRUMENTS {"instrumentList":[{"name":"dbcp.numActive","value":5},{"name":"dbcp.maxActive","value":20}]}`, inventory.PoolShare, "1 25"},
		{"application-logs/atlassian-jira-ipd-monitoring.log", `x {"label":"DB.CONNECTION.LATENCY","attributes":{"_mean":"0.75","_unit":"ms"}}`, "ipd.db.connection.latency.mean", "1 0.75"},
		{"application-logs/atlassian-jira-ipd-monitoring.log", `x {"label":"MAIL.QUEUE","attributes":{"numItems":7}}`, "ipd.mail.queue.numitems", "1 7"},
		{"application-logs/atlassian-jira-ipd-monitoring.log", `x {"label":"MAIL.QUEUE","attributes":{"numItems":1e999}}`, "ipd.mail.queue.numitems", "0 0"},
		{access, `1.1.1.1 - - [01/Mar/2026:06:00:00 +0000] "GET /500 HTTP/1.1" 503 12`, inventory.ServerErrors, "1 100"},
		{access, `1.1.1.1 - - [01/Mar/2026:06:00:00 +0000] "GET /500 HTTP/1.1" 200 503`, inventory.ServerErrors, "1 0"},
		{access, `1.1.1.1 1x1x1 u [01/Mar/2026:06:00:00 +0000] "GET / HTTP/1.1" 200 503 1024 "-" "x HTTP/1.1 500" "s"`, inventory.SlowAnswers, "1 1024"},
		{access, `[01/Mar/2026:06:00:00 +0000] u exec-1 1.1.1.1 GET / HTTP/1.1 200 64ms 99 - x`, inventory.SlowAnswers, "1 64"},
		{access, `1.1.1.1 - - [01/Mar/2026:06:00:00 +0000] "GET / HTTP/1.1" 200 503`, inventory.SlowAnswers, "0 0"},
		{access, `1.1.1.1 | https | o1x2x3 | u | 2026-03-01 06:00:00,000 | "GET / HTTP/1.1" | "" "git/2" | 502 | 0 | 50 | refs | 32 | s |`, inventory.SlowAnswers, "1 32"},
		{access, `1.1.1.1 | https | o1x2x3 | u | 2026-03-01 06:00:00,000 | "GET / HTTP/1.1" | "" "git/2" | 502 | 0 | 50 | refs | 32 | s |`, inventory.ServerErrors, "1 100"},
		{access, `1.1.1.1 | https | i1x2x3 | u | 2026-03-01 06:00:00,000 | "GET / HTTP/1.1" | "" "git/2" | - | - | - | - | - | - |`, inventory.ServerErrors, "0 0"},
	} {
		s := read(row.file, row.line+"\n").Statistics[row.statistic]
		if got := fmt.Sprintf("%d %v", s.Count, s.Max); got != row.want {
			t.Errorf("%s of %q: %s, want %s", row.statistic, row.line, got, row.want)
		}
	}
}

func TestStatisticKeepsItsEnds(t *testing.T) {
	t.Parallel()
	place := func(line int) inventory.Place { return inventory.Place{File: "f", Line: line} }
	s := inventory.One(3, place(2)).Plus(inventory.One(9, place(1))).Plus(inventory.One(1, place(3))).Plus(inventory.One(9, place(4)))
	want := inventory.Statistic{Count: 4, Sum: 22, Min: 1, Max: 9, MinAt: place(3), MaxAt: place(1), First: place(1), Last: place(4)}
	if s != want || s.Mean() != 5.5 {
		t.Errorf("%+v, want %+v", s, want)
	}
}

// Sums do not show in which order, or in which parts, values were added.
func TestSumsAreExact(t *testing.T) {
	t.Parallel()
	one := func(v float64) inventory.Statistic { return inventory.One(v, inventory.Place{}) }
	left, right := one(0.1), one(9999.7)
	for range 1000 {
		left, right = left.Plus(one(9999.7)), one(0.1).Plus(right)
	}
	if got, want := left.Plus(right).Sum, right.Plus(left).Sum; got != want || one(0.1).Plus(one(0.2)).Plus(one(0.3)) != one(0.1).Plus(one(0.2).Plus(one(0.3))) {
		t.Errorf("%v and %v", got, want)
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		want float64
		ok   bool
	}{
		{"37,589] ms", 37589, true}, {`'515' ms`, 515, true}, {": 0.25,", 0.25, true}, {"[2] thread", 2, true}, {"12.", 12, true},
		{"1,2", 1, true}, {"-3", -3, true}, {"x", 0, false}, {"", 0, false}, {"--", 0, false},
		{"99999999999999999999999999999999999999999999", 1e32, true},
	} {
		if got, ok := inventory.Number([]byte(row.text)); ok != row.ok || got != row.want {
			t.Errorf("%q: %v %v, want %v", row.text, got, ok, row.want)
		}
	}
}

// Quantiles are exact to an eighth.
func TestQuantiles(t *testing.T) {
	t.Parallel()
	text := ""
	for ms := range 1000 {
		text += fmt.Sprintf("1.1.1.1 - - [01/Mar/2026:06:00:00 +0000] \"GET / HTTP/1.1\" 200 1 %d\n", ms)
	}
	a := read("access_log", text).Access[0]
	if a.Requests != 1000 || a.Timed != 1000 || a.P50 < 500*7/8 || a.P50 > 500 || a.P99 < 990*7/8 || a.P99 > 990 {
		t.Errorf("%+v", a)
	}
}

func TestStamp(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"2020-05-27 09:00:06,682+0000 main INFO":   "2020-05-27 09:00:06",
		"2020-05-27 09:00:06,682 main INFO":        "2020-05-27 09:00:06",
		"[2020-05-27T09:00:06.682+0000][info][gc]": "2020-05-27 09:00:06",
		"06-Dec-2021 10:04:19.911 WARNING [x]":     "2021-12-06 10:04:19",
		"06-Xyz-2021 10:04:19.911 WARNING [x]":     "",
		"    ___ Environment ____":                 "",
		"2020-05-27":                               "",
		"20200-5-27 09:00:06":                      "",
	} {
		if got := inventory.Stamp([]byte(line)); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
	if got := inventory.Hours("2020-05-27 09:00:00", "2020-05-28 10:30:00"); got != 25.5 {
		t.Errorf("%v hours", got)
	}
	if got := inventory.Hours("2020-05-28 09:00:00", "2020-05-27 10:30:00") + inventory.Hours("", "x"); got != 0 {
		t.Errorf("%v hours", got)
	}
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]inventory.Family{
		"application-properties/application.xml":                     inventory.Application,
		"application-logs/atlassian-jira.log":                        inventory.JiraLog,
		"application-logs/atlassian-jira.log.12":                     inventory.JiraLog,
		"node2.zip!application-logs/atlassian-jira.log.gz":           inventory.JiraLog,
		"application-logs/atlassian-jira-security.log":               inventory.SecurityLog,
		"application-logs/atlassian-jira-slow-queries.log":           inventory.SlowQueryLog,
		"application-logs/atlassian-jira-slow-querydsl-queries.log":  inventory.SlowQueryLog,
		"application-logs/atlassian-jira-ipd-monitoring.log":         inventory.IPDLog,
		"application-logs/atlassian-jira-apdex.log":                  inventory.ApdexLog,
		"application-logs/atlassian-jira-outgoing-mail.log":          inventory.MailLog,
		"application-logs/atlassian-greenhopper.log":                 inventory.AppLog,
		"application-logs/insight_import.log":                        inventory.AppLog,
		"application-logs/atlassian-confluence.log":                  inventory.ConfluenceLog,
		"application-logs/gc/jstat-gcutil.log":                       inventory.JstatLog,
		"application-logs/gc-2026-03-01.log":                         inventory.GCLog,
		"application-logs/atlassian-jira-gc-2026.log.0.current":      inventory.GCLog,
		"tomcat-logs/catalina.out":                                   inventory.TomcatLog,
		"tomcat-logs/localhost_access_log.2019-12-31.txt.2":          inventory.AccessLog,
		"thread-dump/2026_03_01_06_00_00.txt":                        inventory.ThreadDumps,
		"thread-dump/2026_03_01_06_00_00_thread_cpu_utilisation.txt": inventory.ThreadCPU,
		"threaddumps/recording.jfr":                                  inventory.Binary,
		"healthchecks/healthcheckResults.txt":                        inventory.Health,
		"application-config/dbconfig.xml":                            inventory.DatabaseConfig,
		"application-config/log4j.properties":                        inventory.Properties,
		"auth-cfg/directoryConfigurationSummary.txt":                 inventory.DirectoryInfo,
		"README": inventory.Unknown,
		"":       inventory.Unknown,
	} {
		if got := inventory.Classify(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
