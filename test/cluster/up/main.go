// Command up starts the control plane of package cluster and stops it again.
//
//	up -- go test ./...     run a command with HCHART_CLUSTER set
//	up -dir /tmp/c          leave it running until this process is interrupted
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/hchart/hchart/test/cluster"
)

func main() {
	dir := flag.String("dir", "", "where data and logs go; a temporary directory if it is empty")
	plane := flag.String("controlplane", "", "the program of test/controlplane")
	kwok := flag.String("kwok", "", "the program kwok")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, cluster.Options{ControlPlane: *plane, Kwok: *kwok, Dir: *dir}, flag.Args()))
}

func run(ctx context.Context, opts cluster.Options, command []string) int {
	if opts.Dir != "" {
		if err := os.MkdirAll(opts.Dir, 0o755); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	c, err := cluster.Start(ctx, opts)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer c.Stop()
	if len(command) == 0 {
		fmt.Printf("export KUBECONFIG=%s\n", c.Kubeconfig)
		fmt.Fprintln(os.Stderr, "The control plane runs until this program is interrupted (Ctrl-C, or kill", os.Getpid(), ").")
		<-ctx.Done()
		return 0
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), cluster.EnvKubeconfig+"="+c.Kubeconfig)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
