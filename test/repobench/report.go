package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// report prints the table and returns how many targets were missed.
func (b *bench) report(w io.Writer) int {
	missed := 0
	fmt.Fprintf(w, "%d charts × %d versions, an index of %.1f MB, %d dependencies\n\n",
		b.charts, b.versions, float64(len(b.world.index))/1e6, b.options.dependencies)
	fmt.Fprintln(w, "| command | Helm | hchart | ratio | target | Helm CPU | hchart CPU | Helm memory | hchart memory | ratio | target |")
	fmt.Fprintln(w, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	for _, r := range b.rows {
		wall := func(u usage) float64 { return float64(u.Wall) }
		cpu := func(u usage) float64 { return float64(u.CPU) }
		peak := func(u usage) float64 { return float64(u.Peak) }
		t, tMissed := verdict(median(r.runs[0], wall), median(r.runs[1], wall), r.time)
		m, mMissed := verdict(median(r.runs[0], peak), median(r.runs[1], peak), r.memory)
		missed += tMissed + mMissed
		fmt.Fprintf(w, "| %s | %v | %v | %s | %v | %v | %s | %s | %s |\n", r.what,
			rounded(median(r.runs[0], wall)), rounded(median(r.runs[1], wall)), t,
			rounded(median(r.runs[0], cpu)), rounded(median(r.runs[1], cpu)),
			mebibytes(median(r.runs[0], peak)), mebibytes(median(r.runs[1], peak)), m)
	}
	return missed
}

// verdict is a ratio and its target as the table has them.
func verdict(theirs, ours, target float64) (cells string, missed int) {
	ratio := ours / theirs
	cells = "1/" + fmt.Sprint(math.Round(theirs/ours*10)/10)
	if ratio > 1 {
		cells = fmt.Sprintf("%.1f", ratio)
	}
	switch {
	case target == 0:
		return cells + " | –", 0
	case ratio > target:
		return fmt.Sprintf("%s | 1/%.0f missed", cells, 1/target), 1
	}
	return fmt.Sprintf("%s | 1/%.0f", cells, 1/target), 0
}

func median(runs []usage, of func(usage) float64) float64 {
	if len(runs) == 0 {
		return math.NaN()
	}
	all := make([]float64, len(runs))
	for i, u := range runs {
		all[i] = of(u)
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

func rounded(ns float64) time.Duration {
	d := time.Duration(ns)
	if d > 10*time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(100 * time.Microsecond)
}

func mebibytes(b float64) string { return fmt.Sprintf("%.0f MiB", b/(1<<20)) }
