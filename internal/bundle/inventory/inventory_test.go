package inventory_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"waybill/internal/bundle/inventory"
)

// facts are what an inventory should say.
type facts map[inventory.Path]any

func (want facts) check(t *testing.T, inv *inventory.Inventory) {
	t.Helper()
	for path, value := range want {
		if n, ok := value.(int); ok {
			value = float64(n)
		}
		fact := inv.Facts[path]
		if fact.Value != value {
			t.Errorf("%s: %v, want %v", path, fact.Value, value)
		}
		if fact.File == "" || fact.Line < 1 {
			t.Errorf("%s has no place: %+v", path, fact.Place)
		}
	}
}

func TestFlatApplicationXML(t *testing.T) {
	t.Parallel()
	inv := read("application-properties/application.xml", fixture(t, "jira-flat-application.xml"))
	facts{
		inventory.Product: "jira", inventory.Version: "9.12.4", inventory.ServerID: true, inventory.BaseURLScheme: "https",
		inventory.Processors: 8, inventory.Memory: 33565863936, inventory.MaxFiles: 4096,
		inventory.Issues: 184211, inventory.Projects: 6120, inventory.CustomFields: 1873, inventory.Groups: 23118, inventory.Users: 41877,
		inventory.HeapMax: 8 << 30, inventory.HeapMin: 4 << 30,
		inventory.JavaArguments: "-Xms4096m -Xmx8192m -XX:+UseG1GC -Djava.io.tmpdir=… -Dhttp.proxyHost=… -Dhttp.proxyPassword=…",
		inventory.Database:      "PostgreSQL", inventory.DatabaseVersion: "13.8", inventory.DatabaseURL: "jdbc:postgresql:…:5432",
		inventory.DisabledPlugins: 1,
	}.check(t, inv)
	want := []inventory.Plugin{
		{Key: "com.example.old", Name: "Old one", Version: "1.0", Status: "disabled", Place: inventory.Place{File: "application-properties/application.xml", Line: 24}},
		{Key: "com.example.tariff", Name: "Tariff calculator", Version: "0.9.3", Status: "enabled", User: true, Place: inventory.Place{File: "application-properties/application.xml", Line: 23}},
	}
	if fmt.Sprint(inv.Plugins) != fmt.Sprint(want) {
		t.Errorf("plugins %+v, want %+v", inv.Plugins, want)
	}
	if at := inv.Facts[inventory.Issues].Line; at != 11 {
		t.Errorf("issues are said in line %d", at)
	}
}

func TestNestedApplicationXML(t *testing.T) {
	t.Parallel()
	inv := read("application-properties/application.xml", fixture(t, "nested-application.xml"))
	facts{
		inventory.Product: "bitbucket", inventory.Version: "8.19.1", inventory.Clustered: true, inventory.Nodes: 2,
		inventory.SystemName: "Linux", inventory.SystemVersion: "5.15.0", inventory.Architecture: "amd64", inventory.Processors: 16,
		inventory.Memory: 67108864000, inventory.Swap: 0, inventory.MaxFiles: 8192, inventory.OpenFiles: 6758, inventory.SystemLoad: 0.25,
		inventory.Database: "SQL Server", inventory.DatabaseVersion: "15.0.2000", inventory.DatabaseSupport: "DEPRECATED",
		inventory.DatabaseURL: "jdbc:sqlserver:…:1433", inventory.DriverVersion: "12.4.2.0", inventory.JavaVersion: "17.0.9+9",
		inventory.JavaArguments: "-Xmx6g -Dplugin.token=… -Datlassian.dev.mode=true", inventory.HeapMax: 6 << 30, inventory.HeapUsed: 1234567,
		inventory.Projects: 311, inventory.Repositories: 5120,
	}.check(t, inv)
	if got := fmt.Sprint(inv.Filesystems); !strings.Contains(got, "home ext4 200 1000") || !strings.Contains(got, "shared-home nfs4 30 1000") {
		t.Errorf("filesystems %s", got)
	}
	if s := inv.Statistics[inventory.DiskShare]; s.Max != 97 || s.Count != 2 {
		t.Errorf("disks %+v", s)
	}
	if s := inv.Statistics[inventory.OpenShare]; s.Max != 82.49511718750 {
		t.Errorf("open files %+v", s)
	}
}

