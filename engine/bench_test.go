package engine_test

import (
	"context"
	"testing"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/test/bench/umbrella"
)

// benchChart is a chart that compiling and rendering are measured on.
type benchChart struct {
	name     string
	chart    *chart.Chart
	composed *values.Composition
}

func benchCharts(b *testing.B) []benchChart {
	b.Helper()
	set, err := umbrella.WriteSet(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	var charts []benchChart
	for _, written := range append(set, umbrella.Chart{Name: "myapp", Dir: "../testdata/charts/myapp"}) {
		ch, err := chart.Load(context.Background(), written.Dir, chart.LoadOptions{})
		if err != nil {
			b.Fatal(err)
		}
		composed, err := values.Compose(context.Background(), ch, nil, values.ComposeOptions{})
		if err != nil {
			b.Fatal(err)
		}
		charts = append(charts, benchChart{written.Name, ch, composed})
	}
	return charts
}

func BenchmarkCompile(b *testing.B) {
	for _, c := range benchCharts(b) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := engine.Compile(c.chart, engine.CompileOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCompose composes real charts; chart/values has made-up ones.
func BenchmarkCompose(b *testing.B) {
	for _, c := range benchCharts(b) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := values.Compose(context.Background(), c.chart, nil, values.ComposeOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// benchInput is what a chart is rendered with.
func benchInput(c benchChart) engine.Input {
	return engine.Input{
		Chart: c.composed.Chart, Values: c.composed.Values,
		Release: engine.Release{Name: "rel", Namespace: "default", Revision: 1, IsInstall: true},
	}
}

// BenchmarkRender renders a program that has rendered before.
func BenchmarkRender(b *testing.B) {
	for _, c := range benchCharts(b) {
		b.Run(c.name, func(b *testing.B) {
			prog, err := engine.Compile(c.chart, engine.CompileOptions{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := prog.Render(context.Background(), benchInput(c)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRenderFirst compiles and renders, as the program does once.
func BenchmarkRenderFirst(b *testing.B) {
	for _, c := range benchCharts(b) {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				prog, err := engine.Compile(c.chart, engine.CompileOptions{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := prog.Render(context.Background(), benchInput(c)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
