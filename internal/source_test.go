package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// file is one Go file of the module.
type file struct {
	*ast.File
	path string // from the module's root
	room string // its package below internal/, or functions/… or cmd/…
	test bool
}

const root = ".."

// source is every Go file of ours, whatever it is built for.
func source(t *testing.T) []file {
	t.Helper()
	var files []file
	for _, top := range []string{"internal", "functions", "cmd", "infra"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if err != nil || filepath.Ext(path) != ".go" {
				return err
			}
			parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			name := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
			files = append(files, file{parsed, name, room(filepath.ToSlash(filepath.Dir(name))), strings.HasSuffix(name, "_test.go")})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 50 {
		t.Fatalf("only %d files were found", len(files))
	}
	return files
}

func room(pkg string) string { return strings.TrimPrefix(pkg, "internal/") }

// imports are the rooms that a file opens onto.
func (f file) imports() (rooms []string) {
	for _, pkg := range f.paths() {
		if ours, found := strings.CutPrefix(pkg, "waybill/"); found {
			rooms = append(rooms, room(ours))
		}
	}
	return rooms
}

// standard are the packages of Go's that a file imports.
func (f file) standard() []string {
	return slices.DeleteFunc(f.paths(), func(pkg string) bool {
		first, _, _ := strings.Cut(pkg, "/")
		return strings.Contains(first, ".") || first == "waybill"
	})
}

func (f file) paths() (paths []string) {
	for _, i := range f.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		paths = append(paths, path)
	}
	return paths
}

// uses are the names of a package, out of these, that a file uses, under whatever name it imports the package.
func (f file) uses(pkg string, names ...string) (used []string) {
	local := pkg
	for _, i := range f.Imports {
		if i.Path.Value == strconv.Quote(pkg) && i.Name != nil {
			local = i.Name.Name
		}
	}
	ast.Inspect(f.File, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains(names, s.Sel.Name) {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == local {
				used = append(used, s.Sel.Name)
			}
		}
		return true
	})
	return used
}

// atStart is what a file does before main: its init functions, and the patterns that its variables compile.
func (f file) atStart() (what []string) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			what = append(what, "init")
		}
		if v, ok := d.(*ast.GenDecl); ok && v.Tok == token.VAR {
			global := file{File: &ast.File{Name: f.Name, Decls: []ast.Decl{v}, Imports: f.Imports}}
			what = append(what, global.uses("regexp", "Compile", "MustCompile", "CompilePOSIX", "MustCompilePOSIX")...)
		}
	}
	return what
}

// What the rules look for, they find.
func TestSourceIsRead(t *testing.T) {
	t.Parallel()
	parsed, err := parser.ParseFile(token.NewFileSet(), "x.go", `package x
import ("net/http"; clock "time"; "regexp"; "waybill/internal/cell/issuer"; "example.com/y")
var a, b = regexp.MustCompile("a"), func() { regexp.Compile("b") }
func init() {}
func f() { http.Get(""); g := clock.Now; g(); regexp.MustCompile("c") }`, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := file{File: parsed}
	for name, row := range map[string]struct{ got, want []string }{
		"imports":  {f.imports(), []string{"cell/issuer"}},
		"standard": {f.standard(), []string{"net/http", "time", "regexp"}},
		"uses":     {f.uses("time", "Now", "Sleep"), []string{"Now"}},
		"at start": {f.atStart(), []string{"MustCompile", "Compile", "init"}},
	} {
		if !slices.Equal(row.got, row.want) {
			t.Errorf("%s: %v, want %v", name, row.got, row.want)
		}
	}
}
