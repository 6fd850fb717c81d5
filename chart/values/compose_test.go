package values_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"sigs.k8s.io/yaml"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
)

// TestCompose composes the charts in testdata/compose. What they should make is
// recorded from Helm, by the test of that name in test/helmref.
func TestCompose(t *testing.T) {
	files, err := filepath.Glob("testdata/compose/*.txtar")
	if err != nil || len(files) < 10 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ch, user, want := readCase(t, file)
			comp, err := values.Compose(t.Context(), ch, user, values.ComposeOptions{})
			if got := outcome(t, comp, err); got != want {
				t.Errorf("got:\n%s\nwant:\n%s(error: %v)", got, want, err)
			}
			again, _ := values.Compose(t.Context(), ch, user, values.ComposeOptions{})
			if !reflect.DeepEqual(again, comp) {
				t.Error("composing twice makes a difference")
			}
		})
	}
}

func readCase(t *testing.T, file string) (ch *chart.Chart, user map[string]any, want string) {
	t.Helper()
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for _, f := range ar.Files {
		switch f.Name {
		case "user.yaml":
			if user, err = chart.ReadValues(f.Data); err != nil {
				t.Fatal(err)
			}
		case "want.yaml":
			want = string(f.Data)
		default:
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	if ch, err = chart.LoadFS(t.Context(), fsys, chart.LoadOptions{}); err != nil {
		t.Fatal(err)
	}
	return ch, user, want
}

// outcome is a composition as it is recorded.
func outcome(t *testing.T, comp *values.Composition, err error) string {
	t.Helper()
	if err != nil {
		return "error: true\n"
	}
	var r struct {
		Charts []string       `json:"charts"`
		Values map[string]any `json:"values"`
	}
	r.Values = comp.Values
	var walk func(*chart.Chart)
	walk = func(c *chart.Chart) {
		r.Charts = append(r.Charts, c.FullPath())
		for _, d := range c.Dependencies() {
			walk(d)
		}
	}
	walk(comp.Chart)
	out, err := yaml.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestComposeConcurrently composes one chart on many goroutines, each of which
// changes a copy of what it gets.
func TestComposeConcurrently(t *testing.T) {
	files, _ := filepath.Glob("testdata/compose/[agi]*.txtar")
	for _, file := range files {
		ch, user, want := readCase(t, file)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				comp, err := values.Compose(t.Context(), ch, user, values.ComposeOptions{})
				if err != nil {
					t.Error(err)
					return
				}
				scribble(values.Copy(comp.Chart, comp.Values))
				if got := outcome(t, comp, err); got != want {
					t.Errorf("%s: got:\n%s", file, got)
				}
			})
		}
		wg.Wait()
	}
}

// scribble changes every table in v.
func scribble(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			scribble(e)
		}
		v["scribble"] = true
	case []any:
		for i := range v {
			scribble(v[i])
			v[i] = "scribble"
		}
	}
}

