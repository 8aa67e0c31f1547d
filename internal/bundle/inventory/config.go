package inventory

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// settings are the technical values of configuration files that are facts, by the name of the element (dbconfig.xml), of
// the property (confluence.cfg.xml) or of the key (bitbucket.properties, cluster.properties). All else in those files,
// passwords among it, is passed over.
var settings = map[string]Path{
	"pool-max-size": PoolMax, "pool-min-size": PoolMin, "pool-max-idle": PoolIdle, "pool-max-wait": PoolWait,
	"hibernate.c3p0.max_size": PoolMax, "hibernate.c3p0.min_size": PoolMin,
	"hibernate.hikari.maximumpoolsize": PoolMax, "hibernate.hikari.minimumidle": PoolMin,
	"db.pool.partition.connection.maximum": PoolMax, "db.pool.partition.connection.minimum": PoolMin,
	"db.pool.size.max": PoolMax, "db.pool.size.min": PoolMin, "db.pool.idle.timeout": PoolIdle,
	"url": DatabaseURL, "hibernate.connection.url": DatabaseURL, "jdbc.url": DatabaseURL,
	"driver-class": Driver, "hibernate.connection.driver_class": Driver, "jdbc.driver": Driver,
	"password": WeakPassword, "hibernate.connection.password": WeakPassword, "jdbc.password": WeakPassword,
	"database-type": Database, "buildnumber": Build,
	"jira.node.id": Clustered, "confluence.cluster": Clustered, "hazelcast.enabled": Clustered,
}

// weak are the passwords that manuals show. Only that one of them is in use is told, and not which.
var weak = []string{"", "password", "jira", "jirapassword", "jiradbuser", "confluence", "confluencepassword", "bitbucket", "bitbucketpassword", "atlassian", "admin", "changeit", "postgres", "secret"}

// setting tells one value of a configuration file.
func (a *Account) setting(name, value string, line int) {
	path := settings[strings.ToLower(name)]
	switch path {
	case "":
		return
	case DatabaseURL:
		value = Connection(value)
		if _, rest, _ := strings.Cut(value, "jdbc:"); rest != "" {
			kind, _, _ := strings.Cut(rest, ":")
			a.tell(Database, databaseName(kind), FromConfig, line)
		}
	case Driver:
		if !identifier([]byte(value)) {
			return
		}
	case WeakPassword:
		value = strconv.FormatBool(slices.Contains(weak, strings.ToLower(value)))
	case Database:
		value = databaseName(value)
	case Clustered:
		if value != "" && strings.EqualFold(name, "jira.node.id") {
			value = "true"
		}
	}
	a.tell(path, value, FromConfig, line)
}

// readConfig reads dbconfig.xml and confluence.cfg.xml.
func (a *Account) readConfig(text []byte) {
	name := ""
	line, err := walkXML(text, func(n node) {
		switch {
		case n.name() == "@name":
			name = n.text
		case n.name() == "property":
			a.setting(name, n.text, n.line)
		default:
			a.setting(n.name(), n.text, n.line)
		}
	})
	if err != nil {
		a.fail(line, "%v", err)
	}
}

// readProperties reads key=value lines.
func (a *Account) readProperties(text []byte) {
	eachLine(text, 1, func(line []byte, number, _ int) {
		line = bytes.TrimSpace(line)
		if i := bytes.IndexAny(line, "=:"); i > 0 && line[0] != '#' && line[0] != '!' {
			a.setting(string(bytes.TrimSpace(line[:i])), string(bytes.TrimSpace(line[i+1:])), number)
		}
	})
}
