package sensitive_test

import "testing"

// What counts, and what looks like it and does not. A line without a mark holds nothing.
var kinds = map[string][]string{
	"email": {
		`From: «email|jane.doe+jira@corp.example»`,
		`to=«email|j@a-b.co.in»,cc=«email|J_D@SUB.CORP.EXAMPLE».`,
		`To='«email|priya29@acme.example»' ReplyTo='«email|o'brien@acme.example»'`,
		`Error sending to «fullname|Tomás Yılmaz» <«email|tyilmaz@corp.example»>`,
		`mailto:«email|jörg@bücher.example»`,
		`«email|иван@почта.рф»`,
		`org.foo.Bar@1a2b3c`,
		`o.a.h.Connection@7f3e21aa.close() failed`,
		`at java.base@11.0.9.1/java.net.SocketInputStream.read(SocketInputStream.java:168)`,
		`/images/icon@2x.png and logo@3x.jpg`,
		`indexDirectoryId=MMapDirectory@/var/atlassian/application-data/jira/caches`,
		`user@localhost, @FormParam, a@b, foo@`,
		`git@github.com:acme/tools.git`,
		`npm install left-pad@1.3.0 @types/node@20.1.0`,
	},
	"username": {
		`2020-05-28 07:08:13,899+0000 http-nio-8080-exec-9 INFO «username|frahman22» 428x1980x1 «session|10u7r9q» «ipv4|192.29.112.251» /secure/CreateIssue.jspa [c.a.j.web] x`,
		`2020-05-28 05:55:08,695+0000 http-nio-8080-exec-8 «username|farid.fukuda» 355x1454x1 «session|1n1oxqh» «ipv4|10.29.112.251» /login.jsp The user '«username|farid.fukuda»' has PASSED authentication.`,
		`2020-05-28 05:55:08,695 exec-8 INFO «username|Jane Doe» 355x1454x1 «session|1n1oxqh» «ipv4|8.9.0.1»,«ipv4|10.0.0.2» /login.jsp x`,
		`2020-05-28 05:55:08,695+0000 localhost-startStop-2      HttpSession [«session|18fmim8»] destroyed for 'anonymous'`,
		`«ipv4|172.19.129.231» - «username|jdoe» [31/Dec/2019:10:03:17 +0000] "GET / HTTP/1.1" 200 12`,
		`«ipv4|172.19.129.231» 540x214x1 «username|jdoe» [31/Dec/2019:10:03:17 +0000] "GET / HTTP/1.1" 200 12`,
		`«hostname|ws-12.corp.example» - - [31/Dec/2019:10:03:17 +0000] "GET / HTTP/1.1" 200 12`,
		`«ipv4|10.1.2.3» | https | o@1ABC2Dx540x214x1 | «username|jdoe» | 2026-03-01 06:00:00,000 | "GET /rest"`,
		` -- url: /display/X | traceId: a1b2c3d4 | userName: «username|jdoe» | action: view`,
		`login : '«username|EXT291106»' tried to login but they do not have USE permission`,
		`<User id="1" userName="«username|jdoe»" active="1"/>`,
		`uid=«username|jdoe»,ou=people,dc=«hostname|corptown»,dc=example`,
		`account CORP is not «username|CORP\jdoe7», path C:\Users\Public\x.log`,
		`sAMAccountName: «username|jdoe»`,
		`The user 'admin' has PASSED authentication.`,
		`2020-06-17 04:30:18,265+0000 exec-20 anonymous 270x7x2 - 127.0.0.1 /secure/admin The user 'anonymous' is NOT AUTHORIZED`,
		`No settings for user management, for user preferences. Username: not found`,
		`127.0.0.1 - - [31/Dec/2019:09:58:49 +0000] "GET /cargocpc/index.html HTTP/1.1" 200 124`,
		`"user.name":"00000000000000000000000000000002"`,
		`image 1024x768x24 loaded`,
		`[Times: user=0.05 sys=0.01, real=0.02 secs] uid=1000(jira) gid=1000`,
		`username=0123456789abcdef0123456789abcdef`,
		`SELECT id FROM cwd_user WHERE user_name = ? AND assignee = currentUser()`,
		`2026-03-01 06:00:00,000 INFO  [http-nio-7990-exec-1] «username|jdoe» @1ABCDEx540x1234x1 «session|1abc2de» «ipv4|10.1.2.3» "GET /rest HTTP/1.1" x`,
		`"http-nio-8080-exec-7 url:/secure/Dashboard.jspa username:«username|jdoe»" #123 daemon prio=5 tid=0x00007f`,
	},
	"fullname": {
		`bind failed: cn=«fullname|Tomás Yılmaz»,ou=staff,dc=example`,
		`displayName: «fullname|Václav O'Brien»`,
		`{"displayName":"«fullname|田中太郎»","active":true}`,
		`firstName="«fullname|Oyelaran»" lastName="«fullname|Brzęczyszczykiewicz»"`,
		`<User firstName="«fullname|jane»" lowerLastName="«fullname|o'neill»" lowerDisplayName="«fullname|jane o'neill»"/>`,
		`<property name="fullName"><![CDATA[«fullname|Jane Doe»]]></property>`,
		`"displayName":"summary","displayName":"story points"`,
		`Full name : «fullname|Maria van der Berg»`,
		`"«fullname|Σωκράτης Παπαδόπουλος»" <«email|sokratis@corp.example»>`,
		`cn=jira-users,ou=groups,dc=example`,
		`cn=Domain Admins,cn=Users,dc=example`,
		`displayName: Service Account`,
	},
	"ipv4": {
		`client «ipv4|10.0.0.1» and /«ipv4|192.168.1.20»:8080, x-forwarded-for: «ipv4|8.9.0.1», «ipv4|1.1.1.1»:53`,
		`addr=«ipv4|203.0.113.9»; range «ipv4|172.16.0.1»-«ipv4|172.16.0.9»`,
		`host/«ipv4|203.0.113.77»:443`,
		`8.9.0.1 is a version, and so are 3.8.0.1, v10.2.3.4 and "version 192.100.3.4"`,
		`com.atlassian.bundles.icu4j-3.8.0.1 nekohtml-1.9.12.1.jar Version : 2.2.4.7`,
		`GET /jira/s/1/713000/1/1.7.2.1/_/download/resources/x.js`,
		`Version : 10.1.2.3, 10.20.0.4-m0001, 192.168.1.1-SNAPSHOT`,
		`Chrome/181.0.40.138 Oracle Database 19.3.0.0 1.3.6.1.4.1.311.10 256.1.1.1 01.2.3.4`,
		`127.0.0.1 0.0.0.0 255.255.255.0 127.8.8.8`,
	},
	"ipv6": {
		`from «ipv6|2001:db8:990c:dd82:50d7:18dc:7e9d:8153»,«ipv4|10.1.1.1» and [«ipv6|fe80::1%eth0»]:8080`,
		`mapped «ipv6|::ffff:10.20.30.40», short «ipv6|2001:db8::1», plain «ipv6|fd00:10:20:30:40:50:60:70»`,
		`ThreadPoolAsyncTaskExecutor::Thread 27 std::vector a::b Face::dead`,
		`::1 and :: and 0:0:0:0:0:0:0:1`,
		`00:1a:2b:3c:4d:5e 00:11:22:33:44:55:66:77 12:30:45 [31/Dec/2019:09:58:49`,
		`SHA1: 9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B`,
	},
	"hostname": {
		`jdbc:postgresql://«hostname|db1.intern.fjord.example»:5432/jira ldaps://«hostname|ws-3548.nordwind.example»:636`,
		`jdbc:oracle:thin:@«hostname|ora-7.corp.example»:1521:JIRA`,
		`mongodb://«hostname|h1.corp.example»:27017,«hostname|h2.corp.example»:27017/x`,
		`host=«hostname|ws-0042.corp.example»; -Djava.rmi.server.hostname=«hostname|node1»`,
		`lost ws-3.x, lost «hostname|ws-0042.corp.tamarind.co.in» again`,
		`http://www.w3.org/2001/XMLSchema https://marketplace.atlassian.com/x https://github.com/a http://localhost:8080/`,
		`com.atlassian.jira.web.action at org.apache.catalina.core log4j2.configuration.file io.h2.driver`,
		`bundle://33.0:0/x file:///var/log jar:file:/opt/x.jar!/y`,
	},
	"session": {
		`JSESSIONID=«session|025EC944380EC7C07D55A7255C06D716»; Path=/`,
		`/secure/x.jspa;jsessionid=«session|1873b7c27fb61bf8fb0c820c1d9d83d4»`,
		`HttpSession created [«session|1u7z9k6»]`,
		`digest 025EC944380EC7C07D55A7255C06D716, id 123e4567-e89b-12d3-a456-426614174000`,
	},
	"jwt": {
		`Authorization: Bearer «jwt|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.TA3RItjD1qFkDGcrGgVLBeweQCbkGT8kSfzOSrMtnHn»[\r][\n]`,
		`eyJoZWxsbyI6MX0.eyJzdWIiOiJqYW5lIn0.abc eyJhbGci. eyJhbGciOiJIUzI1NiJ9`,
	},
	"aws_key": {
		`AWS_ACCESS_KEY_ID=«aws_key|AKIAPVREE7X369DKT9RW»`,
		`aws_secret_access_key = «secret|wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»`,
		`AKIA, AKIA1234, xAKIAPVREE7X369DKT9RW, AKIAPVREE7X369DKT9RWAA`,
	},
	"password": {
		`<password>«password|#y34Zp!IqtbW1n»</password>`,
		`jdbc:postgresql://«hostname|db9»:5432/jira?user=jira&password=«password|vgROI78to%OLGN»`,
		`-Xmx1g -Dhttp.proxyPassword=«password|a,b;c»</JVM-Input-Arguments>`,
		`ldap.password : «password|correct horse battery»`,
		`<property name="hibernate.connection.password">«password|s3cret»</property>`,
		`"password": "«password|two words»", 'passwd' => '«password|x y»'`,
		`<property name="password"><![CDATA[«password|x<y>z»]]></property>`,
		`<entry key="ldap.password" value="«password|hunter2»"/>`,
		`redis://«username|jdoe»:«password|p4ss»@«hostname|cache-1.corp.example»:6379`,
		`credential="«password|{PKCS5S2}8J3kq0»"`,
		`Authorization: Basic «password|amRvZTpodW50ZXIy»`,
		`<password>********</password> password=${db.password} password: null "password":"REDACTED"`,
		`basic AAAAOv8= and Basic authentication`,
		`UPDATE cwd_user SET credential = ?, password = ? WHERE id = 1`,
		`Database password decryption not performed. Wrong password: try again.`,
		`JIRA Password Policy Plugin : com.atlassian.jira.plugins.jira-password-policy-plugin`,
		`ldap.password: Sanitized by Support Utility`,
	},
	"private key": {
		`jira.trustedapp.key.private.data : «private_key|MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKjMzEfYyji»`,
		`x «private_key|MIIEpAIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun» y`,
		`"«private_key|-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----»"`,
		`jira.trustedapp.key.public.data : MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo`,
		`-----BEGIN CERTIFICATE-----`,
	},
	"sen": {
		`SEN : «sen|SEN-77649681» and «sen|SEN-L12345678», «sen|SEN L12345678».`,
		`SEN                     : «sen|L12345678»`,
		`SEN-1, ABSEN-12345678, send-12345, sen-`,
	},
	"server_id": {
		`The Server ID for this JIRA instance is: [«server_id|BPZA-3HDY-F9G4-C7PA»]`,
		`<Server-ID>«server_id|8EPZ-3HDY-F9G4-C7PA»</Server-ID>`,
		`1234-5678-9012-3456 THIS-THAT-SOME-WORD 123E4567-E89B-12D3-A456-426614174000 AAAA-BBBB-CCCC-DDD1-EEEE`,
	},
	"token": {
		`token «token|ghp_16C7e42F292c6912E7710c838347Ae178B4a», «token|glpat-abcdefghij0123456789»`,
		`Authorization: Bearer «token|NjA1OTU3Mzg0NTY2Os9fLr0»`,
		`«token|ATATT3xFfGF0T1234567890abcdef_xyz=ABCDEF12» «token|AIzaSyA1234567890abcdefghijklmnopqrstuv»`,
		`access_token=«token|a1b2c3d4e5f6»&x=1`,
		`the bearer token expired, glpat-short, xoxb-, npm_install, "token":"x"`,
	},
	"cookie": {
		`Cookie: seraph.rememberme.cookie=«cookie|10001%3Aab12cd»; atlassian.xsrf.token=«cookie|B1_ab12_lin»; crowd.token_key=«cookie|q1w2e3r4»`,
	},
	"licence": {
		`license: «licence|AAABJw0ODAoPeNp1kMFOwzAMhu95iki7IaVqi5hEpUggtsNQNxDduHAxqbtZSpPKSSf29qTdOPsm8s//+fOfrNHrpWVVoXJdP5X1c1mo9bhWRVmpnceeDLV2oEg0X02dd»`,
		`AAAB3NzaC1yc2EAAAADAQABAAABgQC7VJTUt9Us8cKjMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3S`,
	},
}

