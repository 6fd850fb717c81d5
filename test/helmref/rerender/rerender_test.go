package rerender

import (
	"io"
	"log"
	"log/slog"
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

func each(tb testing.TB, do func(Chart, *Charts)) {
	charts, err := List(tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	for _, chart := range charts {
		c, err := Load(chart.Dir)
		if err != nil {
			tb.Fatalf("%s: %v", chart.Name, err)
		}
		do(chart, c)
	}
}

// TestSame renders twice with both: the second time has to give what the first
// gave, and that of Helm. Public charts may be random: of those the names count.
func TestSame(t *testing.T) {
	each(t, func(chart Chart, c *Charts) {
		for range 2 {
			want, err := c.Helm(c.FreshValues())
			if err != nil {
				t.Fatalf("%s: Helm: %v", chart.Name, err)
			}
			got, err := c.Ours()
			if err != nil {
				t.Fatalf("%s: hchart: %v", chart.Name, err)
			}
			own := chart.Name == "starter" || strings.HasPrefix(chart.Name, "umbrella")
			for name, text := range want {
				if ours, ok := got[name]; !ok || own && ours != text {
					t.Errorf("%s: %s differs from what Helm renders", chart.Name, name)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: %d files, Helm renders %d", chart.Name, len(got), len(want))
			}
		}
	})
}

func BenchmarkRerender(b *testing.B) {
	each(b, func(chart Chart, c *Charts) {
		b.Run(chart.Name+"/helm", c.BenchHelm)
		b.Run(chart.Name+"/hchart", c.BenchOurs)
	})
}
