package inventory

import (
	"slices"
	"strings"
)

// Plugin is an app, or a part of the product that is built as one.
type Plugin struct {
	Key     string `json:"key"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Vendor  string `json:"vendor,omitempty"`
	Status  string `json:"status"` // enabled or disabled, in small letters
	User    bool   `json:"user"`   // installed by the customer, as the product tells it; the rest is bundled
	Place
	// Others are the versions that sources which did not win say of the same key.
	Others []string `json:"otherVersions,omitempty"`
}

// maxPlugins bounds a bundle's list. Large instances have some 400.
const maxPlugins = 5000

// set reads a plugin's line by its label, in either shape.
func (p *Plugin) set(label, value string) {
	value = Plain(value)
	switch strings.ToLower(label) {
	case "key":
		p.Key = value
	case "name":
		p.Name = value
	case "version":
		p.Version = value
	case "vendor":
		p.Vendor = value
	case "status":
		p.Status = strings.ToLower(value)
	case "bundled":
		p.User = !truth(value)
	case "user-installed":
		p.User = truth(value)
	}
}

// listing is a list with the weight of the source that gave it.
type listing[T any] struct {
	origin Origin
	at     Place
	items  []T
}

// or is the better of two lists; an empty one loses.
func (l listing[T]) or(m listing[T]) listing[T] {
	best, _ := l.best(m, listing[T]{})
	return best
}

// best is the better of two lists, and the best of those that lost.
func (l listing[T]) best(m, lost listing[T]) (winner, loser listing[T]) {
	switch {
	case len(m.items) == 0:
		return l, lost
	case len(l.items) == 0:
		return m, lost
	case Claim{Origin: m.origin, Place: m.at}.beats(Claim{Origin: l.origin, Place: l.at}):
		return m, lost.or(l)
	}
	return l, lost.or(m)
}

// settlePlugins is the list that won, by key, completed from the one that came next: application.xml does not tell the
// vendor. Plugins that only the other has are left out; they were removed since.
func settlePlugins(won, other listing[Plugin]) []Plugin {
	known := map[string]Plugin{}
	for _, p := range other.items {
		known[p.Key] = p
	}
	plugins := slices.Clone(won.items)
	for i, p := range plugins {
		o, also := known[p.Key]
		if !also {
			continue
		}
		if p.Vendor == "" {
			plugins[i].Vendor = o.Vendor
		}
		if o.Version != p.Version {
			plugins[i].Others = []string{o.Version}
		}
	}
	slices.SortStableFunc(plugins, func(a, b Plugin) int { return strings.Compare(a.Key, b.Key) })
	return plugins
}

// Directory is a user directory: its type, not its name and not its host.
type Directory struct {
	Type   string `json:"type"`
	Active bool   `json:"active"`
	Plain  bool   `json:"plain,omitempty"` // asked over ldap:// or http://
	Place
}

// directoryType makes a type of the name of the class that implements it, or of the word that the banner begins with.
func directoryType(text string) string {
	text = text[strings.LastIndexByte(text, '.')+1:]
	if text == "" || !identifier([]byte(text)) {
		return "other"
	}
	return text
}

func bannerDirectories(file string, p piece) (found []Directory) {
	for _, e := range entries(p, strings.Index) {
		switch {
		case !e.nested && len(found) < 100:
			found = append(found, Directory{Type: directoryKind(e.key), Active: true, Place: Place{file, e.line, p.time}})
		case len(found) == 0:
		case e.key == "Implementing Class":
			found[len(found)-1].Type = directoryType(e.value)
		case e.key == "Active":
			found[len(found)-1].Active = truth(e.value)
		case e.key == "ldap.url" || e.key == "application.url":
			found[len(found)-1].Plain = plainURL(e.value)
		}
	}
	return found
}

func directoryKind(word string) string {
	if slices.Contains([]string{"INTERNAL", "CONNECTOR", "CROWD", "DELEGATING", "CUSTOM"}, word) {
		return strings.ToLower(word)
	}
	return "other"
}

func plainURL(url string) bool {
	return strings.HasPrefix(url, "ldap://") || strings.HasPrefix(url, "http://")
}

// readDirectories reads directoryConfigurationSummary.txt: "label: value" lines, a directory beginning with its name.
func (a *Account) readDirectories(text []byte) {
	var found []Directory
	eachLine(text, 1, func(line []byte, number, _ int) {
		label, value, ok := strings.Cut(string(line), ":")
		label, value = strings.ToLower(strings.TrimSpace(label)), strings.TrimSpace(value)
		if !ok || len(found) >= 100 {
			return
		}
		if label == "directory" || label == "directory name" || label == "directory id" && len(found) == 0 {
			found = append(found, Directory{Type: "other", Place: Place{File: a.file, Line: number}})
		}
		if len(found) > 0 {
			found[len(found)-1].set(label, value)
		}
	})
	a.directories = listing[Directory]{FromDocument, Place{File: a.file, Line: 1}, found}
}

func (d *Directory) set(label, value string) {
	switch label {
	case "active":
		d.Active = truth(value)
	case "type":
		d.Type = directoryKind(strings.ToUpper(value))
	case "implementing class", "implementation class", "implementationclass":
		d.Type = directoryType(value)
	case "ldap.url", "application.url":
		d.Plain = plainURL(value)
		if d.Type == "other" && strings.HasPrefix(label, "ldap") {
			d.Type = "ldap"
		}
	}
}

// Check is one of the product's own health checks. Percent is the first percentage of its reason, which is all that is
// kept of it: reasons name hosts and paths.
type Check struct {
	Name    string  `json:"name"`
	Healthy bool    `json:"healthy"`
	Percent float64 `json:"percent,omitempty"`
	Place
}

// readChecks reads healthcheckResults.txt: blocks with "Name: …", "Is healthy: …" and "Failure reason: …".
func (a *Account) readChecks(text []byte) {
	eachLine(text, 1, func(line []byte, number, _ int) {
		label, value, _ := strings.Cut(string(line), ":")
		label, value = strings.ToLower(strings.TrimSpace(label)), strings.TrimSpace(value)
		if label == "name" && len(a.checks) < 1000 {
			a.checks = append(a.checks, Check{Name: Plain(value), Healthy: true, Place: Place{File: a.file, Line: number}})
		}
		if len(a.checks) == 0 {
			return
		}
		switch c := &a.checks[len(a.checks)-1]; {
		case label == "is healthy":
			c.Healthy = truth(value)
		case strings.HasPrefix(label, "failure") && c.Percent == 0:
			c.Percent = percent(value)
			if !c.Healthy && c.Percent > 0 && mentionsDisk(c.Name+" "+value) {
				a.statistics.add(DiskShare, c.Percent, Place{File: a.file, Line: number})
			}
		}
	})
}

// percent is the number before the first percent sign.
func percent(text string) float64 {
	i := strings.IndexByte(text, '%')
	if i < 0 {
		return 0
	}
	head := strings.TrimRight(text[:i], " ")
	digits := head[len(strings.TrimRight(head, "0123456789.")):]
	value, _ := Number([]byte(digits))
	return value
}

func mentionsDisk(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, " full") && (strings.Contains(text, "home") || strings.Contains(text, "disk") || strings.Contains(text, "storage"))
}

// Filesystem is where a home lies: which home, of what type, how large. Its path is withheld.
type Filesystem struct {
	Home  string  `json:"home"` // home or shared-home
	Type  string  `json:"type,omitempty"`
	Free  float64 `json:"free"`
	Total float64 `json:"total"`
	Place
}