// Of several starts the last whole one wins; what only a start that broke off says does not win over it, but is kept.
func TestLastWholeStartWins(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, 50, 333, 4000, 1 << 20} {
		inv := inventory.Merge(account("application-logs/atlassian-jira.log", fixture(t, "atlassian-jira.log"), size))
		facts{
			inventory.Product: "jira", inventory.Version: "9.12.4", inventory.Build: "912004", inventory.Installation: "Standalone",
			inventory.Issues: 25, inventory.Users: 8, inventory.Projects: 3, inventory.CustomFields: 41, inventory.Workflows: 7,
			inventory.Groups: 12, inventory.Attachments: 9, inventory.Comments: 120,
			inventory.JavaVersion: "11.0.20+8", inventory.SystemName: "Linux", inventory.HeapMax: 2 << 30, inventory.ServerID: true,
			inventory.BaseURLScheme: "http", inventory.Database: "PostgreSQL", inventory.DatabaseURL: "jdbc:postgresql:…:5432",
			inventory.LicenceType: "data center", inventory.LicenceClass: "evaluation", inventory.LicenceEvaluates: true, inventory.LicenceUsers: 500,
			inventory.UserPlugins: 1, inventory.SystemPlugins: 1,
		}.check(t, inv)
		java := inv.Facts[inventory.JavaVersion]
		if java.Origin != inventory.FromStart || len(java.Others) != 1 || java.Others[0].Value != "17.0.1+8" || java.Others[0].Origin != inventory.FromBrokenStart {
			t.Errorf("blocks of %d: java %+v", size, java)
		}
		if java.Time != "2026-03-02 06:00:00" {
			t.Errorf("blocks of %d: the start was at %s", size, java.Time)
		}
		if len(inv.Plugins) != 2 || inv.Plugins[0].Name != "Wiki : editor" || inv.Plugins[0].User || inv.Plugins[1].Vendor != "Synthetic" || !inv.Plugins[1].User {
			t.Errorf("blocks of %d: plugins %+v", size, inv.Plugins)
		}
		if got := fmt.Sprintf("%s %v %s %v", inv.Directories[0].Type, inv.Directories[0].Plain, inv.Directories[1].Type, inv.Directories[1].Plain); got != "MicrosoftActiveDirectory true InternalDirectory false" {
			t.Errorf("blocks of %d: directories %s", size, got)
		}
		if l := inv.Logs[0]; l.Levels != (inventory.Levels{Fatal: 1, Warn: 1, Debug: 1, Info: l.Levels.Info}) || l.First != "2026-03-01 06:00:00" || l.Last != "2026-03-03 06:00:05" {
			t.Errorf("blocks of %d: %+v", size, l)
		}
	}
}

// Facts stand where they say, in blocks of any size.
func TestFactsStandWhereTheySay(t *testing.T) {
	t.Parallel()
	text := fixture(t, "atlassian-jira.log")
	lines := strings.Split(text, "\n")
	for _, size := range []int{1, 77, 1 << 20} {
		inv := inventory.Merge(account("atlassian-jira.log", text, size))
		for path, says := range map[inventory.Path]string{inventory.Issues: "Issues ", inventory.Build: "Build # ", inventory.Architecture: "os.arch ", inventory.UserPlugins: "Number "} {
			if line := lines[inv.Facts[path].Line-1]; !strings.Contains(line, says) {
				t.Errorf("blocks of %d: %s is said in %q", size, path, line)
			}
		}
		for _, p := range inv.Plugins {
			if line := lines[p.Line-1]; !strings.Contains(line, p.Key) {
				t.Errorf("blocks of %d: %s is said in %q", size, p.Key, line)
			}
		}
	}
}

