package stack

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Functions names the functions of a template, in the template's order: ApiFunction is "api".
func Functions(template []byte) (names []string, err error) {
	_, err = functions(template, func(name string, _ *yaml.Node) error {
		names = append(names, name)
		return nil
	})
	return names, err
}

// Relocate sets where each function's code lies, and leaves everything else as it is, CloudFormation's tags included.
// A function without a place is an error.
func Relocate(template []byte, places map[string]Place) ([]byte, error) {
	doc, err := functions(template, func(name string, properties *yaml.Node) error {
		place, ok := places[name]
		if !ok {
			return fmt.Errorf("no code for function %s", name)
		}
		var uri yaml.Node
		if err := uri.Encode(map[string]string{"Bucket": place.Bucket, "Key": place.Key}); err != nil {
			return err
		}
		set(properties, "CodeUri", &uri)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return yaml.Marshal(doc)
}

func functions(template []byte, each func(name string, properties *yaml.Node) error) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(template, &doc); err != nil {
		return nil, fmt.Errorf("parsing the template: %w", err)
	}
	if len(doc.Content) != 1 {
		return nil, fmt.Errorf("parsing the template: it is empty")
	}
	resources := member(doc.Content[0], "Resources")
	for i := 0; resources != nil && i+1 < len(resources.Content); i += 2 {
		id, resource := resources.Content[i].Value, resources.Content[i+1]
		if kind := member(resource, "Type"); kind == nil || kind.Value != "AWS::Serverless::Function" {
			continue
		}
		properties := member(resource, "Properties")
		if properties == nil {
			return nil, fmt.Errorf("%s has no properties", id)
		}
		if err := each(strings.ToLower(strings.TrimSuffix(id, "Function")), properties); err != nil {
			return nil, err
		}
	}
	return &doc, nil
}

// member is the value under a key of a mapping, or nil.
func member(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func set(mapping *yaml.Node, key string, value *yaml.Node) {
	if at := member(mapping, key); at != nil {
		*at = *value
		return
	}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
}
