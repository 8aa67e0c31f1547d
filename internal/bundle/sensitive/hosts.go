package sensitive

// vendors is domains that stand in every product's logs and say nothing about whose logs they are: vendors' sites, names
// of XML schemas, and what a Marketplace app gives as its maker's address. Each covers what is below it.
var vendors = set(`
	atlassian.com atl-paas.net atlassian.io bitbucket.org bitbucket.com trello.com jira.com hipchat.com statuspage.io
	w3.org apache.org xmlsoap.org oasis-open.org openxmlformats.org purl.org schema.org json-schema.org ietf.org iana.org whatwg.org
	java.sun.com oracle.com sun.com java.com openjdk.org openjdk.java.net jcp.org adoptopenjdk.net adoptium.net eclipse.org
	springframework.org hibernate.org hibernate.sourceforge.net osgi.org opensymphony.com slf4j.org logback.qos.ch jboss.org
	codehaus.org maven.org mvnrepository.com sourceforge.net github.com github.io githubusercontent.com gitlab.com gravatar.com
	googleapis.com google.com gstatic.com google-analytics.com googletagmanager.com youtube.com microsoft.com
	live.com office.com apple.com icloud.com mozilla.org mozilla.com postgresql.org mysql.com mariadb.org h2database.com
	newrelic.com datadoghq.com sentry.io aws.amazon.com jquery.com jsdelivr.net unpkg.com npmjs.org npmjs.com
	wikipedia.org creativecommons.org gnu.org opensource.org`)

// schemes that look like an address and lead nowhere outside the process or the disk.
var innerSchemes = set(`bundle bundleentry bundleresource bundlefile vfs vfszip jndi classpath file resource chrome-extension about data urn urnx`)

// nohosts is names that stand for no machine in particular.
var nohosts = set(`localhost localhost.localdomain ip6-localhost host hostname server servername domain address example your-server yourserver
	unknown none null undefined default true false name value any all null-host jira confluence bitbucket proxy db database ldap smtp mail http https
	com net org io local lan corp internal intern www`)

// endings is the last labels by which a bare name of several labels is taken for a machine's. A log is full of dotted
// names (packages, files, settings), so that without an address around it a name needs one of these, and a digit in it.
var endings = set(`
	local lan corp internal intern home ad priv private localdomain example
	com net org io dev app cloud info biz eu co ac gov edu mil int cn in us uk de fr it es nl be ch at dk se no fi is ie pt pl cz sk hu
	ro bg gr tr ru ua by kz il ae sa qa eg za ng ke ma jp kr tw hk sg my th vn id ph au nz ca mx br ar cl pe uy li lu lt lv ee si hr rs`)

// versioned is names that have a version behind a slash, or before four numbers.
var versioned = set(`number version ver release build rev revision chrome chromium safari firefox version edg edge opr opera webkit applewebkit gecko msie trident
	electron tomcat coyote jakarta java jdk jre openjdk oracle jira confluence bitbucket crowd plugin driver v bundle headlesschrome mobile
	wget curl python httpclient okhttp node npm gradle maven agent sdk api db server/version`)

// addressed is words after which four small numbers are an address.
var addressed = set(`ip ips addr addresses address ipaddress host hosts from client remote forwarded x-forwarded-for forwarded-for peer node server inet bind bound
	dns gateway to at by for proxy subnet network nameserver ping remoteaddr remote_addr clientip source src dst destination connect listen`)

// files is last labels of names that are files, where a top-level domain would stand.
var files = set(`png jpg jpeg gif svg ico webp bmp css js mjs map java class jar war ear xml xsd xsl properties html htm json log txt md csv zip gz tar
	yaml yml vm vmd soy less scss ts tsx jsx woff woff2 ttf eot so dll exe sh bat cfg conf ini lck tmp bak sql db lock sys pid out pdf docx xlsx`)