// A start that has not come to the database's statistics is not whole, whatever it prints at its end.
func TestStartWithoutStatisticsIsBroken(t *testing.T) {
	t.Parallel()
	text := "2026-03-01 06:00:00,000+0000 main INFO      [x] \n    ___ Environment ___\n    \n         Java Version : 11\n    \n    ___ Plugin System Started ___\n"
	if java := read("atlassian-jira.log", text).Facts[inventory.JavaVersion]; java.Value != "11" || java.Origin != inventory.FromBrokenStart || java.Line != 4 {
		t.Errorf("%+v", java)
	}
}

// application.xml is newer than any start; the start's word stays beside it.
func TestDocumentWinsOverStart(t *testing.T) {
	t.Parallel()
	inv := inventory.Merge(
		account("application-logs/atlassian-jira.log", fixture(t, "atlassian-jira.log"), 4000),
		account("application-properties/application.xml", fixture(t, "jira-flat-application.xml"), 0))
	issues := inv.Facts[inventory.Issues]
	if issues.Value != 184211.0 || issues.Origin != inventory.FromDocument || len(issues.Others) != 1 || issues.Others[0].Value != 25.0 || issues.Others[0].File != "application-logs/atlassian-jira.log" {
		t.Errorf("%+v", issues)
	}
	for _, p := range inv.Plugins {
		if p.Key == "com.example.tariff" && (p.Version != "0.9.3" || p.Vendor != "Synthetic" || fmt.Sprint(p.Others) != "[0.9.2]") {
			t.Errorf("the app is %+v", p)
		}
	}
}

// Nothing that names a person, a machine or a secret is in the inventory, wherever it stood.
func TestNothingSensitiveIsKept(t *testing.T) {
	t.Parallel()
	all := print(t, bundle(t, 4000, names()))
	for _, word := range []string{"hunter2000", "synthetic.example", "syn.thetic", "BSYN", "SEN-", "Synthetic Corp", "10.11.12", "syn-node", "abcdef0123", "nas."} {
		if strings.Contains(all, word) {
			t.Errorf("%q is in the inventory", word)
		}
	}
}

// files is a small bundle of the fixtures and of a log of each family.
var files = map[string]string{
	"application-config/dbconfig.xml":                            `<c><database-type>postgres72</database-type><jdbc-datasource><url>jdbc:postgresql://db.synthetic.example:5432/jira</url><driver-class>org.postgresql.Driver</driver-class><username>syn.thetic</username><password>hunter2000</password><pool-max-size>60</pool-max-size><pool-max-wait>30000</pool-max-wait></jdbc-datasource></c>`,
	"application-config/cluster.properties":                      "jira.node.id=syn-node-a\n",
	"healthchecks/healthcheckResults.txt":                        "Name: Free space\nIs healthy: true\n\nName: Secondary storage\nIs healthy: false\nFailure reason: /mnt/nas.synthetic.example home is 92.5% full\n",
	"auth-cfg/directoryConfigurationSummary.txt":                 "Directory: Synthetic Corp\nActive: true\nldap.url: ldap://ldap.synthetic.example:389\nldap.password: hunter2000\n",
	"tomcat-logs/access_log.2026-03-01":                          "10.11.12.13 1x1x1 syn.thetic [01/Mar/2026:06:00:00 +0000] \"GET /a HTTP/1.1\" 200 1 20 \"-\" \"x\" \"s\"\n10.11.12.13 1x1x1 - [01/Mar/2026:06:00:09 +0000] \"GET /a HTTP/1.1\" 503 1 4000 \"-\" \"x\" \"s\"\n",
	"application-logs/atlassian-confluence-ipd-monitoring.log":   "2026-03-01 06:00:00,000 {\"label\":\"DB.CONNECTION.LATENCY\",\"attributes\":{\"_mean\":\"0.7\",\"_unit\":\"ms\"}}\n",
	"thread-dump/2026_03_01_06_00_00_thread_cpu_utilisation.txt": "1 4711 93.5 1.5 06:00:00 http-nio-8080-exec-7 url: /browse username: syn.thetic\n",
	"notes-of-somebody.docx":                                     "x\n",
}

func names() (names []string) {
	for name := range files {
		names = append(names, name)
	}
	return append(names, "application-properties/application.xml", "node2/application-properties/application.xml", "application-logs/atlassian-jira.log")
}

