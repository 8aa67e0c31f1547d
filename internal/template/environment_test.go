package template_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"waybill/internal/template"
)

func TestFunctionsAreToldWhatTheyAskFor(t *testing.T) {
	t.Parallel()
	for name, f := range read(t).Functions() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var told []string
			for variable := range template.Nested[map[string]any](f, "Environment", "Variables") {
				told = append(told, variable)
			}
			slices.Sort(told)
			if asked := asked(t, root+"functions/"+name); !slices.Equal(told, asked) {
				t.Errorf("told %v, asks for %v", told, asked)
			}
		})
	}
}

// asked lists the variables that the Go files of a folder read by name.
func asked(t *testing.T, dir string) []string {
	files, err := filepath.Glob(dir + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no code in %s", dir)
	}
	var all []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if name, found := getenv(n); found && !strings.HasPrefix(name, "AWS_LAMBDA_") { // which Lambda itself sets
				all = append(all, name)
			}
			return true
		})
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func getenv(n ast.Node) (string, bool) {
	call, isCall := n.(*ast.CallExpr)
	if !isCall || len(call.Args) != 1 {
		return "", false
	}
	f, isSelector := call.Fun.(*ast.SelectorExpr)
	name, isLiteral := call.Args[0].(*ast.BasicLit)
	if !isSelector || !isLiteral || f.Sel.Name != "Getenv" {
		return "", false
	}
	text, err := strconv.Unquote(name.Value)
	return text, err == nil
}
