// Package engine renders the templates of a chart.
//
// Compile reads every template of a chart once and returns a Program. A Program
// is immutable: keep it and render it again, with other values, on as many
// goroutines as there are. Render takes a composed tree of charts, which says
// what subcharts are enabled and under what names, and the values that belong
// to it (package chart/values makes both), and returns the rendered files.
//
//	ch, err := chart.Load(ctx, "mychart", chart.LoadOptions{})
//	comp, err := values.Compose(ctx, ch, user, values.ComposeOptions{})
//	prog, err := engine.Compile(ch, engine.CompileOptions{})
//	res, err := prog.Render(ctx, engine.Input{Chart: comp.Chart, Values: comp.Values,
//		Release: engine.Release{Name: "rel", Namespace: "default", IsInstall: true, Revision: 1}})
//
// What comes out is what Helm v4.3.1 renders, byte for byte. What a template
// may use is bounded: steps, depth, output, the lists and strings that
// functions make, and time through the context. A breach is an error that wraps
// a *LimitError; nothing a chart does ends the process.
//
// The package reads no files, asks no cluster and prints nothing. lookup is a
// function the caller may supply.
package engine
