package inventory_test

import (
	"fmt"
	"strings"
	"testing"

	"waybill/internal/bundle/inventory"
)

// What a document is that nobody honest writes, and the reason that is given; what stood before it still counts.
func TestHostileXML(t *testing.T) {
	t.Parallel()
	const issues = "<p><Issues>7</Issues>"
	for _, row := range []struct{ why, text, reason string }{
		{"a document type", "<!DOCTYPE p [<!ENTITY a 'b'>]>" + issues + "</p>", "document type"},
		{"a document type behind the root", issues + "<!DOCTYPE p></p>", "document type"},
		{"an entity of its own", issues + "<a>&lol9;</a></p>", "entity"},
		{"an endless nesting", issues + strings.Repeat("<a>", 1_000_000), "deeper than 64"},
		{"endless elements", issues + strings.Repeat("<a/>", 600_000), "more than 500000"},
		{"endless attributes", issues + "<a " + strings.Repeat(`b="c" `, 600_000) + "/></p>", "more than 500000"},
		{"an end without a beginning", issues + "</b></p>", "did not begin"},
		{"an end too early", issues + "<a>", "breaks off"},
		{"no XML", issues + "<<<", "line 1"},
		{"more than a document has", issues + "</p>" + strings.Repeat(" ", inventory.MaxDocument), "more than 16777216 bytes"},
	} {
		inv := read("application.xml", row.text)
		if len(inv.Problems) != 1 || !strings.Contains(inv.Problems[0].Reason, row.reason) || strings.Contains(inv.Problems[0].Reason, "\n") {
			t.Errorf("%s: %+v", row.why, inv.Problems)
		}
		if n, known := inv.Number(inventory.Issues); (!known || n != 7) && !strings.HasPrefix(row.text, "<!") {
			t.Errorf("%s: what stood before it is lost", row.why)
		}
	}
}

// Texts that are large are cut, and declared encodings are no reason to refuse: the text is UTF-8 by now.
func TestLenientXML(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`<?xml version="1.0" encoding="UTF-16"?><p><Issues>7</Issues></p>`,
		`<p><note>` + strings.Repeat("x", 1<<20) + `</note><Issues> 7 </Issues></p>`,
		`<p a="` + strings.Repeat("x", 1<<20) + `"><Issues>7</Issues></p>`,
		`<p><jira><statistics><Issues>7</Issues></statistics></jira></p>`,
		`<p><![CDATA[ </p> ]]><Issues>7</Issues><!-- <Issues>8</Issues> --></p>`,
	} {
		inv := read("application.xml", text)
		if n, _ := inv.Number(inventory.Issues); n != 7 || len(inv.Problems) > 0 {
			t.Errorf("%.60s: %v, %v", text, n, inv.Problems)
		}
	}
}

func TestNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"many", "", "1e400", "NaN", "-5", "99999999999999999999999", "0x10p1"} {
		inv := read("application.xml", "<p><Issues>"+text+"</Issues></p>")
		if n, known := inv.Number(inventory.Issues); known && n != 32 {
			t.Errorf("%q is %v", text, n)
		}
	}
}

func TestConfigurationFiles(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		file, text string
		want       facts
	}{
		{"application-config/dbconfig.xml", "<c><database-type>postgres72</database-type>\n<jdbc-datasource><url>jdbc:postgresql://u:p@h:5432/j</url><driver-class>org.postgresql.Driver</driver-class><password>changeit</password><pool-max-size>60</pool-max-size><pool-min-size>20</pool-min-size><pool-max-wait>30000</pool-max-wait></jdbc-datasource></c>",
			facts{inventory.Product: "jira", inventory.Database: "PostgreSQL", inventory.DatabaseURL: "jdbc:postgresql:…:5432", inventory.Driver: "org.postgresql.Driver", inventory.PoolMax: 60, inventory.PoolMin: 20, inventory.PoolWait: 30000, inventory.WeakPassword: true}},
		{"application-config/confluence.cfg.xml", `<c><buildNumber>9012</buildNumber><properties><property name="hibernate.c3p0.max_size">30</property><property name="hibernate.connection.url">jdbc:mysql://h/c</property><property name="hibernate.connection.password">Own-1</property><property name="confluence.cluster">true</property></properties></c>`,
			facts{inventory.Product: "confluence", inventory.Build: "9012", inventory.PoolMax: 30, inventory.Database: "MySQL", inventory.DatabaseURL: "jdbc:mysql:…", inventory.WeakPassword: false, inventory.Clustered: true}},
		{"application-config/bitbucket.properties", "# jdbc.url=jdbc:h2:x\njdbc.url = jdbc:sqlserver://h:1433;databaseName=b\njdbc.password=Own-1\ndb.pool.size.max=80\n",
			facts{inventory.Product: "bitbucket", inventory.Database: "SQL Server", inventory.DatabaseURL: "jdbc:sqlserver:…:1433", inventory.PoolMax: 80, inventory.WeakPassword: false}},
		{"application-config/cluster.properties", "jira.node.id = node1\njira.shared.home=/mnt\n", facts{inventory.Clustered: true}},
	} {
		inv := read(row.file, row.text)
		row.want.check(t, inv)
		if len(inv.Facts) != len(row.want) {
			t.Errorf("%s: %d facts, want %d: %v", row.file, len(inv.Facts), len(row.want), inv.Facts)
		}
	}
}

