package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// measureVerb makes the program run one command and print what it used. The kernel counts
// the memory of a process from when it still is a copy of its parent: so the parent is a
// process of its own, which holds nothing.
const measureVerb = "measure"

// usage is what one run of a command took.
type usage struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes
}

// program is one of the two, with a home and a chart of its own.
type program struct{ name, path, dir string }

func (p *program) chart() string { return filepath.Join(p.dir, "large") }
func (p *program) home(elem ...string) string {
	return filepath.Join(p.dir, "home", filepath.Join(elem...))
}
func (p *program) forget(elem ...string) error { return os.RemoveAll(p.home(elem...)) }
func (p *program) remove(name string) error    { return os.RemoveAll(filepath.Join(p.chart(), name)) }

func (p *program) environment() []string {
	return append(os.Environ(), "HELM_CACHE_HOME="+p.home("cache"), "HELM_CONFIG_HOME="+p.home("config"), "HELM_DATA_HOME="+p.home("data"),
		"HOME="+p.home(), "KUBECONFIG="+os.DevNull)
}

// measure runs a command to its end; what it prints is dropped.
func (b *bench) measure(p *program, args ...string) (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	cmd := exec.CommandContext(b.ctx, self, append([]string{measureVerb, p.path}, args...)...)
	cmd.Env, cmd.Dir, cmd.Stderr = p.environment(), p.dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return usage{}, fmt.Errorf("%s %s: %w", p.name, strings.Join(args, " "), err)
	}
	var u usage
	return u, json.Unmarshal(out, &u)
}

// output runs a command and returns what it prints.
func (b *bench) output(p *program, args ...string) (string, error) {
	cmd := exec.CommandContext(b.ctx, p.path, args...)
	cmd.Env, cmd.Dir, cmd.Stderr = p.environment(), p.dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w", p.name, strings.Join(args, " "), err)
	}
	return string(out), err
}

// measureChild is the other side of measure.
func measureChild(command []string) error {
	if len(command) == 0 {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	// The first process that a process starts takes longer than the next.
	if err := exec.Command(self, measureVerb).Run(); err != nil {
		return err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return err
	}
	u := usage{Wall: time.Since(start)}
	u.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if sys, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.Peak = sys.Maxrss
		if runtime.GOOS == "linux" { // which counts in KiB
			u.Peak <<= 10
		}
	}
	return json.NewEncoder(os.Stdout).Encode(u)
}
