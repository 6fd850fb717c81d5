// Table prints what rendering again costs, with Helm and with hchart in turn:
// medians, and the medians of the ratios of the pairs. `make bench-rerender`
// runs it.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hchart/hchart/test/helmref/rerender"
)

func main() {
	testing.Init()
	pairs := flag.Int("pairs", 7, "measured pairs, after one that is not")
	run := flag.String("run", "", "only charts that match this regular expression")
	format := flag.String("format", "text", "text or markdown")
	flag.Parse()
	log.SetOutput(io.Discard) // Helm's warnings
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if err := table(*pairs, *run, *format == "markdown"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func table(pairs int, run string, markdown bool) error {
	pattern, err := regexp.Compile(run)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hchart-rerender-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	charts, err := rerender.List(dir)
	if err != nil {
		return err
	}
	line(markdown, []string{"chart", "Helm", "hchart", "ratio", "memory Helm", "hchart", "ratio", "allocations Helm", "hchart", "ratio"})
	if markdown {
		fmt.Println("|---|" + strings.Repeat("---:|", 9))
	}
	for _, chart := range charts {
		if !pattern.MatchString(chart.Name) {
			continue
		}
		c, err := rerender.Load(chart.Dir)
		if err != nil {
			return fmt.Errorf("%s: %w", chart.Name, err)
		}
		cells, err := measure(c, pairs)
		if err != nil {
			return fmt.Errorf("%s: %w", chart.Name, err)
		}
		line(markdown, append([]string{chart.Name}, cells...))
	}
	return nil
}

// measure benchmarks both in turn.
func measure(c *rerender.Charts, pairs int) ([]string, error) {
	var theirs, ours []testing.BenchmarkResult
	for i := range pairs + 1 {
		h, o := testing.Benchmark(c.BenchHelm), testing.Benchmark(c.BenchOurs)
		if h.N == 0 || o.N == 0 {
			return nil, fmt.Errorf("a render failed")
		}
		if i > 0 {
			theirs, ours = append(theirs, h), append(ours, o)
		}
	}
	var cells []string
	for _, quantity := range []struct {
		of    func(testing.BenchmarkResult) float64
		print func(float64) string
	}{
		{func(r testing.BenchmarkResult) float64 { return float64(r.NsPerOp()) }, func(v float64) string { return fmt.Sprintf("%.3f ms", v/1e6) }},
		{func(r testing.BenchmarkResult) float64 { return float64(r.AllocedBytesPerOp()) }, func(v float64) string { return fmt.Sprintf("%.0f KiB", v/1024) }},
		{func(r testing.BenchmarkResult) float64 { return float64(r.AllocsPerOp()) }, func(v float64) string { return fmt.Sprintf("%.0f", v) }},
	} {
		var t, o, ratios []float64
		for i := range theirs {
			t, o = append(t, quantity.of(theirs[i])), append(o, quantity.of(ours[i]))
			ratios = append(ratios, t[i]/o[i])
		}
		cells = append(cells, quantity.print(median(t)), quantity.print(median(o)), fmt.Sprintf("%.1fx", median(ratios)))
	}
	return cells, nil
}

func median(all []float64) float64 {
	all = slices.SortedFunc(slices.Values(all), cmp.Compare[float64])
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

func line(markdown bool, cells []string) {
	if markdown {
		fmt.Println("| " + strings.Join(cells, " | ") + " |")
		return
	}
	fmt.Printf("%-24s", cells[0])
	for _, c := range cells[1:] {
		fmt.Printf(" %16s", c)
	}
	fmt.Println()
}
