package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"waybill/internal/client"
)

// document is a plan, or a merge patch of one: a file, or what the flags say. Flags that were not given say nothing.
type document struct {
	file     string
	texts    [len(texts)]string
	projects []string
	apps     []string
}

// texts is where in the document the value of each flag stands.
var texts = [...]struct{ flag, at, help string }{
	{"name", "name", "what the plan is called"},
	{"product", "source.product", "what is moved from: jira, confluence, bitbucket, bamboo or crowd"},
	{"server-id", "source.serverId", "the source's server id"},
	{"base-url", "source.baseUrl", "the source's address"},
	{"version", "source.version", "the source's version"},
	{"destination", "destination.url", "the cloud site's address"},
	{"users", "scope.usersAndGroups", "which users and groups move: all, scoped or none"},
}

func (d *document) flags(c *cobra.Command) {
	c.Flags().StringVar(&d.file, "file", "", "read the JSON from this file (- for standard input) instead of from flags")
	for i, t := range texts {
		c.Flags().StringVar(&d.texts[i], t.flag, "", t.help)
	}
	c.Flags().StringArrayVar(&d.projects, "project", nil, "a project that moves, KEY or KEY=NAME; may be given often")
	c.Flags().StringArrayVar(&d.apps, "app", nil, "an app that moves, KEY or KEY=NAME; may be given often")
}

// text is the document as it is sent.
func (d document) text(c *cobra.Command) (json.RawMessage, error) {
	members := d.members(c)
	switch {
	case d.file != "" && len(members) > 0:
		return nil, misused("give either --file or the members one by one")
	case d.file != "":
		return readJSON(d.file, c.InOrStdin())
	case len(members) == 0:
		return nil, misused("say what stands in it, by --file or by flags")
	}
	return json.Marshal(members)
}

func (d document) members(c *cobra.Command) map[string]any {
	members := map[string]any{}
	set := func(flag, at string, value any) {
		if c.Flags().Changed(flag) {
			place(members, at, value)
		}
	}
	for i, t := range texts {
		set(t.flag, t.at, d.texts[i])
	}
	set("project", "scope.projects", named(d.projects))
	set("app", "scope.apps", named(d.apps))
	return members
}

// place puts a value where a dotted path leads.
func place(members map[string]any, at string, value any) {
	outer, inner, found := strings.Cut(at, ".")
	if !found {
		members[at] = value
		return
	}
	below, _ := members[outer].(map[string]any)
	if below == nil {
		below = map[string]any{}
		members[outer] = below
	}
	place(below, inner, value)
}

func named(pairs []string) []client.Named {
	list := []client.Named{}
	for _, pair := range pairs {
		key, name, _ := strings.Cut(pair, "=")
		list = append(list, client.Named{Key: key, Name: name})
	}
	return list
}

func readJSON(file string, standard io.Reader) (json.RawMessage, error) {
	read := func() ([]byte, error) { return os.ReadFile(file) }
	if file == "-" {
		read = func() ([]byte, error) { return io.ReadAll(standard) }
	}
	text, err := read()
	if err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	if !json.Valid(text) {
		return nil, fmt.Errorf("%s is not JSON", file)
	}
	return text, nil
}
