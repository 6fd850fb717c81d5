package deps

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// generatedCopies hold other modules' source, of which test/helmref and test/orascopy
// check that it is what a program makes of the originals. They have tables in package
// variables that nothing changes, and what is compiled once, behind a lock.
func generatedCopies() []string {
	return []string{"chart/values/internal/jsonschema", "repo/oci/internal/oras"}
}

// complaint is a use of what the library does without.
type complaint struct {
	pos  token.Position
	text string
}

// TestSource checks every file of the library that is no test: nothing prints,
// logs or ends the process; no package keeps state that can change or runs code
// when it is loaded. Commands may print, and keep none of that either.
func TestSource(t *testing.T) {
	for _, p := range ownPackages(t) {
		if slices.ContainsFunc(generatedCopies(), func(dir string) bool { return below(p.own(), dir) }) {
			continue
		}
		for _, name := range p.GoFiles {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			found := checkState(fset, file)
			if !below(p.own(), "cmd") && !below(p.own(), "test") {
				found = append(found, checkOutput(fset, file)...)
			}
			for _, c := range found {
				t.Errorf("%s/%s:%d: %s", p.own(), filepath.Base(c.pos.Filename), c.pos.Line, c.text)
			}
		}
	}
}

// checkOutput finds printing, logging and exits.
func checkOutput(fset *token.FileSet, file *ast.File) []complaint {
	var found []complaint
	add := func(n ast.Node, text string) { found = append(found, complaint{fset.Position(n.Pos()), text}) }
	for _, imp := range file.Imports {
		if path := strings.Trim(imp.Path.Value, `"`); path == "log" || path == "log/slog" {
			add(imp, "a library package logs nothing")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Obj == nil && (id.Name == "print" || id.Name == "println") {
					add(n, "the built-in "+id.Name)
				}
			}
			return true
		}
		id, ok := sel.X.(*ast.Ident)
		if !ok || id.Obj != nil { // a variable, not a package
			return true
		}
		switch id.Name + "." + sel.Sel.Name {
		case "fmt.Print", "fmt.Printf", "fmt.Println", "os.Stdout", "os.Stderr", "os.Stdin":
			add(n, "a library package does not print or read the standard streams: "+id.Name+"."+sel.Sel.Name)
		case "os.Exit", "runtime.Goexit":
			add(n, "a library package does not end the process")
		}
		return true
	})
	return found
}

// checkState finds init functions and package variables that can change.
func checkState(fset *token.FileSet, file *ast.File) []complaint {
	var found []complaint
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				found = append(found, complaint{fset.Position(d.Pos()), "an init function"})
			}
		case *ast.GenDecl:
			if d.Tok != token.VAR {
				continue
			}
			for _, spec := range d.Specs {
				v := spec.(*ast.ValueSpec)
				for i, name := range v.Names {
					if name.Name == "_" || embedded(d, v) {
						continue
					}
					var value ast.Expr
					if i < len(v.Values) {
						value = v.Values[i]
					}
					if why := mutable(v.Type, value); why != "" {
						found = append(found, complaint{fset.Position(name.Pos()), fmt.Sprintf("package variable %s: %s", name.Name, why)})
					}
				}
			}
		}
	}
	return found
}

// embedded reports whether a variable is filled by go:embed.
func embedded(d *ast.GenDecl, v *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{d.Doc, v.Doc} {
		if doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") }) {
			return true
		}
	}
	return false
}

// constantCalls are functions whose result does not change afterwards.
func constantCalls() []string {
	return []string{
		"errors.New", "fmt.Errorf", "reflect.TypeFor", "reflect.TypeOf", "reflect.ValueOf",
		"sync.OnceFunc", "sync.OnceValue", "sync.OnceValues", "strings.NewReplacer", "time.Date", "time.Unix",
	}
}

// mutable says why a package variable counts as state, "" if it does not. It
// goes by the form alone: an error, a type, a function and a value computed
// once are constant, an array or a struct of constants as well; maps, slices,
// locks, channels and variables without a value are not.
func mutable(typ, value ast.Expr) string {
	if value == nil {
		return "has no value and waits for one"
	}
	switch v := value.(type) {
	case *ast.BasicLit, *ast.FuncLit:
		return ""
	case *ast.CallExpr:
		fun := v.Fun
		if index, ok := fun.(*ast.IndexExpr); ok { // an instantiated function
			fun = index.X
		}
		if sel, ok := fun.(*ast.SelectorExpr); ok {
			// Also a method of the value: reflect.TypeOf(…).Elem().
			if id, ok := sel.X.(*ast.Ident); ok && slices.Contains(constantCalls(), id.Name+"."+sel.Sel.Name) {
				return ""
			}
			if inner, ok := sel.X.(*ast.CallExpr); ok && sel.Sel.Name == "Elem" {
				return mutable(nil, inner)
			}
		}
		return "is made by a call, which may make something that changes"
	case *ast.CompositeLit:
		switch lit := v.Type.(type) {
		case *ast.ArrayType:
			if lit.Len == nil {
				return "is a slice; a function that returns it, an array or a switch cannot change"
			}
			return ""
		case *ast.MapType:
			return "is a map; a switch or a function cannot change"
		}
		return ""
	case *ast.UnaryExpr:
		if v.Op == token.AND {
			return "is a pointer to what can change"
		}
	}
	return ""
}

// TestSourceFinds runs the checks on a file with all that they look for.
func TestSourceFinds(t *testing.T) {
	const text = `package p
import ("errors"; "fmt"; "log"; "os"; "sync")
var m = map[string]int{}
var s = []int{1}
var mu sync.Mutex
var p = &T{}
var made = make(chan int)
var errOK, once, array, text, fn = errors.New("x"), sync.OnceValue(f), [2]int{1, 2}, "text", func() {}
func init() {}
func f() { fmt.Println(); os.Stdout.Sync(); log.Print(); os.Exit(1); println() }
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	lines := func(cs []complaint) string {
		var s []string
		for _, c := range cs {
			s = append(s, fmt.Sprint(c.pos.Line))
		}
		return strings.Join(s, " ")
	}
	if got := lines(checkState(fset, file)); got != "3 4 5 6 7 9" {
		t.Errorf("state found in lines %s", got)
	}
	if got := lines(checkOutput(fset, file)); got != "2 10 10 10 10" {
		t.Errorf("output found in lines %s", got)
	}
}
