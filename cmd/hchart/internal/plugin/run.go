package plugin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// maxOutput bounds what a plugin may write.
const maxOutput = 1 << 30

// platformCommand is a command for an operating system and an architecture;
// empty means any.
type platformCommand struct {
	OS      string   `yaml:"os"`
	Arch    string   `yaml:"arch"`
	Command string   `yaml:"command"`
	Args    []string `yaml:"args"`
}

// RunError is a plugin that failed.
type RunError struct {
	Plugin string
	// ExitCode is that of the program, -1 when it did not end by itself.
	ExitCode int
	// Stderr is the end of what it wrote to standard error.
	Stderr string
	Err    error
}

func (e *RunError) Error() string {
	s := fmt.Sprintf("plugin %q failed: %v", e.Plugin, e.Err)
	if e.Stderr != "" {
		s += "\n" + e.Stderr
	}
	return s
}

func (e *RunError) Unwrap() error { return e.Err }

// Run runs the plugin's program with input on its standard input and returns
// what it writes to standard output. environ ("NAME=value") is its environment,
// to which HELM_PLUGIN_NAME and HELM_PLUGIN_DIR are added; variables in the
// command and its arguments are expanded from it, but not in args, which are
// the user's and come last.
func (p *Plugin) Run(ctx context.Context, input string, args, environ []string) (string, error) {
	environ = append(environ[:len(environ):len(environ)], "HELM_PLUGIN_NAME="+p.Name, "HELM_PLUGIN_DIR="+p.Dir)
	name, own, err := p.command(environ)
	if err != nil {
		return "", &RunError{Plugin: p.Name, ExitCode: -1, Err: err}
	}
	cmd := exec.CommandContext(ctx, name, append(own, args...)...)
	cmd.Env = environ
	cmd.Stdin = strings.NewReader(input)
	// A child that holds the pipes open must not keep a cancelled run waiting.
	cmd.WaitDelay = 5 * time.Second
	stdout, stderr := &bounded{max: maxOutput}, &bounded{max: 64 << 10, drop: true}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Run(); err != nil {
		e := &RunError{Plugin: p.Name, ExitCode: -1, Stderr: strings.TrimSpace(stderr.String()), Err: err}
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			e.ExitCode = exit.ExitCode()
		}
		return "", e
	}
	if strings.TrimSpace(stdout.String()) == "" {
		return "", &RunError{Plugin: p.Name, Err: errors.New("it produced empty output")}
	}
	return stdout.String(), nil
}

// command returns the program for this platform and its arguments.
func (p *Plugin) command(environ []string) (string, []string, error) {
	best := match(p.commands, runtime.GOOS, runtime.GOARCH)
	if best == nil {
		return "", nil, errors.New("no plugin command is applicable")
	}
	vars := map[string]string{}
	for _, v := range environ {
		if name, value, ok := strings.Cut(v, "="); ok {
			vars[name] = value
		}
	}
	expand := func(s string) string { return os.Expand(s, func(name string) string { return vars[name] }) }
	words := append(strings.Split(best.Command, " "), best.Args...)
	for i, w := range words {
		words[i] = expand(w)
	}
	if words[0] == "" {
		return "", nil, errors.New("no plugin command is applicable")
	}
	return words[0], words[1:], nil
}

// match returns the command for a platform: the first that names system and
// architecture, else the first that names the system alone, else the first that
// names neither. One that names only an architecture fits nothing.
func match(commands []platformCommand, system, arch string) *platformCommand {
	var best *platformCommand
	rank := 0
	for i := range commands {
		c := &commands[i]
		r := 0
		switch {
		case strings.EqualFold(c.OS, system) && strings.EqualFold(c.Arch, arch):
			r = 3
		case strings.EqualFold(c.OS, system) && c.Arch == "":
			r = 2
		case c.OS == "" && c.Arch == "":
			r = 1
		}
		if r > rank {
			best, rank = c, r
		}
	}
	return best
}

// bounded is a buffer that takes max bytes. More of them are dropped, or an
// error that ends the program.
type bounded struct {
	bytes.Buffer
	max  int
	drop bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) <= b.max {
		return b.Buffer.Write(p)
	}
	if b.drop {
		b.Buffer.Write(p[:max(0, b.max-b.Len())])
		return len(p), nil
	}
	return 0, fmt.Errorf("more than %d bytes of output", b.max)
}