// Lines of the families of logs that hold nothing: none of them may have a place.
var quiet = []string{
	`2026-03-01T06:00:06.682+0000: 12.345: [GC (Allocation Failure) [PSYoungGen: 65536K->10748K(76288K)] 65536K->10820K(251392K), 0.0086 secs] [Times: user=0.02 sys=0.00, real=0.01 secs]`,
	`[2026-03-01T06:00:06.682+0000][info][gc] GC(12) Pause Young (Normal) (G1 Evacuation Pause) 24M->4M(256M) 2.512ms`,
	`"http-nio-8080-exec-7" #123 daemon prio=5 os_prio=0 tid=0x00007f3c2c00d800 nid=0x1a2b waiting on condition [0x00007f3bd9bfa000]`,
	`	- parking to wait for  <0x00000000c0a80101> (a java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject)`,
	`	at sun.reflect.GeneratedMethodAccessor1234.invoke(Unknown Source)`,
	`	at com.atlassian.jira.user.UserPropertyManager$$EnhancerByCGLIB$$1a2b3c4d.login(<generated>) [?:?]`,
	`	at java.base@17.0.2/jdk.internal.misc.Unsafe.park(Native Method)`,
	`06-Dec-2021 10:04:19.911 WARNING [Catalina-utility-1] org.apache.catalina.valves.StuckThreadDetectionValve.notifyStuckThreadDetected Thread [http-nio-8090-exec-626] (id=[106039]) has been active for [60,495] milliseconds`,
	`06-Dec-2021 10:04:19.911 INFO [main] org.apache.catalina.startup.VersionLoggerListener.log Server version name: Apache Tomcat/9.0.54`,
	`Server number:         9.0.54.0, OS Version: 5.10.0-9-amd64, Architecture: amd64, JVM Version: 11.0.13+8-LTS`,
	`2026-03-01 06:00:06,682+0000 JIRA-Bootstrap INFO      [c.a.j.startup.JiraStartupLogger] user.dir : /opt/atlassian/jira/bin, user.name : jira, user.language : en`,
	`         com.atlassian.jira.plugin.system.user.nav.links              : com.atlassian.jira.plugin.user.nav, Version: 8.9.0, Status: enabled, Vendor: Atlassian`,
	`         jira.option.user.externalmanagement           : false`,
	`2026-03-01 06:00:06,682+0000 versioning-stats-0 INFO      [c.a.j.v.EntityVersioningManagerWithStats] [VERSIONING] total stats: {"requestMillis":{"count":12,"min":0,"max":9,"distributionCounter":{"1":0,"10":2}}}`,
	`[DBR] [RECEIVER] Node: node1, processed: 12, data: {"receiveDBRMessageDelayed":{"avg":0.50}}`,
	`JQL query '{assignee = currentUser()} AND {project = "ABC"}' produced lucene query '+projid:10000' and took '515' ms to run.`,
	`select U.user_name from cwd_user U where U.lower_user_name = ? and U.directory_id = ? order by U.user_name`,
	`1.7|2026-03-01 06:00:06,682|0123456789abcdef0123456789abcdef|jira|8.9.0|-||usercreated|{"user.name":"0123456789abcdef0123456789abcdee"}|1590570122192||`,
	`Created table "PUBLIC.AO_0A5972_NOTIFICATION_SETTING", index uk_user_name, column lower_user_name, entity "LicenseRoleGroup"`,
	`Is healthy: false. Failure reason: The password encryptor com.atlassian.db.config.password.ciphers.base64.Base64Cipher is outdated`,
	`Loaded class com.atlassian.sal.api.user.UserKey from file:/opt/atlassian/jira/atlassian-jira/WEB-INF/lib/sal-api-4.2.0.jar!/x`,
	`https://docs.atlassian.com/jira/REST/8.9.0/#api/2/user-getUser and https://confluence.atlassian.com/x/abc`,
	`jvm args: -Xms384m -Xmx2048m -Djava.awt.headless=true -Datlassian.standalone=JIRA -Dmail.mime.decodeparameters=true -XX:+UseG1GC`,
	`ETag: W/"1b2c3d4e5f60718293a4b5c6d7e8f901", If-None-Match, X-AREQUESTID: 540x214x1, X-ASEN: , Content-Type: text/html;charset=UTF-8`,
	`MD5 d41d8cd98f00b204e9800998ecf8427e SHA-256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855`,
	`<property name="hibernate.connection.provider_class">com.zaxxer.hikari.hibernate.HikariConnectionProvider</property>`,
	`Fields: Story Points, Epic Name, Sprint; Users: 28; Groups: 3; Host: ; User: ; Password:`,
	`Login failed, user not found; session expired; token invalid; the cookie is not set; cn is missing; SEN is missing`,
	`Data block AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==`,
}

func TestQuietLogs(t *testing.T) {
	t.Parallel()
	for _, line := range quiet {
		check(t, line)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for kind, lines := range kinds {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for _, line := range lines {
				check(t, line)
			}
		})
	}
}
