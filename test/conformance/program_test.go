package conformance

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var record = flag.Bool("record", false, "write testdata/golden from what the Helm in HCHART_HELM prints")

// suite is what the tests of one run share: where the programs are, and how
// many cases came out how. TestMain makes it; the tests only read it, the
// counters aside.
type suite struct {
	hchart string // our binary
	helm   string // the reference, "" without HCHART_HELM
	home   string // an empty home directory for both
	tally  tally
}

var run suite

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hchart-conformance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	run.home = dir
	run.helm = os.Getenv("HCHART_HELM")
	if run.hchart = os.Getenv("HCHART"); run.hchart == "" {
		run.hchart = filepath.Join(dir, "hchart")
		build := exec.Command("go", "build", "-o", run.hchart, "github.com/hchart/hchart/cmd/hchart")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building hchart: %v\n%s", err, out)
			return 1
		}
	}
	if *record && run.helm == "" {
		fmt.Fprintln(os.Stderr, "-record needs the path of Helm in HCHART_HELM")
		return 1
	}
	code := m.Run()
	fmt.Println(run.tally.String())
	return code
}

// result is what a program did.
type result struct {
	stdout, stderr string
	exit           int
	elapsed        time.Duration
	maxRSS         int64 // bytes
}

// execute runs a program in dir, away from the user's configuration, from any
// cluster and from the local time zone.
func execute(t *testing.T, limit time.Duration, program, dir, stdin string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + run.home, "TMPDIR=" + run.home, "TZ=UTC", "LC_ALL=C.UTF-8",
		"KUBECONFIG=/dev/null", "HELM_CACHE_HOME=" + run.home + "/cache",
		"HELM_CONFIG_HOME=" + run.home + "/config", "HELM_DATA_HOME=" + run.home + "/data",
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	res := result{stdout: stdout.String(), stderr: stderr.String(), elapsed: time.Since(start)}
	if cmd.ProcessState != nil {
		res.exit = cmd.ProcessState.ExitCode()
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			res.maxRSS = usage.Maxrss << 10 // Linux counts in KiB
		}
	}
	if ctx.Err() != nil {
		t.Fatalf("%s %s: still running after %v", filepath.Base(program), strings.Join(args, " "), limit)
	}
	if exitErr := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exitErr) {
		t.Fatalf("%s: %v", program, err)
	}
	return res
}

// crashed reports whether a program's standard error is that of a Go program
// that panicked or was killed by the runtime.
func crashed(stderr string) bool {
	return strings.Contains(stderr, "panic:") || strings.Contains(stderr, "goroutine ") ||
		strings.Contains(stderr, "fatal error:")
}
