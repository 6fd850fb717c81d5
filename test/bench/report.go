package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// report prints a line for each case, as soon as it is there.
type report struct {
	markdown bool
	scaling  [][]string // a line for each umbrella
	random   bool
}

var headings = [...]string{"case", "Helm", "hchart", "ratio", "CPU Helm", "hchart", "ratio", "memory Helm", "hchart", "share"}

func (r *report) head() {
	if r.markdown {
		r.markdownHead(headings[:])
		return
	}
	r.line(headings[:])
}

func (r *report) add(c benchCase, res result) {
	wall := func(u usage) float64 { return float64(u.Wall) }
	cpu := func(u usage) float64 { return float64(u.CPU) }
	peak := func(u usage) float64 { return float64(u.Peak) }
	name := c.name
	switch res.verdict {
	case outputsRandom:
		name, r.random = name+" *", true
	case outputsDiffer:
		name += " DIFFERENT OUTPUT"
	}
	theirs, ours := median(res.theirs, wall), median(res.ours, wall)
	r.line([]string{
		name,
		milliseconds(theirs), milliseconds(ours), times(ratio(res.theirs, res.ours, wall)),
		milliseconds(median(res.theirs, cpu)), milliseconds(median(res.ours, cpu)), times(ratio(res.theirs, res.ours, cpu)),
		mebibytes(median(res.theirs, peak)), mebibytes(median(res.ours, peak)), fmt.Sprintf("%.2f", ratio(res.ours, res.theirs, peak)),
	})
	if c.subcharts > 0 {
		n := float64(c.subcharts)
		r.scaling = append(r.scaling, []string{
			name, milliseconds(theirs / n), milliseconds(ours / n),
			milliseconds(median(res.theirs, cpu) / n), milliseconds(median(res.ours, cpu) / n),
			fmt.Sprintf("%.2f MiB", median(res.theirs, peak)/n/(1<<20)), fmt.Sprintf("%.2f MiB", median(res.ours, peak)/n/(1<<20)),
		})
	}
}

// foot says how cost grows with the number of subcharts: where it is linear,
// the cost of one stays the same.
func (r *report) foot() {
	if r.random {
		fmt.Println("\n* random output: Helm's own differs from run to run; as many lines")
	}
	if len(r.scaling) < 2 {
		return
	}
	fmt.Println()
	titles := []string{"for each subchart", "Helm", "hchart", "CPU Helm", "hchart", "memory Helm", "hchart"}
	if r.markdown {
		r.markdownHead(titles)
	} else {
		r.line(titles)
	}
	for _, cells := range r.scaling {
		r.line(cells)
	}
}

func (r *report) markdownHead(titles []string) {
	r.line(titles)
	fmt.Println("|---|" + strings.Repeat("---:|", len(titles)-1))
}

func (r *report) line(cells []string) {
	if r.markdown {
		fmt.Println("| " + strings.Join(cells, " | ") + " |")
		return
	}
	fmt.Printf("%-32s", cells[0])
	for _, c := range cells[1:] {
		fmt.Printf(" %11s", c)
	}
	fmt.Println()
}

func milliseconds(ns float64) string { return fmt.Sprintf("%.1f ms", ns/float64(time.Millisecond)) }
func mebibytes(b float64) string     { return fmt.Sprintf("%.0f MiB", b/(1<<20)) }
func times(x float64) string         { return fmt.Sprintf("%.2fx", x) }

// median takes the middle of what of says about the runs.
func median(runs []usage, of func(usage) float64) float64 {
	all := make([]float64, len(runs))
	for i, u := range runs {
		all[i] = of(u)
	}
	return middle(all)
}

// ratio is the median of the ratios of the pairs, a over b.
func ratio(a, b []usage, of func(usage) float64) float64 {
	all := make([]float64, len(a))
	for i := range a {
		all[i] = of(a[i]) / of(b[i])
	}
	return middle(all)
}

func middle(all []float64) float64 {
	all = slices.SortedFunc(slices.Values(all), cmp.Compare[float64])
	n := len(all)
	return (all[(n-1)/2] + all[n/2]) / 2
}
