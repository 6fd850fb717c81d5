package funcs

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/Masterminds/sprig/v3"
)

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(testConfig())
	}
}

// BenchmarkHot calls the functions that charts call most, Sprig's and ours.
func BenchmarkHot(b *testing.B) {
	tree := map[string]any{"app": map[string]any{"image": "x", "ports": []any{80, 443}, "labels": map[string]any{"a": "b", "c": "d"}}, "n": 1}
	list := []any{"a", "b", "c", "d", "e"}
	tests := []struct {
		name string
		args []any
	}{
		{"default", []any{"x", ""}}, {"default", []any{"x", tree}}, {"empty", []any{tree}}, {"coalesce", []any{"", 0, "x"}}, {"quote", []any{"text"}}, {"quote", []any{5}}, {"toString", []any{5}},
		{"kindIs", []any{"map", tree}}, {"typeOf", []any{tree}}, {"has", []any{"d", list}}, {"uniq", []any{list}}, {"first", []any{list}}, {"append", []any{list, "f"}}, {"concat", []any{list, list}}, {"join", []any{",", list}},
		{"int", []any{5.0}}, {"add", []any{1, 2, 3}}, {"deepCopy", []any{tree}}, {"merge", []any{map[string]any{}, tree}}, {"merge", []any{tree, tree}}, {"deepEqual", []any{tree, tree["app"]}}, {"semverCompare", []any{">=1.19-0", "v1.29.3"}},
		{"regexMatch", []any{"^[a-z0-9-]+$", "some-name"}}, {"replace", []any{"+", "_", "1.2.3+a"}}, {"nindent", []any{4, "a: 1\nb: 2\nc: 3"}}, {"randAlphaNum", []any{16}}, {"toYaml", []any{tree}}, {"indent", []any{2, "a\nb"}},
	}
	ours, theirs := New(testConfig()), sprig.TxtFuncMap()
	for i, tt := range tests {
		for side, fns := range map[string]map[string]any{"ours": ours, "sprig": theirs} {
			if fns[tt.name] == nil {
				continue
			}
			call := caller(fns[tt.name], tt.args)
			b.Run(fmt.Sprintf("%s%d/%s", tt.name, i, side), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					call()
				}
			})
		}
	}
}

// caller calls without reflection, as the evaluator does for these signatures.
func caller(fn any, a []any) func() {
	switch f := fn.(type) {
	case func(any, ...any) any:
		return func() { f(a[0], a[1:]...) }
	case func(...any) any:
		return func() { f(a...) }
	case func(...any) string:
		return func() { f(a...) }
	case func(...any) (string, error):
		return func() { f(a...) }
	case func(...any) int64:
		return func() { f(a...) }
	case func(any) bool:
		return func() { f(a[0]) }
	case func(any) string:
		return func() { f(a[0]) }
	case func(any) any:
		return func() { f(a[0]) }
	case func(any) int:
		return func() { f(a[0]) }
	case func(any, any) (bool, error):
		return func() { f(a[0], a[1]) }
	case func(any, any) bool:
		return func() { f(a[0], a[1]) }
	case func(string, any) bool:
		return func() { s := a[0].(string); f(s, a[1]) }
	}
	args := make([]reflect.Value, len(a))
	for i := range a {
		args[i] = reflect.ValueOf(a[i])
	}
	f := reflect.ValueOf(fn)
	return func() { f.Call(args) }
}
