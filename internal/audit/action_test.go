package audit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"waybill/internal/audit"
)

// Actions lists each action that is declared, once, and each is "noun.verb".
func TestActionsAreAllListed(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "action.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var declared []audit.Action
	ast.Inspect(file, func(n ast.Node) bool {
		if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			action, _ := strconv.Unquote(literal.Value)
			declared = append(declared, audit.Action(action))
		}
		return true
	})
	if listed := audit.Actions(); !slices.Equal(listed, declared) {
		t.Errorf("listed %v\ndeclared %v", listed, declared)
	}
	slices.Sort(declared)
	if len(slices.Compact(declared)) != len(audit.Actions()) {
		t.Error("two actions have the same name")
	}
	for _, a := range audit.Actions() {
		if noun, verb, ok := strings.Cut(string(a), "."); !ok || noun == "" || verb == "" {
			t.Errorf("%q is not noun.verb", a)
		}
	}
}
