package player

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Player is a program.
type Player struct {
	// Name is how reports call it: "hchart", "helm4", "helm3".
	Name string
	Path string
	// Home is an empty directory for its caches and settings.
	Home string
	// Kubeconfig is the file that it reads.
	Kubeconfig string
	// Env are further variables, "NAME=value".
	Env []string
}

// Result is what one command did.
type Result struct {
	Args           []string
	Stdout, Stderr string
	// Exit is the exit code, -1 if a signal ended it.
	Exit       int
	Start, End time.Time
	// CPU is user and system time, Peak the highest memory in bytes.
	CPU  time.Duration
	Peak int64
}

// Took is how long the command ran.
func (r Result) Took() time.Duration { return r.End.Sub(r.Start) }

// String is the command and how it ended, on one line unless it failed.
func (r Result) String() string {
	s := fmt.Sprintf("%s → exit %d", strings.Join(r.Args, " "), r.Exit)
	if r.Exit != 0 {
		s += ": " + strings.TrimSpace(r.Stderr)
	}
	return s
}

// Run runs one command to its end. An error means that there is no result: the program
// did not start, or the context ended. A command that fails is no error.
func (p *Player) Run(ctx context.Context, args ...string) (Result, error) {
	cmd := exec.CommandContext(ctx, p.Path, args...)
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.Home, "TMPDIR=" + os.TempDir(), "TZ=UTC", "LC_ALL=C.UTF-8",
		"KUBECONFIG=" + p.Kubeconfig,
		"HELM_CACHE_HOME=" + filepath.Join(p.Home, "cache"), "HELM_CONFIG_HOME=" + filepath.Join(p.Home, "config"),
		"HELM_DATA_HOME=" + filepath.Join(p.Home, "data"),
	}, p.Env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	r := Result{Args: append([]string{p.Name}, args...), Start: time.Now()}
	err := cmd.Run()
	r.End = time.Now()
	if ctx.Err() != nil {
		return r, fmt.Errorf("%s: %w", strings.Join(r.Args, " "), ctx.Err())
	}
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		return r, fmt.Errorf("%s: %w", strings.Join(r.Args, " "), err)
	}
	r.Stdout, r.Stderr, r.Exit = stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
	r.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.Peak = use.Maxrss << 10 // Linux counts in KiB
	}
	return r, nil
}

// Find returns the three programs for a cluster. hchart is built where HCHART_BIN does not
// name it; without one of the Helms the test is skipped.
func Find(t testing.TB, kubeconfig string) (hchart, helm4, helm3 *Player) {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"HCHART_HELM", "HCHART_HELM3"} {
		if os.Getenv(name) == "" {
			t.Skipf("no %s: `make test-cluster` sets it", name)
		}
	}
	path := os.Getenv("HCHART_BIN")
	if path == "" {
		path = filepath.Join(t.TempDir(), "hchart")
		cmd := exec.Command("go", "build", "-o", path, "github.com/hchart/hchart/cmd/hchart")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("building hchart: %v\n%s", err, out)
		}
	}
	player := func(name, path string) *Player {
		return &Player{Name: name, Path: path, Home: filepath.Join(home, name), Kubeconfig: kubeconfig}
	}
	return player("hchart", path), player("helm4", os.Getenv("HCHART_HELM")), player("helm3", os.Getenv("HCHART_HELM3"))
}
