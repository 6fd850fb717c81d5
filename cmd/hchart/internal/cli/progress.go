package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/hchart/hchart/release/deploy"
	"github.com/hchart/hchart/release/kube/status"
)

// progress shows on standard error what a long command waits for: on a terminal a few
// lines that change, elsewhere a line for each change after some seconds of silence.
type progress struct {
	f     *factory
	quiet bool
	live  bool
	start time.Time

	mu      sync.Mutex
	order   []string
	states  map[string]status.Result
	drawn   int
	hookLog func(pod, container, text string)
}

// silence is how long a command may take without a word.
const silence = 5 * time.Second

// shownLines is how many objects that are not ready are shown on a terminal.
const shownLines = 8

func (f *factory) progress(quiet bool) *progress {
	return &progress{
		f: f, quiet: quiet, start: time.Now(), states: map[string]status.Result{},
		live: !quiet && isTerminal(f.sys.Stderr) && f.settings.env.get("TERM") != "dumb",
	}
}

// addQuiet adds --quiet, which Helm does not have.
func addQuiet(fs *pflag.FlagSet, quiet *bool) {
	fs.BoolVar(quiet, "quiet", false, "do not show on standard error what is waited for")
}

// notify takes an event in.
func (p *progress) notify(ev deploy.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch ev.Kind {
	case deploy.Warning:
		p.clear()
		p.f.warn([]string{ev.Text})
	case deploy.HookLog:
		p.clear()
		if p.hookLog != nil && ev.Hook == nil {
			p.hookLog(ev.Pod, ev.Container, ev.Text)
			return
		}
		io.WriteString(p.f.sys.Stderr, ev.Text) //nolint:errcheck // nobody is left to tell
	case deploy.HookStarted:
		p.set("hook "+ev.Hook.Kind+" "+ev.Hook.Name, status.Result{Status: status.InProgress, Message: "running"})
	case deploy.HookEnded:
		p.set("hook "+ev.Hook.Kind+" "+ev.Hook.Name, status.Result{Status: status.Current, Message: string(ev.Hook.LastRun.Phase)})
	case deploy.Waiting:
		p.set(ev.Progress.Object.String(), ev.Progress.Result)
	case deploy.Applied:
		p.f.debug("applied", "object", ev.Change.Object.String(), "action", string(ev.Change.Action), "reason", ev.Change.Reason)
	}
}

func (p *progress) set(name string, r status.Result) {
	if !slices.Contains(p.order, name) {
		p.order = append(p.order, name)
	}
	p.states[name] = r
	switch {
	case p.quiet:
	case p.live:
		p.draw()
	case time.Since(p.start) > silence:
		fmt.Fprintf(p.f.sys.Stderr, "waiting: %s: %s (%s)\n", name, r.Message, r.Status)
	}
}

// draw writes the lines anew.
func (p *progress) draw() {
	ready := 0
	var lines []string
	for _, name := range p.order {
		r := p.states[name]
		if r.Status == status.Current {
			ready++
		} else if len(lines) < shownLines {
			lines = append(lines, fmt.Sprintf("  %s: %s", name, r.Message))
		}
	}
	p.clear()
	if ready == len(p.order) {
		return
	}
	lines = append([]string{fmt.Sprintf("waiting %s: %d of %d ready", time.Since(p.start).Round(time.Second), ready, len(p.order))}, lines...)
	for i, l := range lines {
		lines[i] = fit(l, min(textWidth(l), 100))
	}
	fmt.Fprint(p.f.sys.Stderr, strings.Join(lines, "\n")+"\n")
	p.drawn = len(lines)
}

// clear takes the lines away.
func (p *progress) clear() {
	if p.drawn > 0 {
		fmt.Fprintf(p.f.sys.Stderr, "\x1b[%dA\x1b[J", p.drawn)
		p.drawn = 0
	}
}

// end takes away what is shown.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}
