// Package specimen composes support bundles of any size in the layout of Jira Data Center, for tests and for measuring. All
// that is in them is made up: the lines have the published shapes (Atlassian's log formats), and the people, machines and
// secrets in them are drawn by seed, so that whoever composes a bundle knows every value that is in it.
package specimen

import (
	"archive/zip"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Options say what to compose.
type Options struct {
	Seed uint64
	Size int64 // bytes of all files together, inflated; about that much is written
}

// Planted are the values in a bundle, by the names of their kinds, sorted.
type Planted map[string][]string

// Log files are rotated at 20 MiB, as Jira does.
const rotated = 20 << 20

// Write composes a bundle.
func Write(w io.Writer, o Options) (Planted, error) {
	c := &composer{zip: zip.NewWriter(w), rand: rand.New(rand.NewPCG(o.Seed, 11)), planted: map[string]map[string]bool{}, at: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)}
	c.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	c.people = people(c.rand, 40)
	c.documents()
	left := o.Size
	for n := 0; left > 0; n++ {
		logs := min(left, rotated)
		c.log(n, logs*5/6)
		c.access(n, logs/6)
		left -= logs
	}
	if c.err == nil {
		c.err = c.zip.Close()
	}
	return c.list(), c.err
}

type composer struct {
	zip     *zip.Writer
	rand    *rand.Rand
	people  []person
	planted map[string]map[string]bool
	at      time.Time
	err     error
}

// plant notes a value that is about to be written.
func (c *composer) plant(kind, value string) string {
	if c.planted[kind] == nil {
		c.planted[kind] = map[string]bool{}
	}
	c.planted[kind][value] = true
	return value
}

func (c *composer) list() Planted {
	all := Planted{}
	for kind, values := range c.planted {
		for v := range values {
			all[kind] = append(all[kind], v)
		}
		slices.Sort(all[kind])
	}
	return all
}

func (c *composer) file(name string, write func(w io.Writer) error) {
	if c.err != nil {
		return
	}
	w, err := c.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: c.at})
	if err == nil {
		err = write(w)
	}
	c.err = err
}

