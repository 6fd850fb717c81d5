package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine"
)

// build makes a chart of template files, in pairs of name and text.
func build(name string, files ...string) *chart.Chart {
	ch := &chart.Chart{Metadata: &chart.Metadata{Name: name, Version: "1.2.3", APIVersion: "v2", AppVersion: "9"}}
	for i := 0; i < len(files); i += 2 {
		f := &chart.File{Name: files[i], Data: []byte(files[i+1])}
		if strings.HasPrefix(f.Name, "templates/") {
			ch.Templates = append(ch.Templates, f)
		} else {
			ch.Files = append(ch.Files, f)
		}
	}
	return ch
}

func render(t *testing.T, ch *chart.Chart, in engine.Input) (*engine.Result, error) {
	t.Helper()
	p, err := engine.Compile(ch, engine.CompileOptions{})
	if err != nil {
		return nil, err
	}
	return p.Render(context.Background(), in)
}

func TestObjects(t *testing.T) {
	ch := build("top",
		"templates/a.yaml", `{{ .Release.Name }}/{{ .Release.Namespace }}/{{ .Release.Service }}/{{ .Release.Revision }}/{{ .Release.IsInstall }} {{ .Chart.Name }}-{{ .Chart.Version }} {{ .Chart.IsRoot }} {{ .Template.Name }} {{ .Template.BasePath }} {{ .Values.x.y }} {{ .Chart.Nothing }}`,
		"templates/types.yaml", `{{ typeOf .Values }} {{ typeOf .Template }} {{ typeOf .Capabilities }} {{ typeOf .Files }} {{ typeOf .Release }} {{ typeOf .Chart }} {{ typeOf .Capabilities.APIVersions }} {{ typeOf .Capabilities.HelmVersion }} {{ typeOf .Subcharts }} {{ typeOf . }} {{ typeOf .Subcharts.sub }} {{ $.AsMap.Chart.Name }}`,
		"templates/caps.yaml", `{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.GitVersion }} {{ .Capabilities.KubeVersion.Major }}.{{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "none/v1" }} {{ .Capabilities.HelmVersion.Version }} {{ $k := .Capabilities.KubeVersion }}{{ $k.String }} {{ printf "%v" .Capabilities.KubeVersion }}`,
		"templates/files.yaml", `{{ .Files.Get "f/a.txt" }}|{{ .Files.Get "none" }}|{{ .Files.Lines "f/a.txt" }}|{{ (.Files.Glob "f/*").AsConfig }}|{{ (.Files.Glob "f/b*").AsSecrets }}|{{ range $p, $_ := .Files.Glob "**.txt" }}{{ $p }},{{ end }}|{{ len (.Files.Glob "[") }}|{{ .Files.GetBytes "f/b.txt" }}`,
		"templates/_partial.tpl", `{{ define "name" }}<{{ .Chart.Name }}>{{ end }}not rendered`,
		"templates/inc.yaml", `{{ include "name" . }}{{ include "name" .Subcharts.sub }}{{ .Subcharts.sub.Values.z }}`,
		"f/a.txt", "one\ntwo\n", "f/b.txt", "B")
	ch.AddDependency(build("sub", "templates/s.yaml", `{{ .Values.z }} {{ .Values.global.g }} {{ .Chart.IsRoot }} {{ .Template.Name }} {{ .Template.BasePath }}`))
	res, err := render(t, ch, engine.Input{
		Values:  map[string]any{"x": map[string]any{"y": "Y"}, "sub": map[string]any{"z": "Z", "global": map[string]any{"g": "G"}}},
		Release: engine.Release{Name: "rel", Namespace: "ns", Revision: 1, IsInstall: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"top/templates/a.yaml":            "rel/ns/Helm/1/true top-1.2.3 true top/templates/a.yaml top/templates Y ",
		"top/templates/types.yaml":        "common.Values common.Values *common.Capabilities engine.files map[string]interface {} map[string]interface {} common.VersionSet version.BuildInfo map[string]interface {} common.Values map[string]interface {} top",
		"top/templates/caps.yaml":         "v1.37.0 v1.37.0 v1.37.0 1.37 true false v4.3 v1.37.0 {v1.37.0 v1.37.0 1 37}",
		"top/templates/files.yaml":        "one\ntwo\n||[one two]|a.txt: |\n  one\n  two\nb.txt: B|b.txt: Qg==|f/a.txt,f/b.txt,|2|[66]",
		"top/templates/inc.yaml":          "<top><sub>Z",
		"top/charts/sub/templates/s.yaml": "Z G false top/charts/sub/templates/s.yaml top/charts/sub/templates",
	}
	for name, text := range want {
		if res.Files[name] != text {
			t.Errorf("%s: got %q, want %q", name, res.Files[name], text)
		}
	}
	if len(res.Files) != len(want) {
		t.Errorf("got %d files, want %d", len(res.Files), len(want))
	}
}

// TestOrder fixes what the order of files makes visible: the parent's define
// wins, and what a later file of the order sees is what an earlier one changed.
func TestOrder(t *testing.T) {
	ch := build("top",
		"templates/_h.tpl", `{{ define "x" }}parent{{ end }}{{ define "empty" }}  {{ end }}`,
		"templates/a.yaml", `{{ .Values.seen }}{{ .Values.sub.seen }}{{ .added }}`, "templates/b.yaml", `{{ $_ := set .Values "seen" "b" }}{{ $_ := set . "added" "dot" }}{{ include "x" . }}{{ include "empty" . }}`)
	sub := build("sub", "templates/_h.tpl", `{{ define "x" }}child{{ end }}{{ define "empty" }}full{{ end }}`, "templates/s.yaml", `{{ include "x" . }}{{ $_ := set .Values "seen" "s" }}`)
	ch.AddDependency(sub)
	vals := map[string]any{"sub": map[string]any{}}
	p, err := engine.Compile(ch, engine.CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second render must not see what the first one changed
		res, err := p.Render(context.Background(), engine.Input{Values: vals})
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Files["top/templates/a.yaml"]; got != "bsdot" {
			t.Errorf("a.yaml: %q", got)
		}
		if got := res.Files["top/templates/b.yaml"]; got != "parentfull" {
			t.Errorf("b.yaml: %q", got)
		}
		if got := res.Files["top/charts/sub/templates/s.yaml"]; got != "parent" {
			t.Errorf("s.yaml: %q", got)
		}
	}
	if len(vals) != 1 || len(vals["sub"].(map[string]any)) != 0 {
		t.Errorf("the caller's values were changed: %v", vals)
	}
}

// TestSharedGlobals: the tables two levels below global are one for all charts,
// as they are after Helm has coalesced them.
func TestSharedGlobals(t *testing.T) {
	ch := build("top", "templates/a.yaml", `{{ .Values.global | toJson }}`)
	ch.Values = map[string]any{"global": map[string]any{"a": map[string]any{"b": map[string]any{"c": 1}}}}
	ch.AddDependency(build("sub", "templates/s.yaml", `{{ $_ := set .Values.global.a.b "shared" 1 }}{{ $_ := set .Values.global.a "own" 2 }}`))
	comp, err := values.Compose(context.Background(), ch, nil, values.ComposeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := render(t, ch, engine.Input{Chart: comp.Chart, Values: comp.Values})
	if err != nil || res.Files["top/templates/a.yaml"] != `{"a":{"b":{"c":1,"shared":1}}}` {
		t.Errorf("got %v, %v", res, err)
	}
}

func TestRenderErrors(t *testing.T) {
	tests := []struct {
		name  string
		files []string
		want  []string
	}{
		{"required", []string{"templates/a.yaml", "x: 1\ny: {{ required \"set y\" .Values.y }}"}, []string{"execution error at (top/templates/a.yaml:2:6): set y"}},
		{"required in include", []string{"templates/_h.tpl", `{{ define "h" }}{{ required "set y" .Values.y }}{{ end }}`, "templates/a.yaml", "\n{{ include \"h\" . }}"},
			[]string{"execution error at (top/templates/a.yaml:2:3): set y\n", "top/templates/_h.tpl:1:", `include "h"`}},
		{"fail", []string{"templates/a.yaml", `{{ fail "stop" }}`}, []string{"execution error at (top/templates/a.yaml:1:3): stop"}},
		{"nil", []string{"templates/_h.tpl", "\n{{ define \"h\" }}{{ .Values.a.b.c }}{{ end }}", "templates/a.yaml", `{{ include "h" . }}`},
			[]string{"top/templates/_h.tpl:2:", "nil pointer evaluating interface {}.c", ".Values.a.b is nil or absent", "top/templates/a.yaml:1:4: include \"h\""}},
		{"no template", []string{"templates/a.yaml", `{{ include "none" . }}`}, []string{"top/templates/a.yaml:1:4", `no template "none"`}},
		{"parse", []string{"templates/a.yaml", "a\n{{ if }}\n"}, []string{"parse error at (top/templates/a.yaml:2)", "missing value for if", "{{ if }}"}},
		{"unknown function", []string{"templates/a.yaml", `{{ nope }}`}, []string{"top/templates/a.yaml:1", `function "nope" not defined`}},
		{"endless include", []string{"templates/a.yaml", `{{ define "r" }}{{ include "r" . }}{{ end }}{{ include "r" . }}`}, []string{"limit of include depth", "nested reference name: r"}},
		{"endless tpl", []string{"templates/a.yaml", `{{ tpl .Values.t . }}`}, []string{"limit of tpl depth"}},
		{"endless range", []string{"templates/a.yaml", `{{ range 9000000000000 }}{{ end }}`}, []string{"limit of steps"}},
		{"until", []string{"templates/a.yaml", `{{ until 2000000000 }}`}, []string{"limit of items"}},
		{"doubling", []string{"templates/a.yaml", `{{ $s := "xxxxxxxx" }}{{ range 40 }}{{ $s = print $s $s }}{{ end }}`}, []string{"limit of string bytes"}},
		{"doubling by cat", []string{"templates/a.yaml", `{{ $s := "xxxxxxxx" }}{{ range 40 }}{{ $s = cat $s $s }}{{ end }}`}, []string{"limit of string bytes"}},
		{"doubling a list", []string{"templates/a.yaml", `{{ $s := list 1 }}{{ range 60 }}{{ $s = list $s $s }}{{ end }}{{ $s }}`}, []string{"cycle"}},
		{"cycle", []string{"templates/a.yaml", `{{ $d := dict }}{{ $_ := set $d "self" $d }}{{ $d }}`}, []string{"cycle"}},
		{"cycle in toYaml", []string{"templates/a.yaml", `{{ $_ := set .Values "self" .Values }}{{ toYaml .Values }}`}, []string{"cycle"}},
		{"many arguments", []string{"templates/a.yaml", `{{ $s := repeat 16000000 "x" }}{{ print $s $s $s $s $s $s $s $s $s $s $s $s }}`}, []string{"limit of string bytes"}},
		{"wide format", []string{"templates/a.yaml", `{{ printf "%0999999999d" 1 }}`}, []string{"limit of string bytes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			_, err := render(t, build("top", tt.files...), engine.Input{Values: map[string]any{"t": "{{ tpl .Values.t . }}", "a": map[string]any{}}})
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not contain %q", err, part)
				}
			}
			var re *engine.RenderError
			var pe *engine.ParseError
			if !errors.As(err, &re) && !errors.As(err, &pe) {
				t.Errorf("%T is neither a *RenderError nor a *ParseError", err)
			}
			var le *engine.LimitError
			if strings.HasPrefix(tt.want[0], "limit") != errors.As(err, &le) {
				t.Errorf("limit error: %v", le)
			}
			t.Log(time.Since(start))
		})
	}
}

// TestBrokenSubchart: a subchart that is not enabled may be broken.
func TestBrokenSubchart(t *testing.T) {
	ch := build("top", "templates/a.yaml", "ok")
	ch.AddDependency(build("sub", "templates/s.yaml", "{{ if }}"))
	p, err := engine.Compile(ch, engine.CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var pe *engine.ParseError
	if _, err := p.Render(context.Background(), engine.Input{}); !errors.As(err, &pe) || pe.File != "top/charts/sub/templates/s.yaml" {
		t.Errorf("got %v", err)
	}
	res, err := p.Render(context.Background(), engine.Input{Chart: build("top", "templates/a.yaml", "ok")})
	if err != nil || res.Files["top/templates/a.yaml"] != "ok" {
		t.Errorf("got %v, %v", res, err)
	}
}

// TestSharedText: files of equal text keep their own names, also in errors.
func TestSharedText(t *testing.T) {
	text := `{{ .Template.Name }}{{ if eq .Chart.Name "b" }}{{ .Values.a.b.c }}{{ end }}`
	ch := build("top", "templates/a.yaml", text)
	ch.AddDependency(build("b", "templates/a.yaml", text))
	_, err := render(t, ch, engine.Input{})
	if err == nil || !strings.HasPrefix(err.Error(), "top/charts/b/templates/a.yaml:1:") {
		t.Errorf("got %v", err)
	}
}

func TestLibraryChart(t *testing.T) {
	ch := build("top", "templates/a.yaml", `{{ include "lib.x" . }}`)
	lib := build("lib", "templates/_x.tpl", `{{ define "lib.x" }}X{{ end }}`, "templates/y.yaml", "never")
	lib.Metadata.Type = "Library"
	ch.AddDependency(lib)
	res, err := render(t, ch, engine.Input{})
	if err != nil || len(res.Files) != 1 || res.Files["top/templates/a.yaml"] != "X" {
		t.Errorf("got %v, %v", res, err)
	}
}

func TestLintMode(t *testing.T) {
	res, err := render(t, build("top", "templates/a.yaml", "{{ required \"need\" .Values.x }}|{{ fail \"no\" }}|{{ lookup \"v1\" \"Pod\" \"\" \"\" }}"),
		engine.Input{Lint: true, Lookup: func(context.Context, string, string, string, string) (map[string]any, error) {
			return nil, errors.New("asked")
		}})
	if err != nil || res.Files["top/templates/a.yaml"] != "||map[]" {
		t.Fatalf("got %v, %v", res, err)
	}
	if len(res.Notices) != 2 || res.Notices[0].Function != "required" || res.Notices[0].Message != "need" || res.Notices[1].Message != "no" || res.Notices[0].Position.File != "top/templates/a.yaml" {
		t.Errorf("notices %v", res.Notices)
	}
}

func TestLookup(t *testing.T) {
	asked := ""
	lookup := func(_ context.Context, apiVersion, kind, namespace, name string) (map[string]any, error) {
		asked = strings.Join([]string{apiVersion, kind, namespace, name}, " ")
		return map[string]any{"data": map[string]any{"k": "v"}}, nil
	}
	ch := build("top", "templates/a.yaml", `{{ (lookup "v1" "Secret" "ns" "n").data.k }}`)
	res, err := render(t, ch, engine.Input{Lookup: lookup})
	if err != nil || res.Files["top/templates/a.yaml"] != "v" || asked != "v1 Secret ns n" {
		t.Errorf("got %v, %v, asked %q", res, err, asked)
	}
	if _, err := render(t, build("top", "templates/a.yaml", `[{{ lookup "v1" "Secret" "ns" "n" }}]`), engine.Input{}); err != nil {
		t.Error(err)
	}
}

func TestStrictAndFuncs(t *testing.T) {
	ch := build("top", "templates/a.yaml", `{{ shout "x" }}{{ .Values.none }}`)
	p, err := engine.Compile(ch, engine.CompileOptions{Funcs: map[string]any{"shout": strings.ToUpper}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Render(context.Background(), engine.Input{Strict: true}); err == nil || !strings.Contains(err.Error(), `no entry for key "none"`) {
		t.Errorf("strict: %v", err)
	}
	if res, err := p.Render(context.Background(), engine.Input{}); err != nil || res.Files["top/templates/a.yaml"] != "X" {
		t.Errorf("%v, %v", res, err)
	}
	if _, err := engine.Compile(ch, engine.CompileOptions{Funcs: map[string]any{"shout": 1}}); err == nil {
		t.Error("a function that is none was accepted")
	}
}

func TestTrace(t *testing.T) {
	res, err := render(t, build("top", "templates/a.yaml", "a: {{ .Values.none }}{{ 1 }}\nb:\n  {{ 2 }}\n"), engine.Input{Trace: true})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(res.Origins["top/templates/a.yaml"])
	if want := "[{3 top/templates/a.yaml:1:7} {3 top/templates/a.yaml:1:25} {10 top/templates/a.yaml:3:6}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestConcurrentRenders shares one program; run with -race.
func TestConcurrentRenders(t *testing.T) {
	ch := build("top", "templates/a.yaml", `{{ $_ := set .Values.m "k" .Release.Name }}{{ .Values.m.k }}{{ tpl "{{ .Values.m.k }}" . }}{{ regexMatch "^r" .Values.m.k }}{{ semverCompare ">1" "2.0.0" }}`)
	p, err := engine.Compile(ch, engine.CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	vals := map[string]any{"m": map[string]any{}}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			name := fmt.Sprint("r", i)
			for range 20 {
				res, err := p.Render(context.Background(), engine.Input{Values: vals, Release: engine.Release{Name: name}})
				if want := name + name + "truetrue"; err != nil || res.Files["top/templates/a.yaml"] != want {
					t.Errorf("got %v, %v, want %s", res, err, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestCancelledRender(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	p, err := engine.Compile(build("top", "templates/a.yaml", `{{ range 9000000000000 }}{{ end }}`), engine.CompileOptions{Limits: engine.Limits{Steps: 1 << 60}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Render(ctx, engine.Input{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
