// Stages prints how long each stage of rendering takes for the given charts:
// the medians of runs in one process. `make bench-stages` runs it.
//
//	stages [-runs 20] [-format text|markdown] [-cpuprofile FILE] [CHART...]
//
// Without charts it takes those of the benchmarks that need no other files.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/chart/values"
	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/release/manifest"
	"github.com/hchart/hchart/test/bench/umbrella"
)

func main() {
	runs := flag.Int("runs", 20, "runs of each chart, after one that is not measured")
	format := flag.String("format", "text", "text or markdown")
	profile := flag.String("cpuprofile", "", "file for a profile of the processor")
	flag.Parse()
	if err := stages(flag.Args(), *runs, *format == "markdown", *profile); err != nil {
		fmt.Fprintln(os.Stderr, "stages:", err)
		os.Exit(1)
	}
}

func stages(dirs []string, runs int, markdown bool, profile string) error {
	if len(dirs) == 0 {
		tmp, err := os.MkdirTemp("", "hchart-stages-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		set, err := umbrella.WriteSet(tmp)
		if err != nil {
			return err
		}
		dirs = []string{"testdata/charts/myapp"}
		for _, c := range set {
			dirs = append(dirs, c.Dir)
		}
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	line(markdown, []string{"chart", "load", "compose", "compile", "render", "parse", "print", "sum", "render again"})
	if markdown {
		fmt.Println("|---|" + strings.Repeat("---:|", 8))
	}
	for _, dir := range dirs {
		cells, err := measure(dir, runs)
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		line(markdown, append([]string{filepath.Base(dir)}, cells...))
	}
	return nil
}

// again is the stage behind the last: a second render of the same program.
const again = 6

// measure returns the medians of the stages, their sum before that of again.
func measure(dir string, runs int) ([]string, error) {
	var all [again + 1][]time.Duration
	for i := range runs + 1 {
		took, err := once(dir)
		if err != nil {
			return nil, err
		}
		for stage, d := range took {
			if i > 0 {
				all[stage] = append(all[stage], d)
			}
		}
	}
	var cells []string
	var sum time.Duration
	for stage, durations := range all {
		slices.Sort(durations)
		median := durations[len(durations)/2]
		if stage == again {
			cells = append(cells, milliseconds(sum))
		}
		cells = append(cells, milliseconds(median))
		sum += median
	}
	return cells, nil
}

// once does what "hchart template" does, and renders a second time.
func once(dir string) (took [again + 1]time.Duration, err error) {
	ctx := context.Background()
	start, stage := time.Now(), 0
	done := func() {
		took[stage] = time.Since(start)
		start, stage = time.Now(), stage+1
	}
	ch, err := chart.Load(ctx, dir, chart.LoadOptions{LinkedCharts: true, Limits: chart.Limits{Files: 100_000}})
	if err != nil {
		return took, err
	}
	done()
	composed, err := values.Compose(ctx, ch, nil, values.ComposeOptions{})
	if err != nil {
		return took, err
	}
	done()
	program, err := engine.Compile(composed.Chart, engine.CompileOptions{})
	if err != nil {
		return took, err
	}
	done()
	in := engine.Input{
		Chart: composed.Chart, Values: composed.Values,
		Release: engine.Release{Name: "rel", Namespace: "default", Revision: 1, IsInstall: true},
	}
	result, err := program.Render(ctx, in)
	if err != nil {
		return took, err
	}
	done()
	manifest.Notes(result.Files, ch.Name(), false)
	set, err := manifest.Parse(result.Files)
	if err != nil {
		return took, err
	}
	done()
	_ = set.Text(manifest.TextOptions{})
	done()
	if _, err := program.Render(ctx, in); err != nil {
		return took, err
	}
	done()
	return took, nil
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

func line(markdown bool, cells []string) {
	if markdown {
		fmt.Println("| " + strings.Join(cells, " | ") + " |")
		return
	}
	fmt.Printf("%-24s", cells[0])
	for _, c := range cells[1:] {
		fmt.Printf(" %12s", c)
	}
	fmt.Println()
}