// TestCopy checks which tables a chart and its subcharts share.
func TestCopy(t *testing.T) {
	defaults := map[string]any{"own": map[string]any{"k": 1}, "global": map[string]any{"mine": map[string]any{"deep": map[string]any{}}}}
	root := &chart.Chart{
		Metadata: &chart.Metadata{Name: "root"},
		Values: map[string]any{"global": map[string]any{"one": map[string]any{
			"two": map[string]any{}, "list": []any{map[string]any{}},
		}}},
	}
	for _, name := range []string{"a", "b"} {
		root.AddDependency(&chart.Chart{Metadata: &chart.Metadata{Name: name}, Values: defaults})
	}
	comp, err := values.Compose(t.Context(), root, nil, values.ComposeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	vals := values.Copy(comp.Chart, comp.Values)
	at := func(path string) map[string]any {
		table := vals
		for key := range strings.SplitSeq(path, ".") {
			if list, ok := table[key].([]any); ok {
				table = list[0].(map[string]any)
				continue
			}
			table = table[key].(map[string]any)
		}
		return table
	}
	for _, c := range []struct {
		a, b   string
		shared bool
	}{
		{"global.one.two", "a.global.one.two", true},
		{"a.global.one.two", "b.global.one.two", true},
		{"global.one.list", "b.global.one.list", true},
		{"global.one", "a.global.one", false},
		{"a.own", "b.own", false},
		{"a.global.mine.deep", "b.global.mine.deep", false},
	} {
		at(c.a)["mark"] = c.a + c.b
		if shared := at(c.b)["mark"] == c.a+c.b; shared != c.shared {
			t.Errorf("%s and %s: shared %v, want %v", c.a, c.b, shared, c.shared)
		}
	}
}

// TestMetadata checks what templates see in .Chart.Dependencies.
func TestMetadata(t *testing.T) {
	ch := newChart("root", newChart("a"), newChart("b"), newChart("c"))
	declared := ch.Metadata.Dependencies
	declared[0].Alias = "x"
	declared[0].Condition = ""
	declared[0].ImportValues = []any{"net", map[string]any{"child": "section1", "parent": "s"}, 5}
	before := fmt.Sprintf("%+v %+v", *declared[0], *declared[1])
	comp, err := values.Compose(t.Context(), ch, map[string]any{"b": map[string]any{"enabled": false}}, values.ComposeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := comp.Chart.Metadata.Dependencies
	if len(got) != 2 || got[0].Name != "x" || got[0].Alias != "x" || got[1].Name != "c" || !got[0].Enabled || !got[1].Enabled {
		t.Errorf("dependencies are %+v, %+v", got[0], got[1])
	}
	want := []any{
		map[string]string{"child": "exports.net", "parent": "."},
		map[string]string{"child": "section1", "parent": "s"},
	}
	if !reflect.DeepEqual(got[0].ImportValues, want) {
		t.Errorf("import-values are %v", got[0].ImportValues)
	}
	if after := fmt.Sprintf("%+v %+v", *declared[0], *declared[1]); after != before {
		t.Errorf("the loaded chart was changed to %s", after)
	}
	if s, ok := comp.Chart.Values["s"].(map[string]any); !ok || len(s) == 0 {
		t.Error("the composed chart's values lack what was imported")
	}
}

// TestWarnings checks that what Helm logs is returned, without values in it.
func TestWarnings(t *testing.T) {
	const canary = "hunter2"
	ch := newChart("root", newChart("a"), newChart("b"))
	ch.Metadata.Dependencies[0].Condition = "word"
	ch.Metadata.Dependencies[0].ImportValues = []any{"none"}
	user := map[string]any{
		"word": canary, "tags": map[string]any{"all": canary}, "section0": map[string]any{"part0": canary},
		"a": map[string]any{"global": canary}, "b": map[string]any{"enabled": map[string]any{"x": canary}, "global": map[string]any{"storage": canary}},
	}
	comp, err := values.Compose(t.Context(), ch, user, values.ComposeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(comp.Warnings, "\n")
	for _, want := range []string{
		"condition word of dependency a is a string", "tag all of dependency b is a string",
		"dependency a has no table exports.none", "root.section0.part0", "root.b.enabled", "subchart's global is a string",
		"cannot merge the table root.global.storage",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning has %q", want)
		}
	}
	if strings.Contains(all, canary) || t.Failed() {
		t.Errorf("warnings:\n%s", all)
	}
}

// TestComposeErrors checks types and texts.
func TestComposeErrors(t *testing.T) {
	ch := newChart("root", newChart("a"))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := values.Compose(cancelled, ch, nil, values.ComposeOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gives %v", err)
	}
	if _, err := values.Compose(t.Context(), nil, nil, values.ComposeOptions{}); err == nil {
		t.Error("no chart gives no error")
	}
	_, err := values.Compose(t.Context(), ch, map[string]any{"a": "hunter2"}, values.ComposeOptions{})
	typeErr, ok := errors.AsType[*values.TypeError](err)
	if !ok || typeErr.Path != "root.a" || typeErr.Got != "a string" || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a string for a subchart gives %v", err)
	}
}

// hostile charts ask for more time or memory than there is.
func TestHostileCharts(t *testing.T) {
	wide := map[string]any{}
	for i := range 3000 {
		wide[fmt.Sprint("k", i)] = map[string]any{}
	}
	aliases := func(levels, each int) *chart.Chart {
		c := newChart("leaf")
		for i := range levels {
			next := newChart(fmt.Sprint("level", i), c)
			dep := next.Metadata.Dependencies[0]
			for j := range each {
				d := *dep
				d.Alias, d.Condition = fmt.Sprint("alias", j), ""
				next.Metadata.Dependencies = append(next.Metadata.Dependencies, &d)
			}
			c = next
		}
		return c
	}
	imports := func(list ...any) *chart.Chart {
		sub := newChart("a")
		sub.Values = map[string]any{"exports": map[string]any{"a": map[string]any{"x": map[string]any{"k": 1.0}}}, "wide": wide}
		c := newChart("root", sub)
		c.Metadata.Dependencies[0].ImportValues = list
		return c
	}
	table := func(child, parent any) any { return map[string]any{"child": child, "parent": parent} }
	var doubling []any
	for i := range 400 {
		doubling = append(doubling, table("wide", fmt.Sprintf("p%d", i)))
	}
	cases := []struct {
		name string
		ch   *chart.Chart
		want any // a pointer to the type of error; nil for none
	}{
		{"aliases of aliases", aliases(8, 20), new(*values.LimitError)},
		{"nesting", tower(200), new(*values.LimitError)},
		{"a path of a million dots", imports(table("wide", strings.Repeat("a.", 1e6))), new(*values.ImportError)},
		{"a table into itself", imports("a", table("exports", "x.a")), new(*values.ImportError)},
		{"a table many times", imports(doubling...), new(*values.ImportError)},
		{"a child 123", imports(table(123, nil), 5, nil), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := values.Compose(t.Context(), c.ch, nil, values.ComposeOptions{})
			switch {
			case c.want == nil:
				if err != nil {
					t.Error(err)
				}
			case !errors.As(err, c.want):
				t.Errorf("got %v", err)
			}
		})
	}
}