func bundle(t *testing.T, size int, names []string) *inventory.Inventory {
	var accounts []*inventory.Account
	for _, name := range names {
		text := files[name]
		switch {
		case strings.HasPrefix(name, "node2/"):
			text = fixture(t, "nested-application.xml")
		case strings.HasSuffix(name, "application.xml"):
			text = fixture(t, "jira-flat-application.xml")
		case strings.HasSuffix(name, "atlassian-jira.log"):
			text = fixture(t, "atlassian-jira.log")
		}
		accounts = append(accounts, account(name, text, size))
	}
	return inventory.Merge(accounts...)
}

func TestNeitherOrderNorBlocksMatter(t *testing.T) {
	t.Parallel()
	order := names()
	want := print(t, bundle(t, 1<<20, order))
	for _, size := range []int{1, 100, 1000, 1 << 20} {
		rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if got := print(t, bundle(t, size, order)); got != want {
			t.Errorf("blocks of %d: got\n%s\nwant\n%s", size, got, want)
		}
	}
}

// Without one file, what the others say stays: each of its facts is gone or is that of the next source.
func TestFilesSpeakForThemselves(t *testing.T) {
	t.Parallel()
	whole := bundle(t, 1000, names())
	for i, dropped := range names() {
		order := names()
		dropped = order[i]
		order = append(order[:i], order[i+1:]...)
		rest := bundle(t, 1000, order)
		for path, fact := range whole.Facts {
			if fact.File != dropped && path != inventory.UnreadDocuments && rest.Facts[path].Claim != fact.Claim {
				t.Errorf("without %s, %s is %+v, was %+v", dropped, path, rest.Facts[path].Claim, fact.Claim)
			}
			if rest.Facts[path].File == dropped {
				t.Errorf("%s is still heard on %s", dropped, path)
			}
		}
	}
}

func TestUnknownFilesAreListed(t *testing.T) {
	t.Parallel()
	inv := bundle(t, 1000, names())
	if got := fmt.Sprint(inv.Unknown()); got != "[notes-of-somebody.docx]" {
		t.Errorf("unknown: %s", got)
	}
	if inv.Layout[inventory.DatabaseConfig][0] != "application-config/dbconfig.xml" {
		t.Errorf("layout %v", inv.Layout)
	}
}

func TestInventoryIsJSON(t *testing.T) {
	t.Parallel()
	var back map[string]any
	if err := json.Unmarshal([]byte(print(t, bundle(t, 1000, names()))), &back); err != nil {
		t.Fatal(err)
	}
	pool := back["facts"].(map[string]any)["database.poolMax"].(map[string]any)
	if pool["value"] != 60.0 || pool["origin"] != "configuration" || pool["file"] != "application-config/dbconfig.xml" || pool["line"] != 1.0 {
		t.Errorf("%v", pool)
	}
}

// What the real log says at its last start.
func TestRealLog(t *testing.T) {
	t.Parallel()
	inv := read("jira-8.9.0-atlassian-jira.log", data(t, "jira-8.9.0-atlassian-jira.log"))
	facts{
		inventory.Product: "jira", inventory.Version: "8.9.0", inventory.Build: "809000", inventory.Issues: 2, inventory.CustomFields: 11,
		inventory.Users: 28, inventory.Groups: 3, inventory.Attachments: 2, inventory.Workflows: 3, inventory.Projects: 1,
		inventory.LicenceType: "server", inventory.LicenceClass: "evaluation", inventory.LicenceUsers: -1, inventory.Database: "H2",
		inventory.HeapMax: 2 << 30, inventory.JavaVersion: "1.8.0_202-b08",
	}.check(t, inv)
	if len(inv.Plugins) != 250 || inv.Facts[inventory.UserPlugins].Value != 31.0 || inv.Facts[inventory.SystemPlugins].Value != 219.0 {
		t.Errorf("%d plugins, %v + %v counted", len(inv.Plugins), inv.Facts[inventory.UserPlugins].Value, inv.Facts[inventory.SystemPlugins].Value)
	}
	if inv.Facts[inventory.Issues].Line != 16161 {
		t.Errorf("issues are said in line %d", inv.Facts[inventory.Issues].Line)
	}
}
