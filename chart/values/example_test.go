package values_test

import (
	"context"
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
)

func Example() {
	ctx := context.Background()
	ch, err := chart.LoadFS(ctx, fstest.MapFS{
		"Chart.yaml": {Data: []byte(`
apiVersion: v2
name: shop
version: 1.0.0
dependencies:
- {name: database, version: 1.x, alias: orders}
- {name: database, version: 1.x, alias: archive, condition: archive.enabled}
`)},
		"values.yaml":                      {Data: []byte("replicas: 1\norders: {size: 5}\narchive: {enabled: false}\n")},
		"charts/database/Chart.yaml":       {Data: []byte("apiVersion: v2\nname: database\nversion: 1.2.0\n")},
		"charts/database/values.yaml":      {Data: []byte("size: 1\nlogin: admin\n")},
		"charts/database/templates/x.yaml": {Data: []byte("size: {{ .Values.size }}\n")},
	}, chart.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	user, err := values.Read(ctx, values.Sources{
		Files: []string{"-"},
		Stdin: strings.NewReader("global: {region: eu}\n"),
		Set:   []string{"replicas=3,orders.login=null"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	comp, err := values.Compose(ctx, ch, user, values.ComposeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, sub := range comp.Chart.Dependencies() {
		fmt.Println(sub.FullPath(), comp.Values[sub.Name()])
	}
	fmt.Println(comp.Values["replicas"], comp.Values["archive"])
	// Output:
	// shop/charts/orders map[global:map[region:eu] size:5]
	// 3 map[enabled:false]
}

func ExampleRead() {
	user, err := values.Read(context.Background(), values.Sources{
		Set:    []string{"image.tag=1.2,ports={80,443}", `annotations.example\.com/team=web`},
		String: []string{"build=007"},
		JSON:   []string{`limits={"cpu": "2"}`},
	})
	fmt.Println(user, err)
	// Output:
	// map[annotations:map[example.com/team:web] build:007 image:map[tag:1.2] limits:map[cpu:2] ports:[80 443]] <nil>
}

func ExampleSetError() {
	_, err := values.Read(context.Background(), values.Sources{Set: []string{"user=me,password=a,b"}})
	fmt.Println(err)
	// Output:
	// failed parsing --set data: after key "password": a comma starts another key, which has no value: write \, for a comma inside a value (at byte 20)
}

func ExampleCopy() {
	ch := &chart.Chart{Metadata: &chart.Metadata{Name: "web"}, Values: map[string]any{"labels": map[string]any{"app": "web"}}}
	comp, err := values.Compose(context.Background(), ch, nil, values.ComposeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	mine := values.Copy(comp.Chart, comp.Values)
	mine["labels"].(map[string]any)["app"] = "changed by a template"
	fmt.Println(comp.Values, ch.Values)
	// Output:
	// map[labels:map[app:web]] map[labels:map[app:web]]
}