func TestHealthChecks(t *testing.T) {
	t.Parallel()
	inv := read("healthchecks/healthcheckResults.txt", "Name: Free space\nIs healthy: true\n\nName: Secondary storage\nIs healthy: false\nFailure reason: shared home of jane@example.com is 92.5 % full\n\nName: Licence\nIs healthy: false\nFailure reason: 10% left\n")
	if got := fmt.Sprintf("%+v", inv.Checks); got != "[{Name:Free space Healthy:true Percent:0 Place:{File:healthchecks/healthcheckResults.txt Line:1 Time:}} {Name:Secondary storage Healthy:false Percent:92.5 Place:{File:healthchecks/healthcheckResults.txt Line:4 Time:}} {Name:Licence Healthy:false Percent:10 Place:{File:healthchecks/healthcheckResults.txt Line:8 Time:}}]" {
		t.Error(got)
	}
	facts{inventory.ChecksFailing: 2}.check(t, inv)
	if s := inv.Statistics[inventory.DiskShare]; s.Count != 1 || s.Max != 92.5 {
		t.Errorf("disk %+v", s)
	}
}

const dump = `2026-03-01 06:00:00
Full thread dump OpenJDK 64-Bit Server VM (11.0.20+8 mixed mode):

"http-nio-8080-exec-1 url: /browse username: jane.doe" #21 daemon prio=5 os_prio=0 tid=0x01 nid=0x11 waiting for monitor entry [0x01]
   java.lang.Thread.State: BLOCKED (on object monitor)
	at org.example.Pool$Inner.take(Pool.java:17)
	- waiting to lock <0x0007> (a org.example.Pool$Inner)
	at org.example.App.run(App.java:3)

"http-nio-8080-exec-2" #22 daemon prio=5 os_prio=0 tid=0x02 nid=0x12 waiting for monitor entry [0x02]
   java.lang.Thread.State: BLOCKED (on object monitor)
	at org.example.Pool$Inner.take(Pool.java:17)
	- waiting to lock <0x0007> (a org.example.Pool$Inner)
	at org.example.App.run(App.java:99)

"Caesium-1-1" #23 daemon prio=5 os_prio=0 tid=0x03 nid=0x13 waiting on condition [0x03]
   java.lang.Thread.State: TIMED_WAITING (parking)
	at jdk.internal.misc.Unsafe.park(java.base@11.0.20/Native Method)

"main" #1 prio=5 os_prio=0 tid=0x04 nid=0x14 runnable [0x04]
   java.lang.Thread.State: RUNNABLE
	at java.net.PlainSocketImpl.socketAccept(java.base@11.0.20/Native Method)

JNI global refs: 17

Found one Java-level deadlock:
=============================
"http-nio-8080-exec-1":
  waiting to lock monitor 0x01 (object 0x0007, a org.example.Pool),
`

func TestThreadDump(t *testing.T) {
	t.Parallel()
	inv := read("thread-dump/2026_03_01_06_00_00.txt", dump)
	if len(inv.Threads) != 1 {
		t.Fatalf("%d dumps", len(inv.Threads))
	}
	d := inv.Threads[0]
	if got := fmt.Sprintln(d.Threads, d.States, d.Deadlocks, d.Blocked, d.Lock, d.Alike, d.Doing, d.Time); got != "4 map[BLOCKED:2 RUNNABLE:1 TIMED_WAITING:1] 1 2 org.example.Pool$Inner 2 org.example.Pool$Inner.take 2026-03-01 06:00:00\n" {
		t.Error(got)
	}
	if at := inv.Statistics[inventory.BlockedOnLock].MaxAt.Line; at != 7 {
		t.Errorf("the lock is first waited for in line %d", at)
	}
	if strings.Contains(print(t, inv), "jane") {
		t.Error("a user's name is kept")
	}
}

func TestBusyThreads(t *testing.T) {
	t.Parallel()
	inv := read("thread-dump/2026_03_01_06_00_00_thread_cpu_utilisation.txt", "JVM_THREAD_ID OS_THREAD_ID %CPU_USER_MODE %CPU_SYSTEM_MODE SYSTEM_TIME THREAD_NAME\n1 4711 3.5 1.5 06:00:00 Caesium-1-1\n2 4712 93.5 1.5 06:00:00 http-nio-8080-exec-7 url: /browse username: jane.doe\n3 4713 1 1 06:00:00 Jane's thread\n")
	if got := fmt.Sprintln(inv.Busy[0].Pool, inv.Busy[0].User, inv.Busy[0].Line, inv.Busy[0].Time, len(inv.Busy), inv.Busy[2].Pool); got != "http-nio 93.5 3 2026-03-01 06:00:00 3 other\n" {
		t.Error(got)
	}
}

func TestDirectorySummary(t *testing.T) {
	t.Parallel()
	inv := read("auth-cfg/directoryConfigurationSummary.txt", "Directory: Corp\nActive: true\nldap.url: ldap://h:389\n\nDirectory: Other\nActive: false\nImplementation class: com.atlassian.crowd.directory.RemoteCrowdDirectory\napplication.url: https://h\n")
	if len(inv.Directories) != 2 {
		t.Fatalf("%+v", inv.Directories)
	}
	a, b := inv.Directories[0], inv.Directories[1]
	if a.Type != "ldap" || !a.Active || !a.Plain || b.Type != "RemoteCrowdDirectory" || b.Active || b.Plain || b.Line != 5 {
		t.Errorf("%+v", inv.Directories)
	}
}
