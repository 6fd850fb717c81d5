// Clusterbench times commands of Helm and of hchart on a cluster in turn (A B A B …) and
// counts their requests. `make bench-cluster` runs it.
//
//	clusterbench -helm PATH -hchart PATH -kubeconfig FILE [-pairs 5] [-releases 1000] [-run REGEXP]
//
// The chart has 200 ConfigMaps, 50 Services and 20 Deployments without pods. Requests
// are counted by a proxy, in a pair of runs of their own; times are those of runs
// without it, medians, and the ratio is the median of the ratios of the pairs. For list,
// records are written by our codec: what it lists was never installed.
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

	"github.com/hchart/hchart/test/player"
)

// options are the flags.
type options struct {
	helm, hchart, kubeconfig string
	pairs, releases          int
	run                      *regexp.Regexp
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == measureVerb {
		if err := measureChild(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "clusterbench:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := benchmark(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "clusterbench:", err)
		os.Exit(1)
	}
}

func parseFlags() (options, error) {
	var o options
	flag.StringVar(&o.helm, "helm", "helm", "the reference program")
	flag.StringVar(&o.hchart, "hchart", "bin/hchart", "our program")
	flag.StringVar(&o.kubeconfig, "kubeconfig", os.Getenv("HCHART_CLUSTER"), "the cluster, which test/cluster started")
	flag.IntVar(&o.pairs, "pairs", 5, "measured pairs, after one that is not")
	flag.IntVar(&o.releases, "releases", 1000, "how many releases are listed")
	run := flag.String("run", "", "only commands that match this regular expression are reported: upgrade, list")
	flag.Parse()
	if o.pairs < 1 || o.kubeconfig == "" || flag.NArg() > 0 {
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
	dir, err := os.MkdirTemp("", "hchart-clusterbench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, err := player.Open(o.kubeconfig)
	if err != nil {
		return err
	}
	b := &bench{options: o, cluster: c, dir: dir}
	for i, path := range []string{o.helm, o.hchart} {
		b.players[i] = &player.Player{
			Name: []string{"helm", "hchart"}[i], Path: path, Kubeconfig: o.kubeconfig,
			Home: filepath.Join(dir, fmt.Sprint("home", i)),
		}
	}
	if b.proxy, err = c.NewProxy(dir, nil); err != nil {
		return err
	}
	defer b.proxy.Close()
	if err := b.commands(ctx); err != nil {
		return err
	}
	if err := b.lists(ctx); err != nil {
		return err
	}
	missed := b.report(os.Stdout)
	if missed > 0 {
		return fmt.Errorf("%d targets are missed", missed)
	}
	return nil
}
