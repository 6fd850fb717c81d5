package eval

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// testLimits are wide enough for everything but the tests of limits.
func testLimits() Limits {
	return Limits{Steps: 1e6, IncludeDepth: 1000, TplDepth: 100, CallDepth: 10000, OutputBytes: 1 << 24, FileBytes: 1 << 24, StringBytes: 1 << 20, Items: 1 << 20, MemoryBytes: 1 << 30}
}

// helmOracle executes a template as Helm does with text/template: missingkey=zero,
// include and tpl over clones of the template set.
func helmOracle(funcs template.FuncMap, text string, data any, strict bool) (out string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	missingKey := "missingkey=zero"
	if strict {
		missingKey = "missingkey=error"
	}
	t := template.New("gotpl").Option(missingKey)
	depth := map[string]int{}
	all := template.FuncMap{}
	maps.Copy(all, funcs)
	all["include"] = oracleInclude(t, depth)
	all["tpl"] = oracleTpl(t, depth, missingKey)
	t.Funcs(all)
	if _, err := t.New("main").Parse(text); err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = t.ExecuteTemplate(&b, "main", data)
	return b.String(), err
}

func oracleInclude(t *template.Template, depth map[string]int) func(string, any) (string, error) {
	return func(name string, data any) (string, error) {
		if depth[name] > 1000 {
			return "", errors.New("too deep")
		}
		depth[name]++
		defer func() { depth[name]-- }()
		var b strings.Builder
		err := t.ExecuteTemplate(&b, name, data)
		return b.String(), err
	}
}

func oracleTpl(parent *template.Template, depth map[string]int, missingKey string) func(string, any) (string, error) {
	return func(text string, data any) (string, error) {
		t, err := parent.Clone()
		if err != nil {
			return "", err
		}
		t.Option(missingKey)
		t.Funcs(template.FuncMap{"include": oracleInclude(t, depth), "tpl": oracleTpl(t, depth, missingKey)})
		if t, err = t.New(parent.Name()).Parse(text); err != nil {
			return "", err
		}
		var b strings.Builder
		err = t.Execute(&b, data)
		return strings.ReplaceAll(b.String(), noValue, ""), err
	}
}

// ours executes the same with this package.
func ours(funcs map[string]any, text string, data any, strict bool) (string, error) {
	fns, err := NewFunctions(funcs, FunctionOptions{})
	if err != nil {
		return "", err
	}
	u, err := Compile("main", text, fns)
	if err != nil {
		return "", err
	}
	sc := NewScope()
	sc.Add("main", u)
	run := NewRun(context.Background(), sc, Options{Limits: testLimits(), Strict: strict, Functions: fns, Units: NewUnits(1 << 20), AsMap: namedAsMap})
	out, _, err := run.Execute("main", data)
	return out, err
}

func namedAsMap(v any) (map[string]any, bool) {
	m, ok := v.(named)
	return m, ok
}

// named is a map type with a method, as .Values is.
type named map[string]any

func (n named) AsMap() map[string]any       { return n }
func (n named) Pick(k string, d ...any) any { return append([]any{n[k]}, d...)[0] }
func (n named) Fails() (string, error)      { return "", errors.New("fails") }
func (n *named) Pointer() string            { return "pointer" }

type inner struct{ N int }

func (i inner) Twice() int   { return 2 * i.N }
func (i *inner) Ptr() string { return fmt.Sprintf("ptr%d", i.N) }

type textual struct{ s string }

func (t *textual) String() string { return "<" + t.s + ">" }

type outer struct {
	Name   string
	In     inner
	P      *inner
	Nil    *inner
	Text   textual
	M      map[string]int
	Any    any
	hidden int
}

type strType string

func fixture() map[string]any {
	return map[string]any{
		"s": "text", "empty": "", "n": 3, "zero": 0, "i64": int64(7), "f": 2.5, "big": 1e21, "whole": float64(3), "neg": -4,
		"t": true, "no": false, "nil": nil, "u": uint(9), "u8": uint8(200), "cx": complex(1, 2), "noval": "a<no value>b",
		"list":   []any{"a", 1, nil, 2.5, map[string]any{"k": "v"}},
		"elist":  []any{},
		"strs":   []string{"x", "y", "z"},
		"ints":   []int{3, 1, 2},
		"bytes":  []byte("hi"),
		"arr":    [2]int{8, 9},
		"m":      map[string]any{"a": 1, "b": map[string]any{"c": "deep"}, "n": nil, "": "emptykey"},
		"em":     map[string]any{},
		"sm":     map[string]string{"k": "v"},
		"im":     map[int]string{2: "two", 1: "one"},
		"bm":     map[bool]string{true: "T", false: "F"},
		"am":     map[any]any{"a": 1, "b": nil},
		"fm":     map[float64]string{1.5: "x", -1: "y"},
		"named":  named{"k": "v", "AsMapX": 1, "n": nil, "m": map[string]any{"z": 1}},
		"nilmap": map[string]any(nil), "nilptr": (*inner)(nil), "nilslice": []any(nil),
		"st":  outer{Name: "st", In: inner{1}, P: &inner{2}, M: map[string]int{"k": 5}, Any: inner{6}, hidden: 1, Text: textual{"x"}},
		"pst": &outer{Name: "pst", In: inner{3}, P: &inner{4}, Text: textual{"y"}},
		"err": errors.New("an error"), "strt": strType("typed"),
		"fn": func(s string) string { return "fn:" + s }, "fn0": func() int { return 5 }, "fnv": func(p string, xs ...int) string { return fmt.Sprint(p, xs) },
		"nested": map[string]any{"Values": named{"x": map[string]any{"y": nil}}},
		"tplx":   `{{ define "inner" }}I{{ .s }}{{ end }}{{ include "inner" . }}`,
	}
}

