// Repobench times commands of Helm and of hchart that work with a large repository: the
// dependencies of a chart, repo update, search repo. `make bench-repo` runs it.
//
//	repobench -helm PATH -hchart PATH [-charts 130] [-versions 150] [-dependencies 30] [-pairs 5] [-run REGEXP]
//
// The repository is made here and served on the loopback, without compression: an index of
// 22 MB with the defaults. Helm's runs of dependency update and build are minutes long, and
// the same whether its cache is cold or warm; there is one of each. All else is run in
// turn (A B A B …), with the medians of the runs; the ratio is that of the medians.
//
// What the programs make is compared before anything is reported: the archives, the lock
// but for its time, the index in the cache, what search prints.
//
// It prints a table in Markdown, with the targets, and fails when one is missed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
)

// options are the flags.
type options struct {
	helm, hchart                   string
	charts, versions, dependencies int
	pairs                          int
	run                            *regexp.Regexp
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == measureVerb {
		if err := measureChild(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "repobench:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := benchmark(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "repobench:", err)
		os.Exit(1)
	}
}

func parseFlags() (options, error) {
	var o options
	flag.StringVar(&o.helm, "helm", "helm", "the reference program")
	flag.StringVar(&o.hchart, "hchart", "bin/hchart", "our program")
	flag.IntVar(&o.charts, "charts", 130, "charts in the index")
	flag.IntVar(&o.versions, "versions", 150, "versions of each")
	flag.IntVar(&o.dependencies, "dependencies", 30, "dependencies of the chart")
	flag.IntVar(&o.pairs, "pairs", 5, "measured runs of what is short")
	run := flag.String("run", "", "only what matches this regular expression: update, build, repo, search")
	flag.Parse()
	if o.pairs < 1 || o.versions < 1 || o.dependencies < 1 || o.dependencies > o.charts || flag.NArg() > 0 {
		flag.Usage()
		return o, fmt.Errorf("wrong flags")
	}
	var err error
	if o.run, err = regexp.Compile(*run); err != nil {
		return o, err
	}
	for _, path := range []*string{&o.helm, &o.hchart} {
		if *path, err = filepath.Abs(*path); err != nil {
			return o, err
		}
	}
	return o, nil
}

func benchmark(ctx context.Context) error {
	o, err := parseFlags()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hchart-repobench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w, err := newWorld(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	b := &bench{options: o, ctx: ctx, world: w}
	for i, path := range []string{o.helm, o.hchart} {
		p := &program{name: []string{"helm", "hchart"}[i], path: path, dir: filepath.Join(dir, fmt.Sprint(i))}
		if err := w.prepare(p); err != nil {
			return err
		}
		b.programs[i] = p
	}
	for _, part := range []func() error{b.dependencies, b.repoUpdates, b.searches} {
		if err := part(); err != nil {
			return err
		}
	}
	if missed := b.report(os.Stdout); missed > 0 {
		return fmt.Errorf("%d targets are missed", missed)
	}
	return nil
}
