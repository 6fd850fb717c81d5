package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// stage is where cases are played: the cluster and the programs.
type stage struct {
	api     *api
	program string
	helm    string // reads what the program has stored, if it is there
	next    *atomic.Int64
	run     string // tells this run's slots from those of others
	dir     string
}

// play is one case: a release of its own, a proxy of its own.
type play struct {
	*stage
	place
	dir     string
	proxy   *proxy
	witness *witness
}

// CommandTimeout is how long a command may take before it is said to hang.
const CommandTimeout = 90 * time.Second

func (s *stage) newPlay(group string) (*play, error) {
	slot := fmt.Sprintf("s%s%d", s.run, s.next.Add(1))
	p := &play{stage: s, place: newPlace(slot, group), dir: filepath.Join(s.dir, slot)}
	p.witness = newWitness(p.place)
	if err := writeChart(p.dir, p.place); err != nil {
		return nil, err
	}
	var err error
	if p.proxy, err = newProxy(s.api.server, s.api.token, s.api.rt, p.witness); err != nil {
		return nil, err
	}
	return p, os.WriteFile(filepath.Join(p.dir, "kubeconfig"), []byte(kubeconfig(p.proxy.addr)), 0o600)
}

// outcome is how a command ended.
type outcome struct {
	keys   []Key
	hit    bool // the fault happened
	killed bool
	ok     bool // it said that it succeeded
	output string
}

// command runs the program.
func (p *play) command(ctx context.Context, args []string, inject *Injection) outcome {
	p.witness.begin(args[0] == "uninstall")
	ctx, cancel := context.WithTimeout(ctx, CommandTimeout)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, p.program, p.arguments(args)...)
	cmd.Env = p.environment()
	cmd.Stdout, cmd.Stderr = &out, &out
	var killed atomic.Bool
	// The first request may be there before Start returns.
	started, ended := make(chan struct{}), make(chan struct{})
	kill := func() {
		<-started
		killed.Store(true)
		_ = cmd.Process.Kill()
		<-ended
	}
	p.proxy.begin(inject, kill)
	err := cmd.Start()
	if err == nil {
		close(started)
		err = cmd.Wait()
	}
	close(ended)
	o := outcome{killed: killed.Load(), ok: err == nil, output: tail(out.String())}
	o.keys, o.hit = p.proxy.end()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		p.witness.violate("I5", "%s did not end within %v", args[0], CommandTimeout)
	}
	return o
}

func (p *play) arguments(args []string) []string {
	var all []string
	for _, arg := range args {
		if arg == "CHART" {
			arg = filepath.Join(p.dir, "chart")
		}
		all = append(all, arg)
	}
	return append(all, "--namespace", p.namespace, "--timeout", "60s")
}

func (p *play) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "KUBECONFIG=" + filepath.Join(p.dir, "kubeconfig"),
		"XDG_CACHE_HOME=" + filepath.Join(p.dir, "cache"), "XDG_CONFIG_HOME=" + filepath.Join(p.dir, "config"),
		"XDG_DATA_HOME=" + filepath.Join(p.dir, "data"),
	}
}

// tail is the end of what a command said.
func tail(text string) string {
	text = strings.TrimSpace(text)
	if n := len(text); n > 600 {
		text = "…" + text[n-600:]
	}
	return text
}

// setup runs what precedes the command of a scenario.
func (p *play) setup(ctx context.Context, s Scenario) error {
	for _, args := range s.Setup {
		if o := p.command(ctx, args, nil); !o.ok {
			return fmt.Errorf("%s, which precedes it, failed: %s", strings.Join(args, " "), o.output)
		}
	}
	p.witness.reset()
	return nil
}

// checkEnd checks what must hold when a command has ended by itself (I5).
func (p *play) checkEnd(ctx context.Context, args []string) {
	s, err := p.api.observe(ctx, p.place)
	if err != nil {
		p.witness.violate("harness", "reading the state: %v", err)
		return
	}
	for _, r := range s.records {
		if unfinished(r.Info.Status) {
			p.witness.violate("I5", "%s left a revision %s", args[0], r.Info.Status)
		}
	}
}

// checkHelm lets Helm read the records (I7).
func (p *play) checkHelm(ctx context.Context) {
	if p.helm == "" || p.witness.empty() {
		return
	}
	for _, args := range [][]string{{"history", release}, {"get", "all", release}} {
		cmd := exec.CommandContext(ctx, p.helm, append(args, "--namespace", p.namespace)...)
		cmd.Env = p.environment()
		if out, err := cmd.CombinedOutput(); err != nil {
			p.witness.violate("I7", "helm %s: %v: %s", args[0], err, tail(string(out)))
		}
	}
}

// finish uninstalls the release and returns what is left.
func (p *play) finish(ctx context.Context, s Scenario) *state {
	if s.Command[0] != "uninstall" {
		args := []string{"uninstall", release, "--wait"}
		if o := p.command(ctx, args, nil); !o.ok {
			p.witness.violate("left", "the release cannot be uninstalled: %s", p.hide(o.output))
		}
	}
	left, err := p.api.observe(ctx, p.place)
	if err != nil {
		p.witness.violate("harness", "reading the state: %v", err)
		return &state{}
	}
	for name := range left.objects {
		if strings.HasPrefix(name, "leases/") {
			p.witness.violate("left", "%s is left", name)
		}
	}
	if len(left.records) > 0 {
		p.witness.violate("left", "%d records are left", len(left.records))
	}
	return left
}

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"

// dropGroups removes the definitions that cases shared.
func (s *stage) dropGroups(ctx context.Context, n int) {
	for i := range n {
		at := newPlace("", fmt.Sprintf("g%s%d", s.run, i))
		_, _ = s.api.do(ctx, http.MethodDelete, definitions+at.definition(), nil)
	}
}

// sweep removes everything of the case, without waiting for it.
func (p *play) sweep(ctx context.Context) {
	p.proxy.close()
	paths := []string{
		"/api/v1/namespaces/" + p.namespace, "/api/v1/namespaces/" + p.namespace + "-extra",
		"/apis/rbac.authorization.k8s.io/v1/clusterroles/" + p.namespace,
	}
	if p.group == p.slot {
		paths = append(paths, definitions+p.definition())
	}
	for _, path := range paths {
		if _, err := p.api.do(ctx, http.MethodDelete, path, nil); err != nil {
			p.witness.violate("harness", "cleaning up: %v", err)
		}
	}
	_ = os.RemoveAll(p.dir)
}
