// Bench times whole commands of Helm and of hchart in turn (A B A B …) and
// prints the medians and their ratio. `make bench` runs it.
//
//	bench -helm PATH -hchart PATH [-pairs 7] [-corpus DIR]
//
// Absolute times vary between machines and between hours; the ratio of runs
// that alternate is what can be compared. With -corpus, the public charts of
// ../shared/conformance are among the cases.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

type run struct {
	wall time.Duration
	peak int64 // KiB
}

type benchCase struct {
	name string
	args []string
}

func main() {
	helm := flag.String("helm", "helm", "the reference program")
	hchart := flag.String("hchart", "bin/hchart", "our program")
	pairs := flag.Int("pairs", 7, "measured pairs, after two that are not")
	corpus := flag.String("corpus", "", "folder of the unpacked public charts")
	flag.Parse()
	if err := bench(*helm, *hchart, *pairs, cases(*corpus)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func cases(corpus string) []benchCase {
	out := []benchCase{
		{"version", []string{"version"}},
		{"template testdata/charts/myapp", []string{"template", "rel", "testdata/charts/myapp"}},
	}
	for _, chart := range []string{"ingress/ingress-nginx", "bitnami+charts/appsmith", "argoproj+argo-helm/argo-cd", "openstack+openstack-helm/nova"} {
		if dirs, _ := filepath.Glob(filepath.Join(corpus, chart)); corpus != "" && len(dirs) > 0 {
			out = append(out, benchCase{"template " + filepath.Base(dirs[0]), []string{"template", "rel", dirs[0]}})
		}
	}
	return out
}

func bench(helm, hchart string, pairs int, cases []benchCase) error {
	fmt.Printf("%-36s %10s %10s %7s   %9s %9s\n", "medians of alternating runs", "helm", "hchart", "ratio", "helm", "hchart")
	for _, c := range cases {
		var theirs, ours []run
		for i := range pairs + 2 {
			h, err := measure(helm, c.args)
			if err != nil {
				return err
			}
			o, err := measure(hchart, c.args)
			if err != nil {
				return err
			}
			if i >= 2 { // the first pairs warm the file cache
				theirs, ours = append(theirs, h), append(ours, o)
			}
		}
		h, o := median(theirs), median(ours)
		fmt.Printf("%-36s %7.1f ms %7.1f ms %6.1fx   %5d MiB %5d MiB\n", c.name,
			float64(h.wall.Microseconds())/1000, float64(o.wall.Microseconds())/1000,
			float64(h.wall)/float64(o.wall), h.peak>>10, o.peak>>10)
	}
	return nil
}

// measure runs a command to its end. KUBECONFIG keeps both programs from
// looking for a cluster.
func measure(program string, args []string) (run, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG=/dev/null")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return run{}, fmt.Errorf("%s %v: %w\n%s", program, args, err, stderr.String())
	}
	r := run{wall: time.Since(start)}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peak = usage.Maxrss
	}
	return r, nil
}

// median takes the run in the middle by time, and the middle of the peaks.
func median(runs []run) run {
	byWall := slices.SortedFunc(slices.Values(runs), func(a, b run) int { return int(a.wall - b.wall) })
	byPeak := slices.SortedFunc(slices.Values(runs), func(a, b run) int { return int(a.peak - b.peak) })
	m := byWall[len(byWall)/2]
	m.peak = byPeak[len(byPeak)/2].peak
	return m
}
