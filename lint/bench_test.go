package lint

import (
	"context"
	"testing"

	"github.com/hchart/hchart/test/bench/umbrella"
)

func BenchmarkRun(b *testing.B) {
	charts, err := umbrella.WriteSet(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	charts = append(charts, umbrella.Chart{Name: "myapp", Dir: "../testdata/charts/myapp"})
	for _, ch := range charts {
		b.Run(ch.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				report, err := Run(context.Background(), ch.Dir, nil, Options{})
				if err != nil || report.Failed(false) {
					b.Fatal(err, report)
				}
			}
		})
	}
}
