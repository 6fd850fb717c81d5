// Command run plays package faults with a program and prints the table.
//
//	run -program bin/hchart -helm …/helm -every 10 -scenarios install,rollback
//
// HCHART_CLUSTER names the kubeconfig of a running cluster of package cluster.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/hchart/hchart/test/cluster"
	"github.com/hchart/hchart/test/faults"
)

func main() {
	program := flag.String("program", "", "hchart, or Helm")
	helm := flag.String("helm", "", "Helm, which reads what the program stores")
	every := flag.Int("every", 1, "play one case of so many")
	workers := flag.Int("workers", 4, "how many cases run at a time")
	scenarios := flag.String("scenarios", "", "names of scenarios, all without it")
	only := flag.String("only", "", "disturb only requests whose path contains this")
	details := flag.String("details", "", "a file for what did not hold")
	strict := flag.Bool("strict", false, "fail if anything did not hold")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	opts := faults.Options{Program: absolute(*program), Helm: absolute(*helm), Every: *every, Workers: *workers, Only: *only}
	if *scenarios != "" {
		opts.Scenarios = strings.Split(*scenarios, ",")
	}
	broken, err := run(ctx, opts, *details)
	if err != nil {
		fmt.Fprintln(os.Stderr, "run:", err)
		os.Exit(1)
	}
	if broken && *strict {
		os.Exit(1)
	}
}

func absolute(name string) string {
	if full, err := filepath.Abs(name); err == nil && name != "" {
		return full
	}
	return name
}

func run(ctx context.Context, opts faults.Options, details string) (broken bool, err error) {
	server, err := cluster.ServerOf(os.Getenv(cluster.EnvKubeconfig))
	if err != nil {
		return false, err
	}
	opts.Server, opts.Token = server, cluster.AdminToken
	found := io.Discard
	if details != "" {
		f, err := os.Create(details)
		if err != nil {
			return false, err
		}
		defer f.Close()
		found = f
	}
	begin, n, bad := time.Now(), 0, 0
	opts.Progress = func(c faults.Case) {
		n++
		if len(c.Violations) > 0 {
			bad++
		}
		c.Write(found)
		if n%50 == 0 {
			fmt.Fprintf(os.Stderr, "%s: %d cases, %d with a violation, %v\n", c.Scenario, n, bad, time.Since(begin).Round(time.Second))
		}
	}
	results, err := faults.Run(ctx, opts)
	for _, r := range results {
		r.WriteClean(found)
		broken = broken || len(r.Clean) > 0
	}
	faults.Write(os.Stdout, filepath.Base(opts.Program), results)
	fmt.Printf("\n%d cases in %v.\n", n, time.Since(begin).Round(time.Second))
	return broken || bad > 0, err
}
