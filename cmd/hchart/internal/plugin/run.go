package plugin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// maxOutput bounds what a plugin may write.
const maxOutput = 1 << 30

// RunError is a plugin that failed.
type RunError struct {
	Plugin string
	// Hook is the event of the hook that failed, empty for the plugin itself.
	Hook string
	// ExitCode is that of the program, -1 when it did not end by itself.
	ExitCode int
	// Stderr is the end of what it wrote to standard error.
	Stderr string
	Err    error
}

func (e *RunError) Error() string {
	s := fmt.Sprintf("plugin %q failed: %v", e.Plugin, e.Err)
	if e.Hook != "" {
		s = fmt.Sprintf("the %s hook of plugin %q failed: %v", e.Hook, e.Plugin, e.Err)
	}
	if e.Stderr != "" {
		s += "\n" + e.Stderr
	}
	return s
}

func (e *RunError) Unwrap() error { return e.Err }

// Event is when a hook of a plugin runs.
type Event string

// The events, each after the fact.
const (
	Installed   Event = "install"
	Updated     Event = "update"
	Uninstalled Event = "delete"
)

// Streams are what a program reads and writes.
type Streams struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// Run runs a post-renderer with input on its standard input and returns what it writes to
// standard output. environ ("NAME=value") is its environment, to which HELM_PLUGIN_NAME
// and HELM_PLUGIN_DIR are added; variables in the command and its arguments are expanded
// from it, but not in args, which are the user's and come last.
func (p *Plugin) Run(ctx context.Context, input string, args, environ []string) (string, error) {
	process, err := p.process()
	if err != nil {
		return "", err
	}
	stdout, stderr := &bounded{max: maxOutput}, &bounded{max: 64 << 10, drop: true}
	err = p.start(ctx, process.PlatformCommand, true, args, environ, Streams{strings.NewReader(input), stdout, stderr})
	if failed, ok := errors.AsType[*RunError](err); ok {
		failed.Stderr = strings.TrimSpace(stderr.String())
	}
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(stdout.String()) == "" {
		return "", &RunError{Plugin: p.Name(), Err: errors.New("it produced empty output")}
	}
	return stdout.String(), nil
}

// Exec runs a plugin of type Command. See [Plugin.Run] for args and environ.
func (p *Plugin) Exec(ctx context.Context, args, environ []string, s Streams) error {
	process, err := p.process()
	if err != nil {
		return err
	}
	return p.start(ctx, process.PlatformCommand, true, args, environ, s)
}

// Complete runs plugin.complete of the plugin, which completes its arguments, and returns
// what it prints.
func (p *Plugin) Complete(ctx context.Context, args, environ []string) (string, error) {
	if _, err := p.process(); err != nil {
		return "", err
	}
	out := &bounded{max: 1 << 20}
	err := p.run(ctx, filepath.Join(p.Dir, "plugin.complete"), args, p.environ(environ), Streams{nil, out, out})
	return out.String(), err
}

// Hook runs what the plugin wants to be run after an event, if there is anything.
func (p *Plugin) Hook(ctx context.Context, event Event, environ []string, s Streams) error {
	process, ok := p.meta.RuntimeConfig.(*processConfig)
	if !ok || len(process.PlatformHooks[string(event)]) == 0 {
		return nil
	}
	err := p.start(ctx, process.PlatformHooks[string(event)], process.expandHooks, nil, environ, s)
	if failed, ok := errors.AsType[*RunError](err); ok {
		failed.Hook = string(event)
	}
	return err
}

// environ adds what is known of the plugin.
func (p *Plugin) environ(environ []string) []string {
	return append(environ[:len(environ):len(environ)], "HELM_PLUGIN_NAME="+p.Name(), "HELM_PLUGIN_DIR="+p.Dir)
}

// start runs the command for this platform.
func (p *Plugin) start(ctx context.Context, commands []platformCommand, expand bool, args, environ []string, s Streams) error {
	environ = p.environ(environ)
	words, err := command(commands, expand, environ)
	if err != nil {
		return &RunError{Plugin: p.Name(), ExitCode: -1, Err: err}
	}
	return p.run(ctx, words[0], append(words[1:], args...), environ, s)
}

// run runs a program to its end.
func (p *Plugin) run(ctx context.Context, program string, args, environ []string, s Streams) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = environ
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.Stdin, s.Stdout, s.Stderr
	// A cancelled plugin may clean up. A child of it that holds the pipes open must not
	// keep us waiting.
	cmd.Cancel = func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err == nil || errors.Is(err, os.ErrProcessDone) {
			return err
		}
		return cmd.Process.Kill()
	}
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if err == nil {
		return nil
	}
	e := &RunError{Plugin: p.Name(), ExitCode: -1, Err: err}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		e.ExitCode = exit.ExitCode()
	}
	return e
}

// command returns the program for this platform and its arguments. Variables are expanded
// in the program, in the arguments only if expand says so.
func command(commands []platformCommand, expand bool, environ []string) ([]string, error) {
	best := match(commands, runtime.GOOS, runtime.GOARCH)
	if best == nil {
		return nil, errors.New("no plugin command is applicable")
	}
	vars := map[string]string{}
	for _, v := range environ {
		if name, value, ok := strings.Cut(v, "="); ok {
			vars[name] = value
		}
	}
	words := append(strings.Split(best.Command, " "), best.Args...)
	if words[0] == "" {
		return nil, errors.New("no plugin command is applicable")
	}
	for i, w := range words {
		if i == 0 || expand {
			words[i] = os.Expand(w, func(name string) string { return vars[name] })
		}
	}
	return words, nil
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
		case strings.EqualFold(c.OperatingSystem, system) && strings.EqualFold(c.Architecture, arch):
			r = 3
		case strings.EqualFold(c.OperatingSystem, system) && c.Architecture == "":
			r = 2
		case c.OperatingSystem == "" && c.Architecture == "":
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