func (c *composer) text(name, text string) {
	c.file(name, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// documents are the small files.
func (c *composer) documents() {
	host := c.plant("hostname", "db-01.intern.kestrel.example")
	c.text("application-properties/application.xml", `<?xml version="1.0" encoding="UTF-8"?>
<properties><Version>9.12.2</Version><available-processors>8</available-processors><Issues>1200345</Issues><Custom-Fields>1450</Custom-Fields>
<Groups>8400</Groups><Users>21000</Users></properties>
`)
	c.text("application-config/dbconfig.xml", `<?xml version="1.0" encoding="UTF-8"?>
<jira-database-config><name>defaultDS</name><database-type>postgres72</database-type>
<jdbc-datasource><url>jdbc:postgresql://`+host+`:5432/jira</url><driver-class>org.postgresql.Driver</driver-class>
<username>`+c.plant("username", "kx_tracker")+`</username><password>`+c.plant("password", "q7Vz!kTr20%Lm")+`</password><pool-max-size>60</pool-max-size></jdbc-datasource>
</jira-database-config>
`)
	c.text("healthchecks/healthcheckResults.txt", "Name: Open files\nIs healthy: true\n\nName: Indexing\nIs healthy: false\nFailure reason: the index is 42 minutes behind\n")
	c.directory()
}

func (c *composer) directory() {
	var b strings.Builder
	c.plant("hostname", "kestrel.example") // in LDAP's spelling
	for _, p := range c.people {
		fmt.Fprintf(&b, "dn: uid=%s,ou=people,dc=kestrel,dc=example\ncn: %s\ndisplayName: %s\nmail: %s\n\n",
			c.plant("username", p.user), c.plant("fullname", p.full), p.full, c.plant("email", p.email))
	}
	c.text("auth-cfg/directoryConfigurationSummary.txt", b.String())
}

// log is one rotated file of the product's own log.
func (c *composer) log(n int, size int64) {
	name := "application-logs/atlassian-jira.log"
	if n > 0 {
		name += fmt.Sprintf(".%d", n)
	}
	c.file(name, func(w io.Writer) error {
		line := append([]byte(nil), c.key()...)
		for written := int64(0); written < size; {
			line = c.logLine(line)
			k, err := w.Write(line)
			if err != nil {
				return err
			}
			written += int64(k)
			line = line[:0]
		}
		return nil
	})
}

// key is how a start-up banner prints the trusted application's private key.
func (c *composer) key() string {
	der := make([]byte, 608)
	for i := range der {
		der[i] = byte(c.rand.Uint32())
	}
	der[0], der[1], der[2] = 0x30, 0x82, 0x02
	return "    jira.trustedapp.key.private.data              : " + c.plant("private_key", base64.StdEncoding.EncodeToString(der)) + "\n"
}

var messages = []string{
	"[c.a.jira.index.DefaultIndexManager] Optimize took 37ms",
	"[c.a.j.p.h.v.LuceneSearchProvider_SLOW] JQL query '{project = OPS}' produced lucene query '{+projid:10000}' and took '515' ms to run.",
	"[c.a.jira.cluster.DefaultClusterManager] Current node: node1. Current status: Active",
	"[c.a.jira.web.filters.ThreadLocalQueryProfiler] Executed 412 queries in 96 ms, of them 3 slow",
	"[o.a.c.loader.WebappClassLoaderBase] java.lang.IllegalStateException: the plugin was stopped",
	"[c.a.j.w.action.issue.CreateIssue] Field customfield_10412 has no value",
}

var frames = []string{
	"\tat com.atlassian.jira.issue.managers.DefaultIssueManager.createIssue(DefaultIssueManager.java:602)\n",
	"\tat com.atlassian.jira.web.action.issue.IssueCreationHelperBeanImpl.validateLicense(IssueCreationHelperBeanImpl.java:118)\n",
	"\tat org.apache.catalina.core.StandardWrapperValve.invoke(StandardWrapperValve.java:197) [catalina.jar:8.5.35]\n",
	"\tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1128)\n",
}

func (c *composer) logLine(line []byte) []byte {
	c.at = c.at.Add(time.Duration(c.rand.IntN(900)) * time.Millisecond)
	line = c.at.AppendFormat(line, "2006-01-02 15:04:05,000-0700")
	message := messages[c.rand.IntN(len(messages))]
	if c.rand.IntN(3) > 0 {
		line = fmt.Appendf(line, " Caesium-1-%d INFO ServiceRunner     %s\n", 1+c.rand.IntN(4), message)
	} else {
		p := c.people[c.rand.IntN(len(c.people))]
		line = fmt.Appendf(line, " http-nio-8080-exec-%d WARN %s %dx%dx1 %s %s /rest/api/2/issue/OPS-%d %s\n", 1+c.rand.IntN(25), c.plant("username", p.user),
			c.at.Hour()*60+c.at.Minute(), c.rand.IntN(1e6), c.plant("session", p.session), c.plant("ipv4", p.ip), c.rand.IntN(1e5), message)
	}
	for range max(0, c.rand.IntN(40)-34) * 6 {
		line = append(line, frames[c.rand.IntN(len(frames))]...)
	}
	return line
}

// access is one day's access log.
func (c *composer) access(n int, size int64) {
	c.file(fmt.Sprintf("tomcat-logs/localhost_access_log.2026-03-%02d.%d.txt", 1+n%28, n), func(w io.Writer) error {
		for written := int64(0); written < size; {
			p := c.people[c.rand.IntN(len(c.people))]
			k, err := fmt.Fprintf(w, "%s %dx%dx1 %s [%s] \"GET /browse/OPS-%d HTTP/1.1\" 200 %d %d \"-\" \"Mozilla/5.0\" \"%s\"\n", c.plant("ipv4", p.ip), c.rand.IntN(1440),
				c.rand.IntN(1e6), c.plant("username", p.user), c.at.Format("02/Jan/2006:15:04:05 -0700"), c.rand.IntN(1e5), c.rand.IntN(1e5), c.rand.IntN(900), c.plant("session", p.session))
			if err != nil {
				return err
			}
			written += int64(k)
		}
		return nil
	})
}
