// Package template reads template.yaml, for the tests that hold it together with what it stands beside: the code of the
// functions, the retention rules, the runbook and the recorded events.
//
// It deploys nothing: that is SAM's work, and package stack's in development. It evaluates nothing either: an intrinsic
// function is read as what it is applied to, so `!GetAtt RecordsTable.Arn` is the text "RecordsTable.Arn", and
// `!If [HasAlarmTopic, a, b]` the list of the three.
package template

import (
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Template is what a test may ask about.
type Template struct {
	Globals   map[string]map[string]any `yaml:"Globals"`
	Resources map[string]Resource       `yaml:"Resources"`
}

// Resource is one thing that is deployed.
type Resource struct {
	Type                string         `yaml:"Type"`
	DeletionPolicy      string         `yaml:"DeletionPolicy"`
	UpdateReplacePolicy string         `yaml:"UpdateReplacePolicy"`
	Properties          map[string]any `yaml:"Properties"`
}

// Statement is one of a policy. What a policy may write as a text or as a list is a list here.
type Statement struct {
	Sid       string
	Effect    string
	Actions   []string
	Resources []string
	Condition map[string]any
}

// Read reads a template from a file.
func Read(path string) (t Template, err error) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(text, &t)
	}
	if err != nil {
		return t, fmt.Errorf("reading the template: %w", err)
	}
	return t, nil
}

// Functions gives the functions by their folder's name: ApiFunction is "api".
func (t Template) Functions() map[string]Resource {
	all := map[string]Resource{}
	for id, r := range t.OfType("AWS::Serverless::Function") {
		all[strings.ToLower(strings.TrimSuffix(id, "Function"))] = r
	}
	return all
}

// OfType gives the resources of a type by their logical ids.
func (t Template) OfType(name string) map[string]Resource {
	all := map[string]Resource{}
	for id, r := range t.Resources {
		if r.Type == name {
			all[id] = r
		}
	}
	return all
}

// Grants gives everything that a role may do.
func (t Template) Grants(role string) (all []Statement) {
	for _, p := range Nested[[]any](t.Resources[role], "Policies") {
		policy, _ := p.(map[string]any)
		document, _ := policy["PolicyDocument"].(map[string]any)
		all = append(all, statements(document)...)
	}
	return all
}

// Policy gives the statements of a resource's own policy, which is the property named.
func (r Resource) Policy(property string) []Statement {
	return statements(Nested[map[string]any](r, property))
}

func statements(document map[string]any) (all []Statement) {
	list, _ := document["Statement"].([]any)
	for _, s := range list {
		fields, _ := s.(map[string]any)
		one := Statement{Actions: texts(fields["Action"]), Resources: texts(fields["Resource"])}
		one.Sid, _ = fields["Sid"].(string)
		one.Effect, _ = fields["Effect"].(string)
		one.Condition, _ = fields["Condition"].(map[string]any)
		all = append(all, one)
	}
	return all
}

func texts(one any) (all []string) {
	list, isList := one.([]any)
	if !isList {
		list = []any{one}
	}
	for _, each := range list {
		all = append(all, fmt.Sprint(each))
	}
	return all
}

// Nested is a property of a resource, found along a path of names; the zero value when it is absent or of another type.
func Nested[T any](r Resource, path ...string) T {
	var at any = r.Properties
	for _, name := range path {
		members, _ := at.(map[string]any)
		at = members[name]
	}
	found, _ := at.(T)
	return found
}
