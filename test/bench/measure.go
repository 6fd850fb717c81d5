package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// measureVerb makes the program run one command and print what it used.
//
// The kernel counts the memory of a process from before it loads its program,
// when it still is a copy of its parent. So the parent has to be smaller than
// what is measured: a process of its own, which holds nothing.
const measureVerb = "measure"

// usage is what one run of a command took.
type usage struct {
	Wall, CPU time.Duration
	Peak      int64 // bytes
}

// measure runs a command to its end; what it prints is dropped.
func (r *runner) measure(program string, args []string) (usage, error) {
	self, err := os.Executable()
	if err != nil {
		return usage{}, err
	}
	cmd := exec.Command(self, append([]string{measureVerb, program}, args...)...)
	cmd.Env = r.environment()
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return usage{}, fmt.Errorf("%s %s: %w", program, strings.Join(args, " "), err)
	}
	var u usage
	return u, json.Unmarshal(out, &u)
}

// measureChild is the other side of measure. The first process that a process
// starts costs it a millisecond more than the next, a fifth of what hchart takes; so
// it starts one that does nothing, which is itself without a command.
func measureChild(command []string) error {
	if len(command) == 0 {
		return nil
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := exec.Command(self, measureVerb).Run(); err != nil {
		return err
	}
	cmd := exec.Command(command[0], command[1:]...)
	start := time.Now()
	err = cmd.Run()
	u := usage{Wall: time.Since(start)}
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !(failed && command[1] == "lint") {
		return err
	}
	u.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if sys, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.Peak = sys.Maxrss
		if runtime.GOOS == "linux" { // which counts in KiB
			u.Peak <<= 10
		}
	}
	return json.NewEncoder(os.Stdout).Encode(u)
}
