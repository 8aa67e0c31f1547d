package migration

import (
	"fmt"
	"strings"

	"waybill/internal/fault"
	"waybill/internal/text"
)

// The limits of a plan. A scope that keeps them can still be too large to store: package dynamo refuses that.
const (
	MaxProjects = 5000
	MaxApps     = 1000
)

// Draft is what a person says of a migration; everything else about it is ours.
type Draft struct {
	Name        string      `json:"name"`
	Source      Source      `json:"source"`
	Destination Destination `json:"destination"`
	Scope       Scope       `json:"scope"`
}

// Source is the self-hosted instance.
type Source struct {
	Product  string `json:"product"`
	ServerID string `json:"serverId"`
	BaseURL  string `json:"baseUrl"`
	Version  string `json:"version"`
}

// Destination is the cloud site.
type Destination struct {
	URL string `json:"url"`
}

// Scope is what shall move.
type Scope struct {
	Projects       []Named `json:"projects"`
	UsersAndGroups string  `json:"usersAndGroups"` // all, scoped or none
	Apps           []Named `json:"apps"`
}

// Named is a project (or space, or repository's project) or an app.
type Named struct {
	Key  string `json:"key"`
	Name string `json:"name,omitempty"`
}

// Check answers every rule that the draft breaks, and fills in what may be left out.
func (d *Draft) Check() error {
	var broken fault.Fields
	text.Line(&broken, "/name", d.Name, 1, 255)
	d.Source.check(&broken)
	text.HTTPS(&broken, "/destination/url", d.Destination.URL)
	d.Scope.check(&broken, d.Source.Product)
	return broken.Err()
}

func (s Source) check(broken *fault.Fields) {
	known := false
	for _, p := range Products() {
		known = known || p == s.Product
	}
	broken.Check(known, "/source/product", "one-of", "The product must be one of: %s.", strings.Join(Products(), ", "))
	text.Code(broken, "/source/serverId", s.ServerID, "-._", 64)
	text.HTTPS(broken, "/source/baseUrl", s.BaseURL)
	text.Code(broken, "/source/version", s.Version, "-._+", 64)
}

// Products lists what can be migrated from.
func Products() []string { return []string{"jira", "confluence", "bitbucket", "bamboo", "crowd"} }

func (s *Scope) check(broken *fault.Fields, product string) {
	if s.UsersAndGroups == "" {
		s.UsersAndGroups = "none"
	}
	u := s.UsersAndGroups
	broken.Check(u == "all" || u == "scoped" || u == "none", "/scope/usersAndGroups", "one-of", "It must be all, scoped or none.")
	s.Projects = checkNamed(broken, "/scope/projects", s.Projects, MaxProjects, func(pointer, key string) {
		checkProjectKey(broken, pointer, product, key)
	})
	s.Apps = checkNamed(broken, "/scope/apps", s.Apps, MaxApps, func(pointer, key string) {
		text.Code(broken, pointer, key, "-._", 255)
	})
}

// checkNamed wants at most max entries of distinct keys. It stops at the first hundred broken rules: an answer must not
// outgrow the question.
func checkNamed(broken *fault.Fields, pointer string, list []Named, max int, checkKey func(pointer, key string)) []Named {
	if !broken.Check(len(list) <= max, pointer, "max-items", "It may have at most %d entries; it has %d.", max, len(list)) {
		return list
	}
	seen := make(map[string]bool, len(list))
	for i, n := range list {
		if len(*broken) >= 100 {
			break
		}
		at := fmt.Sprintf("%s/%d", pointer, i)
		checkKey(at+"/key", n.Key)
		broken.Check(!seen[n.Key], at+"/key", "unique", "The key stands in the list already.")
		seen[n.Key] = true
		if n.Name != "" {
			text.Line(broken, at+"/name", n.Name, 1, 255)
		}
	}
	if list == nil {
		return []Named{}
	}
	return list
}

// checkProjectKey applies the product's own rule. Jira: an upper-case letter, then upper-case letters, digits or
// underscores, 2 to 255 in all (10 unless its administrator raised the limit). Others: letters, digits and a few signs.
func checkProjectKey(broken *fault.Fields, pointer, product, key string) {
	if product != "jira" {
		text.Code(broken, pointer, key, "~-_.", 255)
		return
	}
	ok := len(key) >= 2 && len(key) <= 255 && 'A' <= key[0] && key[0] <= 'Z' &&
		strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
	broken.Check(ok, pointer, "project-key", "A project key is an upper-case letter followed by upper-case letters, digits or underscores, 2 to 255 in all.")
}
