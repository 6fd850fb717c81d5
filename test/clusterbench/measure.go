package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/hchart/hchart/test/player"
)

// measureVerb makes the program run one command and write what it used to the file that
// measureFile names.
//
// The kernel counts the memory of a process from before it loads its program, when it
// still is a copy of its parent. So the parent has to be smaller than what is measured:
// a process of its own, which holds nothing.
const (
	measureVerb = "measure"
	measureFile = "CLUSTERBENCH_USAGE"
)

// usage is what one command took.
type usage struct {
	Wall time.Duration
	Peak int64 // bytes
}

// runMeasured runs a command through measureChild.
func (b *bench) runMeasured(ctx context.Context, p *player.Player, args []string) (player.Result, error) {
	self, err := os.Executable()
	if err != nil {
		return player.Result{}, err
	}
	file := b.dir + "/usage"
	parent := *p
	parent.Path, parent.Env = self, []string{measureFile + "=" + file}
	res, err := parent.Run(ctx, append([]string{measureVerb, p.Path}, args...)...)
	if err != nil {
		return res, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return res, fmt.Errorf("%s: %w", res, err)
	}
	var u usage
	if err := json.Unmarshal(text, &u); err != nil {
		return res, err
	}
	res.End, res.Peak = res.Start.Add(u.Wall), u.Peak
	return res, nil
}

// measureChild is the other side of runMeasured. The first process that a process starts costs
// it more than the next; so it starts one that does nothing, which is itself without a
// command.
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
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	start := time.Now()
	err = cmd.Run()
	u := usage{Wall: time.Since(start)}
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		return err
	}
	if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.Peak = use.Maxrss << 10 // Linux counts in KiB
	}
	text, encodeErr := json.Marshal(u)
	if encodeErr != nil {
		return encodeErr
	}
	if err := os.WriteFile(os.Getenv(measureFile), text, 0o600); err != nil {
		return err
	}
	return err
}
