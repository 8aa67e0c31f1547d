package stack_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"waybill/internal/cell/stack"
)

const small = `Parameters:
  Name: {Type: String} # kept
Resources:
  ApiFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: go1.x}
    Properties:
      CodeUri: functions/api/
      Role: !GetAtt ApiRole.Arn
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {TableName: !Sub "${Name}-x"}
  TickFunction:
    Type: AWS::Serverless::Function
    Properties:
      Handler: bootstrap
`

func TestRelocateChangesTheCodeAndNothingElse(t *testing.T) {
	t.Parallel()
	places := map[string]stack.Place{"api": {Bucket: "b", Key: "k1"}, "tick": {Bucket: "b", Key: "k2"}}
	got, err := stack.Relocate([]byte(small), places)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(small, "CodeUri: functions/api/", "CodeUri: {Bucket: b, Key: k1}", 1) +
		"      CodeUri: {Bucket: b, Key: k2}\n"
	if a, b := normal(t, string(got)), normal(t, want); a != b {
		t.Errorf("got\n%s\nwant\n%s", a, b)
	}
}

func TestEveryFunctionOfTheRealTemplateIsKnown(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	names, err := stack.Functions(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, err := os.Stat(filepath.Join("..", "..", "..", "functions", name, "main.go")); err != nil {
			t.Errorf("%s is built from nothing: %v", name, err)
		}
	}
	if !slices.Contains(names, "purge") {
		t.Errorf("the functions are %v", names)
	}
}

func TestTemplatesThatCannotBeDeployed(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":     "empty",
		"a: [": "parsing",
		small:  "no code for function api",
		"Resources:\n  ApiFunction: {Type: AWS::Serverless::Function}": "has no properties",
	} {
		if _, err := stack.Relocate([]byte(text), nil); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%q: %v, want %q", text, err, reason)
		}
	}
}

// normal writes a template in one form, tags and comments included.
func normal(t *testing.T, text string) string {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	blocks(&doc)
	out, err := yaml.Marshal(&doc)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func blocks(n *yaml.Node) {
	n.Style &^= yaml.FlowStyle
	for _, each := range n.Content {
		blocks(each)
	}
}