func testFuncs() map[string]any {
	return map[string]any{
		"retnil": func() any { return nil }, "anyof": func(v any) string { return fmt.Sprintf("%T", v) },
		"needmap": func(m map[string]any) int { return len(m) }, "needstr": func(s string) string { return "[" + s + "]" },
		"needint": func(i int) int { return i + 1 }, "needi64": func(i int64) int64 { return i + 1 }, "needf": func(f float64) float64 { return f * 2 },
		"needu": func(u uint8) uint8 { return u }, "needb": func(b bool) bool { return !b }, "needlist": func(l []any) int { return len(l) },
		"needptr": func(i *inner) string { return i.Ptr() }, "needinner": func(i inner) int { return i.N }, "needcx": func(c complex128) complex128 { return c },
		"vari": func(xs ...int) int { return len(xs) }, "vars": func(p string, xs ...string) string { return p + strings.Join(xs, ",") },
		"vany": func(xs ...any) string { return fmt.Sprintf("%d%v", len(xs), xs) }, "fails": func() (string, error) { return "x", errors.New("bad") },
		"panics": func() string { panic("boom") }, "rv": func(v reflect.Value) string { return throughInterface(v).Kind().String() }, "retrv": func(v reflect.Value) reflect.Value { return v },
		"seq":   func() iter.Seq[int] { return func(y func(int) bool) { _ = y(1) && y(2) && y(3) } },
		"seq2":  func() iter.Seq2[string, int] { return func(y func(string, int) bool) { _ = y("a", 1) && y("b", 2) } },
		"noseq": func() iter.Seq[int] { return func(func(int) bool) {} }, "errarg": func(e error) string { return fmt.Sprint(e) },
		"strarg": func(s fmt.Stringer) string { return s.String() }, "mapof": func(kv ...any) map[string]any { return map[string]any{fmt.Sprint(kv[0]): kv[1]} },
		"set":   func(m map[string]any, k string, v any) map[string]any { m[k] = v; return m },
		"unset": func(m map[string]any, k string) map[string]any { delete(m, k); return m },
	}
}

// oracleFuncs are the deterministic functions of Sprig with our own test functions.
func oracleFuncs() map[string]any {
	f := map[string]any{}
	for name, fn := range sprig.TxtFuncMap() {
		switch {
		case strings.HasPrefix(name, "rand"), strings.HasPrefix(name, "gen"), strings.HasPrefix(name, "shuffle"), name == "now", name == "uuidv4",
			name == "env", name == "expandenv", name == "getHostByName", name == "bcrypt", name == "htpasswd", name == "encryptAES", name == "keys", name == "values",
			name == "derivePassword", name == "ago", name == "date", name == "dateInZone", name == "date_in_zone", name == "htmlDate", name == "htmlDateInZone":
		default:
			f[name] = fn
		}
	}
	maps.Copy(f, testFuncs())
	return f
}

// compare runs text through both executors. Errors are compared as such: what
// they say is ours to choose.
func compare(t *testing.T, funcs map[string]any, text string, strict bool) {
	t.Helper()
	want, wantErr := helmOracle(funcs, text, fixture(), strict)
	got, gotErr := ours(funcs, text, fixture(), strict)
	if (wantErr == nil) != (gotErr == nil) {
		t.Errorf("%q (strict %v)\n text/template: %q, error %v\n ours:          %q, error %v", text, strict, want, wantErr, got, gotErr)
		return
	}
	if wantErr == nil && maskAddresses(got) != maskAddresses(want) {
		t.Errorf("%q (strict %v)\n text/template: %q\n ours:          %q", text, strict, want, got)
	}
}

// maskAddresses hides the addresses of pointers and functions.
func maskAddresses(s string) string {
	return regexp.MustCompile(`0x[0-9a-f]{6,}`).ReplaceAllString(s, "0xADDR")
}

func TestAgainstTextTemplate(t *testing.T) {
	funcs := oracleFuncs()
	for _, text := range cases() {
		compare(t, funcs, text, false)
		compare(t, funcs, text, true)
	}
}
