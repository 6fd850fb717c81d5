package values_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
)

// newChart makes a chart with some two hundred default values, globals and
// declared dependencies.
func newChart(name string, subcharts ...*chart.Chart) *chart.Chart {
	vals := map[string]any{"enabled": true, "global": map[string]any{
		"registry": "r.example", "storage": map[string]any{"class": "fast", "sizes": map[string]any{"small": 1.0}},
	}}
	for i := range 10 {
		section := map[string]any{}
		for j := range 4 {
			section[fmt.Sprint("part", j)] = map[string]any{"a": 1.0, "b": "text", "c": true, "list": []any{"x", "y"}}
		}
		vals[fmt.Sprint("section", i)] = section
	}
	c := &chart.Chart{Metadata: &chart.Metadata{Name: name, Version: "1.2.3", APIVersion: "v2"}, Values: vals}
	for _, sub := range subcharts {
		c.AddDependency(sub)
		c.Metadata.Dependencies = append(c.Metadata.Dependencies, &chart.Dependency{
			Name: sub.Name(), Version: "1.x", Condition: sub.Name() + ".enabled", Tags: []string{"all"},
		})
	}
	return c
}

// umbrella makes a chart of n subcharts that each have a common one.
func umbrella(n int) *chart.Chart {
	subs := make([]*chart.Chart, n)
	for i := range subs {
		subs[i] = newChart(fmt.Sprint("sub", i), newChart("common"))
	}
	return newChart("root", subs...)
}

// tower makes charts nested depth deep.
func tower(depth int) *chart.Chart {
	c := newChart("top")
	for i := range depth {
		c = newChart(fmt.Sprint("level", i), c)
	}
	return c
}

func benchmark(b *testing.B, c *chart.Chart) {
	user := map[string]any{
		"global":   map[string]any{"registry": "mine.example", "storage": map[string]any{"class": nil}},
		"section1": map[string]any{"part1": map[string]any{"a": nil, "b": "mine"}},
		"tags":     map[string]any{"all": true},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := values.Compose(context.Background(), c, user, values.ComposeOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompose(b *testing.B) {
	for _, n := range []int{25, 50, 100, 200, 400} {
		b.Run(fmt.Sprint("subcharts=", n), func(b *testing.B) { benchmark(b, umbrella(n)) })
	}
	for _, n := range []int{4, 8, 16, 32} {
		b.Run(fmt.Sprint("depth=", n), func(b *testing.B) { benchmark(b, tower(n)) })
	}
}

func BenchmarkSet(b *testing.B) {
	src := values.Sources{Set: []string{"image.tag=1.2.3,replicas=3,hosts={a,b,c}", "a[0].b.c=x"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := values.Read(context.Background(), src); err != nil {
			b.Fatal(err)
		}
	}
}
