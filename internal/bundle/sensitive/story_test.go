package sensitive_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A story is a log with values of many shapes and scripts in it, and what was put in.
type storyText struct {
	text    string
	planted map[[2]string]bool // kind and value
}

type person struct{ first, last, user, mail, host, ip4, ip6 string }

var (
	firsts = strings.Fields("Иван Ольга Σωκράτης Ελένη Zoë Łukasz Nguyễn Çağla José-María Ângela Þórdís Bjørn Siân محمد فاطمة דוד रवि ஆனந்த் Siobhán Ioannis")
	lasts  = strings.Fields("Петров Кузнецова Παπαδόπουλος Müller-Lüdenscheidt Żółkiewski Trần Öztürk Guðmundsdóttir O'Sullivan D'Angelo السيد כהן कुमार முருகன் Fernández Ødegård Ștefănescu")
	hans   = strings.Fields("田中太郎 佐藤花子 王小明 李雷 김철수 山田さくら")
	sites  = strings.Fields("nordlicht.example corp.kumo.co.jp бюро.рф xn--bcher-kva.example ad.hydra.internal it.meridian.com.au")
)

func people(r *rand.Rand, n int) (all []person) {
	for i := range n {
		p := person{first: firsts[r.IntN(len(firsts))], last: lasts[r.IntN(len(lasts))]}
		if i%6 == 5 {
			p.first, p.last = hans[r.IntN(len(hans))], ""
		}
		site := sites[r.IntN(len(sites))]
		p.user = []string{fmt.Sprintf("u%06d", r.IntN(1e6)), fmt.Sprintf("name.sur%d", i), fmt.Sprintf("svc_%d-x", i), fmt.Sprintf(`HYDRA\agent%d`, i)}[i%4]
		p.mail = fmt.Sprintf("%s+jira%d@%s", []string{"first.last", "f_l", "jörg", "иван", "o'neil"}[i%5], i, site)
		p.host = fmt.Sprintf("srv-%03d.%s", r.IntN(1000), site)
		p.ip4 = fmt.Sprintf("%d.%d.%d.%d", []int{10, 172, 192, 81, 203}[i%5], []int{r.IntN(256), 16 + r.IntN(16), 168, 40 + r.IntN(200), 40 + r.IntN(200)}[i%5], 40+r.IntN(200), 1+r.IntN(250))
		p.ip6 = []string{fmt.Sprintf("fe80::%x:%x%%eth0", 4096+r.IntN(60000), 4096+r.IntN(60000)), fmt.Sprintf("::ffff:%s", p.ip4), fmt.Sprintf("2a02:%x::%x", 4096+r.IntN(60000), r.IntN(65536)|1), fmt.Sprintf("fd%02x:1:2:3:4:5:6:%x", 16+r.IntN(200), 1+r.IntN(9))}[i%4]
		all = append(all, p)
	}
	return all
}

// full is the name as the directory has it.
func (p person) full() string { return strings.TrimSpace(p.first + " " + p.last) }

// noise is lines with nothing in them.
var noise = []string{
	"\tat com.atlassian.jira.web.action.Dispatcher.invoke(Dispatcher.java:115) ~[jira-core-8.9.0.jar:?]",
	"2026-03-01 06:00:06,682+0000 Caesium-1-2 INFO      [c.a.j.index] flush stats: snapshotCount=16, total=219, lock=NativeFSLockFactory@3f2a9c",
	"Loaded plugin com.acme.rocket.fuel-1.2.3.4 version 10.3.1, sha 2c26b46b68ffc68ff99b453c1d304134 in 12:34:56.789",
	"Using icon@2x.png, bundle://33.0:0/x, http://www.w3.org/2001/XMLSchema and 00:1b:44:11:3a:b7",
	"java.base@17.0.2/java.lang.Thread.run(Unknown Source) Foo::bar std::map<int,int>::iterator",
	`{"count":12,"ratio":0.50,"when":"2026-03-01T06:00:06.682Z","id":"123e4567-e89b-12d3-a456-426614174000"}`,
	"password policy checked; the user must change their password; login page served; token bucket refilled",
	"GET /s/d41d8cd98f00b204e9800998ecf8427e-CDN/-npg497/713000/b6b48b2829824b869586ac216d119363/1.7.2.1/_/download",
}

