package chart_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/hchart/hchart/chart"
	charts "github.com/hchart/hchart/test/bench/umbrella"
)

func BenchmarkLoad(b *testing.B) {
	ctx := context.Background()
	set, err := charts.WriteSet(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range append(set, charts.Chart{Name: "myapp", Dir: "../testdata/charts/myapp"}) {
		b.Run(c.Name+"/directory", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := chart.Load(ctx, c.Dir, chart.LoadOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.Name+"/archive", func(b *testing.B) {
			ch, err := chart.Load(ctx, c.Dir, chart.LoadOptions{})
			if err != nil {
				b.Fatal(err)
			}
			var packed bytes.Buffer
			if err := chart.WriteArchive(ctx, ch, &packed, chart.WriteOptions{}); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(packed.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := chart.LoadArchive(ctx, bytes.NewReader(packed.Bytes()), chart.LoadOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
