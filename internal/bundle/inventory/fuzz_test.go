package inventory_test

import (
	"encoding/json"
	"testing"

	"waybill/internal/bundle/inventory"
)

// FuzzDocument: no document, whatever its family, does more than say something wrong; and the inventory is JSON.
func FuzzDocument(f *testing.F) {
	families := []string{"application.xml", "dbconfig.xml", "confluence.cfg.xml", "bitbucket.properties", "healthcheckResults.txt",
		"directoryConfigurationSummary.txt", "thread-dump/2026_03_01_06_00_00.txt", "thread_cpu_utilisation"}
	f.Add(0, fixture(f, "jira-flat-application.xml"))
	f.Add(0, fixture(f, "nested-application.xml"))
	f.Add(0, "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")
	f.Add(1, files["application-config/dbconfig.xml"])
	f.Add(3, "jdbc.url=jdbc:sqlserver://h:1433;databaseName=b\n")
	f.Add(4, files["healthchecks/healthcheckResults.txt"])
	f.Add(5, files["auth-cfg/directoryConfigurationSummary.txt"])
	f.Add(6, dump)
	f.Add(7, files["thread-dump/2026_03_01_06_00_00_thread_cpu_utilisation.txt"])
	f.Fuzz(func(t *testing.T, family int, text string) {
		inv := read(families[uint(family)%uint(len(families))], text)
		whole(t, inv)
	})
}

// FuzzLog: a log of any family says the same in blocks of any size.
func FuzzLog(f *testing.F) {
	families := []string{"atlassian-jira.log", "access_log", "atlassian-jira-apdex.log", "gc-1.log", "jstat.log", "atlassian-jira-perf.log", "ipd-monitoring.log", "catalina.out"}
	f.Add(0, 100, fixture(f, "atlassian-jira.log"))
	f.Add(1, 30, files["tomcat-logs/access_log.2026-03-01"])
	f.Add(2, 10, "2026-03-01 06:00:00,000+0000 category: overall, apdex: {apdexScore=81, satisfiedCount=6}\n")
	f.Add(3, 10, "[2026-03-01T06:00:00.000+0000][info][gc] GC(7) Pause Full (System.gc()) 40M->39M(49M) 2500.5ms\n2026-03-01T06:00:00.000+0000: 1.2: [Full GC (Ergonomics) 4K->2K(6K), 1.5 secs]\n")
	f.Add(4, 10, "2026-03-01T06:00:00+00:00  2.8 0.00 99.84 1.87 7.35 97.38 94.09 5 0.151 3 0.1 0.2\n")
	f.Add(5, 10, `x DBLATENCY {"latencyNanos":3500000}`+"\n"+`x PLATFORMINSTRUMENTS {"instrumentList":[{"name":"dbcp.numActive","value":5},{"name":"dbcp.maxActive","value":20}]}`)
	f.Add(6, 10, files["application-logs/atlassian-confluence-ipd-monitoring.log"]+"\n"+`{"label":"A","attributes":{"a":[[[[[[[[[[]]]]]]]]]],"b":1e999}}`)
	f.Add(7, 10, "06-Dec-2025 10:04:19.911 SEVERE [main] x\n")
	f.Fuzz(func(t *testing.T, family, size int, text string) {
		file := families[uint(family)%uint(len(families))]
		big := inventory.Merge(account(file, text, 1<<20))
		small := inventory.Merge(account(file, text, 1+int(uint(size)%1000)))
		if whole(t, big) != whole(t, small) {
			t.Errorf("whole:\n%s\nin parts:\n%s", whole(t, big), whole(t, small))
		}
	})
}

func whole(t *testing.T, inv *inventory.Inventory) string {
	t.Helper()
	text, err := json.Marshal(inv)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
