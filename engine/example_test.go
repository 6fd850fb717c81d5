package engine_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine"
)

// Loading, composing, compiling and rendering are four calls; a program is
// rendered as often as there are values for it.
func Example() {
	ctx := context.Background()
	files := fstest.MapFS{
		"Chart.yaml":          {Data: []byte("apiVersion: v2\nname: hello\nversion: 1.0.0\n")},
		"values.yaml":         {Data: []byte("greeting: Hello\nwho: world\n")},
		"templates/text.yaml": {Data: []byte("text: {{ .Values.greeting }}, {{ .Values.who }} from {{ .Release.Name }}\n")},
	}
	ch, err := chart.LoadFS(ctx, files, chart.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	prog, err := engine.Compile(ch, engine.CompileOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, who := range []string{"world", "moon"} {
		comp, err := values.Compose(ctx, ch, map[string]any{"who": who}, values.ComposeOptions{})
		if err != nil {
			fmt.Println(err)
			return
		}
		res, err := prog.Render(ctx, engine.Input{Chart: comp.Chart, Values: comp.Values, Release: engine.Release{Name: "rel"}})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(res.Files["hello/templates/text.yaml"])
	}
	// Output:
	// text: Hello, world from rel
	// text: Hello, moon from rel
}