// FuzzValues composes a chart whose defaults, subchart's defaults and user's
// values are any YAML.
func FuzzValues(f *testing.F) {
	files, _ := filepath.Glob("testdata/compose/*.txtar")
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		data := map[string][]byte{}
		for _, part := range ar.Files {
			data[filepath.Base(part.Name)] = part.Data
		}
		f.Add(data["values.yaml"], data["user.yaml"], data["want.yaml"])
	}
	f.Fuzz(func(t *testing.T, defaults, sub, user []byte) {
		if len(defaults)+len(sub)+len(user) > 1<<12 {
			t.Skip()
		}
		ch, inner := newChart("root"), newChart("sub")
		ch.AddDependency(inner)
		ch.Metadata.Dependencies = []*chart.Dependency{
			{Name: "sub", Version: "1.x", Condition: "a.b,c", ImportValues: []any{"x", map[string]any{"child": "a", "parent": "b"}}},
			{Name: "sub", Version: "*", Alias: "global", Tags: []string{"a"}},
		}
		var vals [3]map[string]any
		for i, data := range [][]byte{defaults, sub, user} {
			var err error
			if vals[i], err = chart.ReadValues(data); err != nil {
				t.Skip()
			}
		}
		ch.Values, inner.Values = vals[0], vals[1]
		before, _ := yaml.Marshal(vals)
		comp, err := values.Compose(t.Context(), ch, vals[2], values.ComposeOptions{})
		if after, _ := yaml.Marshal(vals); !bytes.Equal(before, after) {
			t.Error("the input was changed")
		}
		if err == nil && !reflect.DeepEqual(values.Copy(comp.Chart, comp.Values), comp.Values) {
			t.Error("Copy is not a copy")
		}
	})
}