// story writes lines about some people, and remembers what it wrote.
func story(r *rand.Rand, lines int) storyText {
	s := storyText{planted: map[[2]string]bool{}}
	put := func(kind, value string) string { s.planted[[2]string{kind, value}] = true; return value }
	ts := "2026-03-01 06:00:00,000+0000"
	all := people(r, 24)
	secret := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteByte("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"[r.IntN(56)])
		}
		return b.String() + "7x"
	}
	shapes := []func(p person) string{
		func(p person) string {
			return fmt.Sprintf("%s http-nio-8080-exec-7 WARN %s 540x214x1 %s %s /secure/X.jspa [c.a.j.mail] Sent to %s", ts, put("username", p.user), put("session", strings.ToLower(secret(5))), put("ipv4", p.ip4), put("email", p.mail))
		},
		func(p person) string {
			return fmt.Sprintf("%s exec-1 %s 540x214x1 - %s /login.jsp The user '%s' has FAILED authentication.", ts, put("username", p.user), put("ipv4", p.ip4), put("username", p.user))
		},
		func(p person) string {
			return fmt.Sprintf("%s main ERROR      [c.a.c.d.LDAP] no such entry: cn=%s,ou=Mitarbeiter,ou=people at ldaps://%s:636", ts, put("fullname", p.full()), put("hostname", p.host))
		},
		func(p person) string {
			return fmt.Sprintf(`{"name":"x","emailAddress":"%s","displayName":"%s"}`, strings.ReplaceAll(put("email", p.mail), "@", `\u0040`), put("fullname", p.full()))
		},
		func(p person) string {
			return fmt.Sprintf(`<User userName="%s" displayName="%s" emailAddress="%s"/>`, put("username", p.user), escapeXML(put("fullname", p.full())), escapeXML(put("email", p.mail)))
		},
		func(p person) string {
			return fmt.Sprintf("GET /rest/api/2/user/search?query=%s&max=1", escaped["percent"](put("email", p.mail)))
		},
		func(p person) string {
			return fmt.Sprintf("payload=%s", base64.StdEncoding.EncodeToString([]byte("mail from "+put("email", p.mail)+", thanks")))
		},
		func(p person) string {
			return fmt.Sprintf("Remote peer %s, forwarded for [%s]:8443", put("ipv4", p.ip4), put("ipv6", p.ip6))
		},
		func(p person) string {
			return fmt.Sprintf("jdbc:sqlserver://%s:1433;databaseName=jira;user=jira;password=%s;encrypt=true", put("hostname", p.host), put("password", secret(10)))
		},
		func(p person) string {
			return fmt.Sprintf("git remote https://%s:%s@%s/scm/x.git", put("username", "bot"+secret(3)), put("password", secret(12)), put("hostname", p.host))
		},
		func(p person) string {
			return fmt.Sprintf("Cookie: JSESSIONID=%s; seraph.rememberme.cookie=%s", put("session", strings.ToUpper(secret(20))), put("cookie", secret(16)))
		},
		func(p person) string {
			return fmt.Sprintf("slack xoxb-%s and X-Api-Key: %s", planted(put, "token", "xoxb-", secret(20)), put("token", secret(20)))
		},
		func(p person) string {
			return fmt.Sprintf("%s - %s [01/Mar/2026:06:00:00 +0000] \"GET / HTTP/1.1\" 200 12", put("ipv4", p.ip4), put("username", p.user))
		},
	}
	var out strings.Builder
	for range lines {
		out.WriteString(noise[r.IntN(len(noise))] + "\n")
		out.WriteString(shapes[r.IntN(len(shapes))](all[r.IntN(len(all))]) + "\n")
	}
	s.text = out.String()
	return s
}

// planted notes a value with its prefix, and gives what is behind the prefix.
func planted(put func(kind, value string) string, kind, prefix, rest string) string {
	put(kind, prefix+rest)
	return rest
}

func escapeXML(s string) string {
	return strings.NewReplacer("&", "&amp;", "'", "&apos;", "@", "&#64;").Replace(s)
}

// All that was put in is found, and nothing else.
func TestStories(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		s := story(rand.New(rand.NewPCG(seed, 1)), 400)
		found := map[[2]string]bool{}
		for _, p := range places(t, []byte(s.text), 64<<10) {
			found[[2]string{p.kind, p.value}] = true
		}
		for v := range s.planted {
			if !found[v] {
				t.Errorf("seed %d: missed %s", seed, v)
			}
		}
		for v := range found {
			if !s.planted[v] {
				t.Errorf("seed %d: took for %s", seed, v)
			}
		}
	}
}
