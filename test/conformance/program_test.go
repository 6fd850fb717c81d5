package conformance

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var record = flag.Bool("record", false, "write testdata/golden from what the Helm in HCHART_HELM prints")

// suite is what the tests of one run share: where the programs are, and how
// many cases came out how. TestMain makes it; the tests only read it, the
// counters aside.
type suite struct {
	hchart func() (string, error) // path of our binary
	helm   string                 // path of the reference, "" without HCHART_HELM
	home   string                 // an empty home directory for both
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
	run.hchart = sync.OnceValues(func() (string, error) { return build(dir) })
	run.helm = os.Getenv("HCHART_HELM")
	if *record && run.helm == "" {
		fmt.Fprintln(os.Stderr, "-record needs the path of Helm in HCHART_HELM")
		return 1
	}
	code := m.Run()
	fmt.Println(run.tally.String())
	return code
}

// build builds hchart, or takes the one that HCHART names. Both are read by
// other processes, which the cache of go test does not see: it is told to
// watch the module's folders by walking them.
func build(dir string) (string, error) {
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == ".git" || d.Name() == ".cache" || d.Name() == "bin") {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		return "", err
	}
	if binary := os.Getenv("HCHART"); binary != "" {
		_, err := os.Stat(binary)
		return binary, err
	}
	binary := filepath.Join(dir, "hchart")
	cmd := exec.Command("go", "build", "-o", binary, "github.com/hchart/hchart/cmd/hchart")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building hchart: %w\n%s", err, out)
	}
	return binary, nil
}

// hchart runs our program.
func hchart(t *testing.T, limit time.Duration, dir, stdin string, args ...string) result {
	t.Helper()
	binary, err := run.hchart()
	if err != nil {
		t.Fatal(err)
	}
	return execute(t, limit, binary, dir, stdin, args...)
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
