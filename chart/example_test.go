package chart_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing/fstest"

	"github.com/hchart/hchart/chart"
)

var webChart = fstest.MapFS{
	"Chart.yaml":               {Data: []byte("apiVersion: v2\nname: web\nversion: 1.2.3\n")},
	"values.yaml":              {Data: []byte("replicas: 2\n")},
	"templates/service.yaml":   {Data: []byte("kind: Service\n")},
	"charts/db/Chart.yaml":     {Data: []byte("apiVersion: v2\nname: db\nversion: 0.1.0\n")},
	"charts/db/templates/x.md": {Data: []byte("x\n")},
}

func ExampleLoadFS() {
	c, err := chart.LoadFS(context.Background(), webChart, chart.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Name(), c.Metadata.Version, c.Values["replicas"], c.Templates[0].Name)
	for _, sub := range c.Dependencies() {
		fmt.Println(sub.FullPath())
	}
	// Output:
	// web 1.2.3 2 templates/service.yaml
	// web/charts/db
}

// A chart from somebody else gets tight limits, and its faults are told apart
// by their types.
func ExampleLoadArchive() {
	archive := bytes.NewReader([]byte("replicas: 2\n"))
	_, err := chart.LoadArchive(context.Background(), archive, chart.LoadOptions{
		Limits: chart.Limits{ArchiveBytes: 1 << 20, Files: 500},
	})
	var tooLarge *chart.LimitError
	var broken *chart.ArchiveError
	switch {
	case errors.As(err, &tooLarge):
		fmt.Println("too large:", tooLarge.Limit)
	case errors.As(err, &broken):
		fmt.Println("not an archive:", broken.Reason)
	}
	// Output: not an archive: does not appear to be a gzipped archive
}

func ExampleWriteArchive() {
	ctx := context.Background()
	c, err := chart.LoadFS(ctx, webChart, chart.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var archive bytes.Buffer
	if err := chart.WriteArchive(ctx, c, &archive, chart.WriteOptions{}); err != nil {
		fmt.Println(err)
		return
	}
	again, err := chart.LoadArchive(ctx, &archive, chart.LoadOptions{})
	fmt.Println(again.Name(), len(again.Dependencies()), err)
	// Output: web 1 <nil>
}

func ExampleReadValues() {
	values, err := chart.ReadValues([]byte("image: {name: nginx, tag: 1}\n---\nimage: {tag: 2}\n"))
	fmt.Println(values, err)
	_, err = chart.ReadValues([]byte("image:\n  name: a: b\n"))
	var parse *chart.ParseError
	fmt.Println(errors.As(err, &parse), parse.Line)
	// Output:
	// map[image:map[name:nginx tag:2]] <nil>
	// true 2
}

func ExampleMetadata_Validate() {
	m, err := chart.ReadMetadata([]byte("apiVersion: v2\nname: ../web\nversion: 1.2.3\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	var invalid *chart.ValidationError
	fmt.Println(errors.As(m.Validate(), &invalid), invalid.Field)
	// Output: true name
}

func ExampleCompatibleRange() {
	fmt.Println(chart.CompatibleRange(">=1.25.0-0", "v1.31.0"), chart.CompatibleRange("^1", "2.0.0"))
	// Output: true false
}
