// Command up starts the control plane of package cluster and stops it again.
//
//	up -- go test ./...     run a command with HCHART_CLUSTER set
//	up -dir D               run until interrupted
//	up -dir D -detach       leave it running behind; D/pid has its process
//	up -dir D -stop         end that one
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hchart/hchart/test/cluster"
)

func main() {
	dir := flag.String("dir", "", "where data and logs go; a temporary directory if it is empty")
	plane := flag.String("controlplane", "", "the program of test/controlplane")
	kwok := flag.String("kwok", "", "the program kwok")
	detach := flag.Bool("detach", false, "start it, say where it is, and leave it running")
	stopIt := flag.Bool("stop", false, "end the one that -detach left running")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	opts := cluster.Options{ControlPlane: *plane, Kwok: *kwok, Dir: *dir}
	var err error
	switch {
	case (*detach || *stopIt) && *dir == "":
		err = errors.New("say with -dir where it is")
	case *stopIt:
		err = end(*dir)
	case *detach:
		err = leave(ctx, *dir)
	default:
		err = run(ctx, opts, flag.Args())
	}
	stop()
	var failed *exec.ExitError
	if errors.As(err, &failed) && failed.Exited() {
		os.Exit(failed.ExitCode())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "up:", err)
		os.Exit(1)
	}
}

// run starts a cluster, runs the command, or waits for the end, and stops the cluster.
func run(ctx context.Context, opts cluster.Options, command []string) error {
	if opts.Dir != "" {
		if err := os.MkdirAll(opts.Dir, 0o755); err != nil {
			return err
		}
	}
	c, err := cluster.Start(ctx, opts)
	if err != nil {
		return err
	}
	defer c.Stop()
	if len(command) == 0 {
		fmt.Printf("export KUBECONFIG=%s\n", c.Kubeconfig)
		if opts.Dir != "" {
			name := filepath.Join(opts.Dir, "pid")
			if err := os.WriteFile(name, []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
				return err
			}
			defer os.Remove(name)
		}
		<-ctx.Done()
		return nil
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), cluster.EnvKubeconfig+"="+c.Kubeconfig)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	return cmd.Run()
}

// leave starts this program once more, without -detach, and waits until its cluster
// can be used.
func leave(ctx context.Context, dir string) error {
	kubeconfig := filepath.Join(dir, "kubeconfig")
	if pid, err := running(dir); err == nil {
		fmt.Fprintf(os.Stderr, "It runs already, as process %d.\n", pid)
		fmt.Printf("export KUBECONFIG=%s\n", kubeconfig)
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(dir, "up.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	var args []string
	for _, arg := range os.Args[1:] {
		if strings.TrimLeft(arg, "-") != "detach" {
			args = append(args, arg)
		}
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = session()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		if _, err := running(dir); err == nil {
			fmt.Printf("export KUBECONFIG=%s\n", kubeconfig)
			return nil
		}
		select {
		case <-ended:
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("it did not start:\n%.2000s", text)
		case <-ctx.Done():
			_ = cmd.Process.Signal(syscall.SIGTERM)
			return errors.Join(ctx.Err(), <-ended)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// end stops what leave has started.
func end(dir string) error {
	pid, err := running(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, os.ErrProcessDone) {
		fmt.Fprintln(os.Stderr, "None runs in", dir)
		return nil
	}
	if err != nil {
		return err
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	if err := process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	for range 100 {
		if _, err := running(dir); err != nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("process %d does not end", pid)
}

// running returns the process whose number the directory has, if it lives.
func running(dir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, "pid"))
	if err != nil {
		return 0, err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, err
	}
	process, err := os.FindProcess(pid)
	if err != nil {
		return 0, err
	}
	return pid, process.Signal(syscall.Signal(0))
}
