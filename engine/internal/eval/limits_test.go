package eval

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// execute runs text with limits.
func execute(ctx context.Context, t *testing.T, limits Limits, text string, data any) (string, error) {
	t.Helper()
	fns, err := NewFunctions(testFuncs(), FunctionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := Compile("main", text, fns)
	if err != nil {
		t.Fatal(err)
	}
	sc := NewScope()
	sc.Add("main", u)
	out, _, err := NewRun(ctx, sc, Options{Limits: limits, Functions: fns, Units: NewUnits(1 << 10)}).Execute("main", data)
	return out, err
}

func TestLimits(t *testing.T) {
	tests := []struct{ limit, text string }{
		{"steps", `{{ range 9000000000000 }}{{ end }}`},
		{"steps", `{{ range $i := 9000000000000 }}{{ if $i }}{{ end }}{{ end }}`},
		{"steps", `{{ range 9000000000000 }}{{ continue }}{{ end }}`},
		{"include depth", `{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}`},
		{"tpl depth", `{{ $t := "{{ tpl . . }}" }}{{ tpl $t $t }}`},
		{"call depth", `{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}`},
		{"call depth", `{{ define "a" }}{{ template "b" . }}{{ end }}{{ define "b" }}{{ if true }}{{ range 1 }}{{ template "a" . }}{{ end }}{{ end }}{{ end }}{{ template "a" . }}`},
		{"bytes of one file", `{{ range 1000 }}0123456789012345678901234567890123456789{{ end }}`},
		{"string bytes", `{{ define "a" }}{{ range 300 }}0123456789{{ end }}{{ end }}{{ include "a" . | len }}`},
	}
	limits := testLimits()
	limits.FileBytes, limits.StringBytes = 20_000, 2000
	for _, tt := range tests {
		_, err := execute(context.Background(), t, limits, tt.text, nil)
		var le *LimitError
		if !errors.As(err, &le) || le.Limit != tt.limit {
			t.Errorf("%s: got %v, want the limit of %s", tt.text, err, tt.limit)
		}
	}
}

func TestOutputLimitSpansExecutions(t *testing.T) {
	fns, _ := NewFunctions(nil, FunctionOptions{})
	u, err := Compile("main", strings.Repeat("x", 600), fns)
	if err != nil {
		t.Fatal(err)
	}
	sc := NewScope()
	sc.Add("main", u)
	limits := testLimits()
	limits.OutputBytes = 1000
	run := NewRun(context.Background(), sc, Options{Limits: limits, Functions: fns})
	if _, _, err := run.Execute("main", nil); err != nil {
		t.Fatal(err)
	}
	var le *LimitError
	if _, _, err := run.Execute("main", nil); !errors.As(err, &le) || le.Limit != "output bytes" {
		t.Errorf("second execution: got %v, want the limit of output bytes", err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	limits := testLimits()
	limits.Steps = 1 << 60
	_, err := execute(ctx, t, limits, `{{ range 9000000000000 }}{{ end }}`, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the deadline", err)
	}
	ctx2, cancel2 := context.WithCancel(context.Background())
	cancel2()
	if _, err := execute(ctx2, t, limits, `x`, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
}

func TestErrorsShowThePlace(t *testing.T) {
	tests := []struct {
		name, text   string
		line, column int
		contains     []string
		frames       int
	}{
		{"nil", "a\n  {{ .a.b.c }}", 2, 8, []string{"nil pointer evaluating interface {}.c", ".a.b is nil", "<.a.b.c>"}, 0},
		{"variable", "{{ $x := .a }}{{ $x.b.c }}", 1, 20, []string{"$x.b is nil"}, 0},
		{"field of string", "{{ .s.x }}", 1, 6, []string{"can't evaluate field x in type string", ".s is no map"}, 0},
		{"function", "{{ fails }}", 1, 4, []string{"error calling fails: bad"}, 0},
		{"panic", "\n{{ panics }}", 2, 4, []string{"error calling panics: boom"}, 0},
		{"include chain", "{{ define \"in\" }}\n{{ .x.y }}{{ end }}{{ define \"mid\" }}{{ template \"in\" . }}{{ end }}\n{{ include \"mid\" . }}", 2, 6, []string{"nil pointer evaluating interface {}.y"}, 2},
		{"tpl", "{{ tpl `{{ .a.b.c }}` . }}", 1, 6, []string{"gotpl:1:"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := map[string]any{"s": "str", "a": map[string]any{}}
			_, err := execute(context.Background(), t, testLimits(), tt.text, data)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Position.Line != tt.line || e.Position.Column != tt.column {
				t.Errorf("position %s, want %d:%d", e.Position, tt.line, tt.column)
			}
			for _, part := range tt.contains {
				if !strings.Contains(e.Error(), part) {
					t.Errorf("%q does not contain %q", e, part)
				}
			}
			if len(e.Frames) != tt.frames {
				t.Errorf("frames %v, want %d", e.Frames, tt.frames)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	fns, _ := NewFunctions(nil, FunctionOptions{})
	tests := []struct {
		text, contains string
		line           int
	}{
		{"a\n{{ nofunc }}", `function "nofunc" not defined`, 2},
		{"{{ if }}", "missing value for if", 1},
		{"{{ range . }}", "unexpected EOF", 1},
		{"\n\n{{ .x ", "unclosed action", 3},
		{"\n" + strings.Repeat("{{ $x := 1 }}", 5001), "more than 2000 variables", 2},
		{"{{ 'a' }}" + strings.Repeat("{{ $x := 1 }}", 5001), "more than 5000 variables", 0},
	}
	for _, tt := range tests {
		_, err := Compile("dir/x.yaml", tt.text, fns)
		var pe *ParseError
		if !errors.As(err, &pe) || pe.Line != tt.line || !strings.Contains(pe.Message, tt.contains) {
			t.Errorf("%q: got %v, want line %d, %q", tt.text, err, tt.line, tt.contains)
		}
	}
}

// TestManyNames: what there may be many of must not be searched one by one.
func TestManyNames(t *testing.T) {
	fns, _ := NewFunctions(nil, FunctionOptions{})
	var defines strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&defines, "{{define `%d`}}{{end}}", i)
	}
	if _, err := Compile("main", defines.String(), fns); err != nil {
		t.Error(err)
	}
	// Scopes that end give their variables back.
	if _, err := Compile("main", strings.Repeat("{{ if 1 }}{{ $x := 1 }}{{ $x }}{{ end }}", 4000), fns); err != nil {
		t.Error(err)
	}
	limits := testLimits()
	limits.Steps = 100_000
	text := "{{ $a := 1 }}" + strings.Repeat("{{ $x := 1 }}", 1500) + "{{ range 10000 }}{{ $a }}{{ end }}"
	_, err := execute(context.Background(), t, limits, text, nil)
	if limit, ok := errors.AsType[*LimitError](err); !ok || limit.Limit != "steps" {
		t.Errorf("got %v", err)
	}
}

func TestTrace(t *testing.T) {
	fns, _ := NewFunctions(nil, FunctionOptions{})
	u, err := Compile("main", "ab{{ 1 }}\n{{ define \"t\" }}{{ . }}{{ end }}{{ template \"t\" 22 }}", fns)
	if err != nil {
		t.Fatal(err)
	}
	sc := NewScope()
	sc.Add("main", u)
	out, origins, err := NewRun(context.Background(), sc, Options{Limits: testLimits(), Functions: fns, Trace: true}).Execute("main", nil)
	if err != nil || out != "ab1\n22" {
		t.Fatalf("%q, %v", out, err)
	}
	want := []Origin{{2, Position{"main", 1, 6}}, {4, Position{"main", 2, 20}}}
	if len(origins) != 2 || origins[0] != want[0] || origins[1] != want[1] {
		t.Errorf("got %v, want %v", origins, want)
	}
}
