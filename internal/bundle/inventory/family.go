package inventory

import (
	"slices"
	"strings"
)

// Family is what a file of a bundle is, by its folder and name.
type Family string

// The families. Their layout is that which the products' support tool writes.
const (
	Application    Family = "application.xml"
	Health         Family = "health checks"
	DatabaseConfig Family = "dbconfig.xml"
	ConfluenceCfg  Family = "confluence.cfg.xml"
	BitbucketProps Family = "bitbucket.properties"
	Properties     Family = "properties"
	Config         Family = "configuration"
	DirectoryInfo  Family = "user directories"
	ThreadDumps    Family = "thread dump"
	ThreadCPU      Family = "thread CPU"
	JiraLog        Family = "jira log"
	ConfluenceLog  Family = "confluence log"
	BitbucketLog   Family = "bitbucket log"
	AppLog         Family = "app log" // of an app or a part of the product, in the product's shape
	SecurityLog    Family = "security log"
	SlowQueryLog   Family = "slow query log"
	ApdexLog       Family = "apdex log"
	IPDLog         Family = "in-product diagnostics"
	PerfLog        Family = "performance log"
	Analytics      Family = "analytics log"
	AccessLog      Family = "access log"
	TomcatLog      Family = "tomcat log"
	GCLog          Family = "gc log"
	JstatLog       Family = "jstat log"
	MailLog        Family = "mail log"
	Binary         Family = "binary" // heap dumps, flight recordings, archives, pictures
	Unknown        Family = "unknown"
)

// families, the most telling first. A name must hold every word of its row, in lower case.
var families = []struct {
	family Family
	words  []string
}{
	{Binary, []string{".hprof"}}, {Binary, []string{".jfr"}}, {Binary, []string{".png"}}, {Binary, []string{".phd"}},
	{Application, []string{"application.xml"}},
	{Health, []string{"healthcheckresults"}},
	{DatabaseConfig, []string{"dbconfig.xml"}},
	{ConfluenceCfg, []string{"confluence.cfg.xml"}},
	{BitbucketProps, []string{"bitbucket.properties"}},
	{DirectoryInfo, []string{"directoryconfigurationsummary"}},
	{ThreadCPU, []string{"cpu_utilisation"}}, {ThreadCPU, []string{"cpu_utilization"}},
	{ThreadDumps, []string{"thread-dump/"}}, {ThreadDumps, []string{"threaddumps/"}}, {ThreadDumps, []string{"threaddump"}}, {ThreadDumps, []string{"thread_dump"}},
	{JstatLog, []string{"jstat"}},
	{GCLog, []string{"gc-"}}, {GCLog, []string{"gc.log"}}, {GCLog, []string{"-gc"}}, {GCLog, []string{"/gc/"}},
	{AccessLog, []string{"access_log"}}, {AccessLog, []string{"access.log"}}, {AccessLog, []string{"-access-"}}, {AccessLog, []string{"access-log"}},
	{SecurityLog, []string{"atlassian-", "security", ".log"}},
	{SlowQueryLog, []string{"slow-quer", ".log"}},
	{ApdexLog, []string{"apdex", ".log"}},
	{IPDLog, []string{"ipd-monitoring"}}, {IPDLog, []string{"app-monitoring"}}, {IPDLog, []string{"-jmx", ".log"}},
	{PerfLog, []string{"perf", ".log"}},
	{Analytics, []string{"analytics", ".log"}},
	{MailLog, []string{"-mail", ".log"}},
	{JiraLog, []string{"atlassian-jira.log"}},
	{ConfluenceLog, []string{"atlassian-confluence.log"}},
	{BitbucketLog, []string{"atlassian-bitbucket.log"}},
	{TomcatLog, []string{"catalina"}}, {TomcatLog, []string{"localhost."}}, {TomcatLog, []string{"stuck-thread"}},
	{AppLog, []string{"atlassian-", ".log"}}, {AppLog, []string{"insight_", ".log"}}, {AppLog, []string{"diagnostics", ".log"}}, {AppLog, []string{"application-logs/", ".log"}},
	{Properties, []string{".properties"}},
	{Config, []string{"application-config/"}}, {Config, []string{"tomcat-config/"}}, {Config, []string{"web.xml"}}, {Config, []string{"server.xml"}},
}

// Classify tells a file's family by its name in the bundle; of a file inside a nested archive, "entry!inner", by the
// inner name.
func Classify(name string) Family {
	name = strings.ToLower(strings.ReplaceAll(name[strings.LastIndexByte(name, '!')+1:], `\`, "/"))
	for _, row := range families {
		if !slices.ContainsFunc(row.words, func(word string) bool { return !strings.Contains(name, word) }) {
			return row.family
		}
	}
	return Unknown
}

// Whole tells whether a file of the family is a document, to be given whole to Account.Document, and not a log.
func (f Family) Whole() bool {
	return slices.Contains([]Family{Application, Health, DatabaseConfig, ConfluenceCfg, BitbucketProps, Properties, DirectoryInfo, ThreadDumps, ThreadCPU}, f)
}

// levelled tells whether the family's lines say how grave they are.
func (f Family) levelled() bool {
	return slices.Contains([]Family{JiraLog, ConfluenceLog, BitbucketLog, AppLog, SlowQueryLog, MailLog, TomcatLog}, f)
}

// product is the product whose own log the family is.
func (f Family) product() string {
	return map[Family]string{JiraLog: "jira", ConfluenceLog: "confluence", ConfluenceCfg: "confluence", BitbucketLog: "bitbucket", BitbucketProps: "bitbucket", DatabaseConfig: "jira"}[f]
}
