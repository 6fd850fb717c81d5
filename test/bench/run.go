package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// runner runs the commands of both programs.
type runner struct {
	options
	home string // a home for both, empty in the beginning
}

// verdict says how the outputs of both programs compare.
type verdict int

const (
	outputsEqual  verdict = iota
	outputsRandom         // Helm's own differs from run to run; as many lines
	outputsDiffer
)

// result is what one case measured.
type result struct {
	verdict      verdict
	theirs, ours []usage // one for each pair
}

// bench runs a case: a pair to compare outputs, one more to warm up, and the
// pairs that count.
func (r *runner) bench(c benchCase) (result, error) {
	var res result
	var err error
	if res.verdict, err = r.compare(c.args); err != nil {
		return res, fmt.Errorf("%s: %w", c.name, err)
	}
	for i := range r.pairs + 1 {
		helm, err := r.measure(r.helm, c.args)
		if err != nil {
			return res, fmt.Errorf("%s: %w", c.name, err)
		}
		hchart, err := r.measure(r.hchart, c.args)
		if err != nil {
			return res, fmt.Errorf("%s: %w", c.name, err)
		}
		if i > 0 {
			res.theirs, res.ours = append(res.theirs, helm), append(res.ours, hchart)
		}
	}
	return res, nil
}

// compare runs both programs and compares what they print. Only when that
// differs, Helm runs once more, which shows whether the chart is random.
func (r *runner) compare(args []string) (verdict, error) {
	theirs, err := r.output(r.helm, args)
	if err != nil {
		return 0, err
	}
	ours, err := r.output(r.hchart, args)
	if err != nil {
		return 0, err
	}
	if theirs == ours || args[0] == "version" && theirs.exit == ours.exit {
		return outputsEqual, nil
	}
	again, err := r.output(r.helm, args)
	if err != nil {
		return 0, err
	}
	if again != theirs && ours.lines == theirs.lines && ours.exit == theirs.exit {
		return outputsRandom, nil
	}
	return outputsDiffer, nil
}

// output describes what a program printed.
type output struct {
	sum   [sha256.Size]byte
	lines int
	exit  int
}

// digest takes output without keeping it.
type digest struct {
	hash  hash.Hash
	lines int
}

func (d *digest) Write(p []byte) (int, error) {
	d.lines += bytes.Count(p, []byte("\n"))
	return d.hash.Write(p)
}

// output runs a command. A chart that lint finds fault with is no error, nor is
// it measured otherwise than one without.
func (r *runner) output(program string, args []string) (output, error) {
	cmd := exec.Command(program, args...)
	cmd.Env = r.environment()
	d := digest{hash: sha256.New()}
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &d, &stderr
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 && args[0] == "lint" {
		err = nil
	}
	if err != nil {
		return output{}, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, stderr.String())
	}
	return output{sum: [sha256.Size]byte(d.hash.Sum(nil)), lines: d.lines, exit: cmd.ProcessState.ExitCode()}, nil
}

// environment keeps both programs away from the user's files and from any cluster.
func (r *runner) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.home, "TMPDIR=" + r.home, "TZ=UTC", "LC_ALL=C.UTF-8", "KUBECONFIG=/dev/null",
		"HELM_CACHE_HOME=" + filepath.Join(r.home, "cache"), "HELM_CONFIG_HOME=" + filepath.Join(r.home, "config"),
		"HELM_DATA_HOME=" + filepath.Join(r.home, "data"),
	}
}
