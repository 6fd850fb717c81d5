package eval

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template/parse"
)

// parserCases are texts at the edges of what the parser reads itself; cases()
// has the rest of the language.
var parserCases = []string{
	"{{", "}}", "{{}}", "{{ }}", "{{-}}", "{{- }}", "{{ -}}", "{{- -}}", "{{-1}}", "{{- 1}}", "{{1 -}} \n x", " \t\r\n{{- 1 -}}\v x", "x {{- /* c */ -}} y", "{{/* c */ }}", "{{/* c", "{{ /* c */}}", "{{-  /* c */ -}}",
	"{{/* a */}}{{/* b */}}", "{{.}}{{ . }}{{..}}{{. .}}", "{{.a.b.c}}{{ .a .b }}{{ .a. }}", "{{ .a.b 1 .c.d }}", "{{.5}}", "{{ 1.5 }}{{ 0.5 }}{{ 1. }}", "{{ 2.0 }}{{ 00.5 }}{{ -1.5 }}{{ 1.5.5 }}", "{{ 010 }}{{ 08 }}", "{{ -0 }}{{ 0 }}{{ +1 }}{{ -12 }}{{ --1 }}", "{{ 123456789012345678 }}{{ 1234567890123456789 }}", "{{ 1+2i }}", "{{ 1x }}", "{{ 1_0 }}", "{{ 1}}{{ (1) }}{{ 1|print }}",
	"{{$}}{{$.a}}{{ $ .a }}{{$x}}", "{{$x:=1}}{{$x}}{{ $x = 2 }}{{$x.y.z}}", "{{ $x := 1 | print | print }}", "{{ $x, $y := 1 }}", "{{ range $i, $x := .a }}{{$i}}{{$x}}{{else}}{{$i}}{{end}}{{$i}}", "{{ range $i, $x = .a }}{{end}}", "{{ range $i, $ := .a }}{{end}}", "{{ range $i, .a }}{{end}}", "{{ $y := 1 }}{{ range $i, $y }}{{end}}", "{{ range $i , $x:=.a}}{{end}}", "{{ $x := }}", "{{ := 1 }}", "{{ $x : = 1 }}", "{{ ($x := 1) }}{{ $x }}", "{{ $x | print }}", "{{ with $x := 1 }}{{ end }}{{ $x }}", "{{ $1 := 2 }}{{ $1 }}{{ $_a := 1 }}", "{{ $é := 1 }}{{ $é }}", "{{ .é }}", "{{ print.a.b }}{{ (print).a }}{{ print (.a).b.c }}{{ (.a).b (print).c }}",
	"{{ \"a\\n\\\"b\" }}{{ `raw\r\nx` }}{{ \"é\" }}{{ \"\xff\" }}{{ `\xff` }}", "{{ \"a\nb\" }}", "{{ \"a\\\nb\" }}", "{{ \"\\q\" }}", "{{ `a", "{{ \"a", "{{ \"a\".b }}", "{{ true.x }}{{ nil.x }}", "{{ \"a\"\"b\" }}", "{{ print\"a\" }}", "{{ print(1) }}", "{{ print (1)(2) }}", "{{ print (1) (2 | print) }}", "{{ (print 1 }}", "{{ print 1) }}", "{{ () }}", "{{ (()) }}", "{{ ((1)) }}", "{{ ( ((.a)).b ) }}",
	"{{ 1 | }}", "{{ | 1 }}", "{{ 1 || 2 }}", "{{ 1 | 2 }}", "{{ 1 | .a }}", "{{ 1 | . }}", "{{ 1 | nil }}", "{{ nil | print }}", "{{ 1 | $ }}", "{{ 1 | (print) }}", "{{ 1 | (print).x }}", "{{ 1, 2 }}", "{{ 1 = 2 }}", "{{ 1 ; 2 }}", "{{ print }}{{ nofunc }}", "{{ print if }}", "{{ if.a }}{{ end }}", "{{if(.a)}}{{end}}", "{{ if }}{{ end }}", "{{ if 1 }}", "{{ if 1 }}{{ else }}", "{{ end }}", "{{ else }}", "{{ if 1 }}{{ end 1 }}", "{{ if 1 }}{{ else 1 }}{{ end }}", "{{ if 1 }}{{ else }}{{ else }}{{ end }}",
	"{{ if 1 }}a{{ else if 2 }}b{{ else if 3 }}c{{ else }}d{{ end }}", "{{ if 1 }}{{ else with 2 }}{{ end }}", "{{ with 1 }}{{ else with $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "{{ range 1 }}{{ else if 1 }}{{ end }}", "{{ if 1 }}{{ else  if 2 -}} x {{- end }}", "{{ if $x := 1 }}{{ else if $y := $x }}{{ $y }}{{ $x }}{{ end }}",
	"{{ range 2 }}{{ break }}{{ continue }}{{ end }}", "{{ break }}", "{{ range 2 }}{{ break 1 }}{{ end }}", "{{ range 2 }}{{ block `b` . }}{{ break }}{{ end }}{{ end }}", "{{ range 1 }}{{ if 2 }}{{ break }}{{ end }}{{ end }}", "{{ break | print }}",
	"{{ template `a` }}{{ template \"b\" . }}{{template`c`$}}{{ template `d` 1 | print }}{{ template `e`.a }}", "{{ template }}", "{{ template .a }}", "{{ template `a` }", "{{ define `a` }}x{{ end }}{{ define \"b\" -}} y {{- end }}", "{{ define a }}{{ end }}", "{{ define `a` . }}{{ end }}", "{{ define `a` }}", "{{ define `a` }}{{ else }}{{ end }}", "{{ if 1 }}{{ define `a` }}{{ end }}{{ end }}",
	"{{ define `a` }} {{ end }}{{ define `a` }}x{{ end }}{{ define `a` }}\n{{ end }}", "{{ define `a` }}x{{ end }}{{ define `a` }}y{{ end }}", "{{ define `main` }}x{{ end }}", "{{ define `main` }}x{{ end }}y", "{{ define `a` }}{{/* c */}}\n{{ end }}", "{{ define `a` }}{{ $ }}{{ $x }}{{ end }}", "{{ $x := 1 }}{{ define `a` }}{{ $x }}{{ end }}", "{{ $x := 1 }}{{ define `a` }}{{ $y := 2 }}{{ end }}{{ $x }}{{ $y }}", "{{ block `a` . }}{{ . }}{{ end }}{{ block `a` . }}x{{ end }}", "{{ block `a` }}{{ end }}", "{{ $x := 1 }}{{ block `a` $x }}{{ $x }}{{ end }}", "{{ range . }}{{ define `x` }}{{ end }}{{ end }}",
	"a}}b{{ 1 }} }} {{ 2 }}", "{ {{ 1 }} }", "{{{ 1 }}}", "{{ 1 }}}", "{{ print \"}}\" }}{{ `}}` }}", "{{ '}' }}", "{{ 'a' }}", "{{\n print\n\t1\r\n}}", "{{ print\f1 }}", "{{ print\u00a01 }}", "{{ print 1 -}}", "{{ print 1- }}", "{{ print 1 - }}", "{{ .a -}}", "{{ .a-}}", "{{ .a-b }}", "{{ print -1 }}",
	strings.Repeat("{{ if 1 }}", 600) + strings.Repeat("{{ end }}", 600), "{{ " + strings.Repeat("(", 600) + "1" + strings.Repeat(")", 600) + " }}", "{{ if 1 }}" + strings.Repeat("{{ else if 2 }}", 700) + "{{ end }}",
}

// TestParser holds what the parser makes of texts against what comes out by way
// of text/template/parse.
func TestParser(t *testing.T) {
	fns := parserFuncs(t)
	for _, text := range slices.Concat(parserCases, cases()) {
		compareTrees(t, text, fns)
	}
}

// TestParserReads makes sure that what charts are made of is read directly:
// a parser that leaves everything to others would pass all other tests.
func TestParserReads(t *testing.T) {
	read, all := 0, 0
	err := filepath.WalkDir("../../../testdata/charts", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(filepath.ToSlash(path), "/templates/") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		all++
		if compareTrees(t, string(data), namesIn(t, string(data))) {
			read++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if all < 100 || read < all*9/10 {
		t.Errorf("read %d of %d templates", read, all)
	}
}

// FuzzParser compares trees of mutated texts.
func FuzzParser(f *testing.F) {
	for _, text := range slices.Concat(parserCases, cases()) {
		f.Add(text)
	}
	fns := parserFuncs(f)
	f.Fuzz(func(t *testing.T, text string) { compareTrees(t, text, fns) })
}

// compareTrees fails when the parser reads a text that is broken or reads it
// another way than text/template/parse; it reports whether it read the text.
func compareTrees(t *testing.T, text string, fns *Functions) bool {
	t.Helper()
	got, err := parseDirectly("main", text, fns)
	if got == nil {
		return err != nil
	}
	want, err := compileTrees("main", text, fns)
	if err != nil {
		t.Errorf("%q: read, but text/template/parse says %v", text, err)
		return true
	}
	for _, u := range []*Unit{got, want} {
		slices.SortFunc(u.defs, func(a, b definition) int { return strings.Compare(a.name, b.name) })
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q: another tree than that of text/template/parse", text)
	}
	return true
}

func parserFuncs(t testing.TB) *Functions {
	t.Helper()
	fns, err := NewFunctions(testFuncs(), FunctionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return fns
}

// namesIn makes a function of every word in a text.
func namesIn(t testing.TB, text string) *Functions {
	t.Helper()
	names := map[string]any{}
	for _, word := range regexp.MustCompile(`[A-Za-z_]\w*`).FindAllString(text, -1) {
		if tok := keyword(word); tok == tokIdentifier {
			names[word] = func(...any) string { return "" }
		}
	}
	fns, err := NewFunctions(names, FunctionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return fns
}

// TestPlaces checks that a place finds its node again, and no other one.
func TestPlaces(t *testing.T) {
	for _, text := range slices.Concat(parserCases, cases()) {
		tree := parse.New("main")
		tree.Mode = parse.SkipFuncCheck
		trees := map[string]*parse.Tree{}
		if _, err := tree.Parse(text, "", "", trees); err != nil {
			continue
		}
		seen := map[place]string{}
		for _, tr := range trees {
			eachNode(tr.Root, func(n parse.Node) {
				at := placeOf(n)
				if before, ok := seen[at]; ok {
					t.Errorf("%q: %q and %q have one place", text, before, n)
				}
				seen[at] = n.String()
			})
		}
		if len(seen) > 100 {
			continue // each search parses the text again
		}
		for at, want := range seen {
			if got := source(text, at); got != want {
				t.Errorf("%q: found %q, want %q", text, got, want)
			}
		}
	}
}
