package faults

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options say what is played.
type Options struct {
	// Program is hchart or Helm; Helm, if it is not empty, reads what the program stores.
	Program, Helm string
	// Server and Token are of the cluster.
	Server, Token string
	// Every plays one of so many cases, beginning with case Offset. 0 plays all.
	Every, Offset int
	// Scenarios are the names of those to play, all if it is empty.
	Scenarios []string
	// Only is part of the path of the requests to disturb; all are if it is empty.
	Only string
	// Workers is how many cases run at a time, 4 if it is 0.
	Workers int
	// Progress is told about each case that has been played. It may be nil.
	Progress func(Case)
}

func (o *Options) workers() int {
	if o.Workers == 0 {
		return 4
	}
	return o.Workers
}

// Case is what came of one fault at one request.
type Case struct {
	Scenario string
	Injection
	Missed     bool // the command did not make the request this time
	Killed     bool
	Violations []Violation
	Output     string // the end of what the command said, if it failed
}

// Result is what came of a scenario.
type Result struct {
	Scenario string
	Requests int // of the undisturbed command
	Clean    []Violation
	Cases    []Case
}

// expectation is what an undisturbed run of a scenario ends in.
type expectation struct {
	keys        []Key
	after, left *state
}

// Run plays the scenarios one after the other.
func Run(ctx context.Context, opts Options) ([]Result, error) {
	dir, err := os.MkdirTemp("", "hchart-faults-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	st := &stage{
		api: &api{server: opts.Server, token: opts.Token, rt: transport()}, program: opts.Program, helm: opts.Helm,
		next: new(atomic.Int64), dir: dir, run: fmt.Sprintf("%x-", time.Now().UnixMilli()&0xffffff),
	}
	defer st.dropGroups(context.WithoutCancel(ctx), opts.workers())
	var results []Result
	for _, s := range Scenarios() {
		if len(opts.Scenarios) > 0 && !slices.Contains(opts.Scenarios, s.Name) {
			continue
		}
		r, err := st.scenario(ctx, s, opts)
		if err != nil {
			return results, fmt.Errorf("%s: %w", s.Name, err)
		}
		results = append(results, r)
	}
	return results, ctx.Err()
}

// scenario plays the cases of one scenario. Where the release is there before, so is the
// definition of its kind: the cases of a worker share it, since each one that comes or
// goes costs the server a second. An installation brings its own.
func (st *stage) scenario(ctx context.Context, s Scenario, opts Options) (Result, error) {
	want, violations, err := st.clean(ctx, s)
	if err != nil {
		return Result{}, err
	}
	r := Result{Scenario: s.Name, Requests: len(want.keys), Clean: violations}
	todo := make(chan Injection)
	done := make(chan Case)
	var wg sync.WaitGroup
	for i := range opts.workers() {
		group := ""
		if s.Setup != nil {
			group = fmt.Sprintf("g%s%d", st.run, i)
		}
		wg.Go(func() {
			for in := range todo {
				done <- st.disturbed(ctx, s, in, want, group)
			}
		})
	}
	go func() {
		defer close(todo)
		keys := slices.DeleteFunc(slices.Clone(want.keys), func(k Key) bool { return !strings.Contains(k.Path, opts.Only) })
		for i, in := range injections(keys) {
			if ctx.Err() == nil && (opts.Every < 2 || i%opts.Every == opts.Offset%opts.Every) {
				todo <- in
			}
		}
	}()
	go func() { wg.Wait(); close(done) }()
	for c := range done {
		r.Cases = append(r.Cases, c)
		if opts.Progress != nil {
			opts.Progress(c)
		}
	}
	return r, nil
}

// maxOrdinal is how often a request that is made again and again is disturbed.
const maxOrdinal = 3

// injections lists the faults of the requests of a command. Requests that only read are
// not told apart before and after, and nobody conflicts with them; every eighth hangs.
func injections(keys []Key) []Injection {
	var all []Injection
	for i, k := range keys {
		if k.Ordinal > maxOrdinal {
			continue
		}
		faults := []Fault{KillBefore, Error500, Error429}
		if k.Mutates() {
			faults = append(faults, KillAfter, Error409, Reset)
		}
		if i%8 == 0 && k.Verb != "WATCH" {
			faults = append(faults, Hang)
		}
		for _, f := range faults {
			all = append(all, Injection{k, f})
		}
	}
	return all
}

// clean plays a scenario undisturbed.
func (st *stage) clean(ctx context.Context, s Scenario) (*expectation, []Violation, error) {
	p, err := st.newPlay("")
	if err != nil {
		return nil, nil, err
	}
	defer p.sweep(ctx)
	if err := p.setup(ctx, s); err != nil {
		return nil, nil, err
	}
	o := p.command(ctx, s.Command, nil)
	if o.ok == s.Fails {
		return nil, nil, fmt.Errorf("undisturbed, with success %v: %s", o.ok, o.output)
	}
	p.checkEnd(ctx, s.Command)
	if s.Then != nil {
		if o := p.command(ctx, s.Then, nil); !o.ok {
			p.witness.violate("I3", "undisturbed, but what follows failed: %s", p.hide(o.output))
		}
	}
	want := &expectation{keys: o.keys}
	if want.after, err = p.api.observe(ctx, p.place); err != nil {
		return nil, nil, err
	}
	p.checkHelm(ctx)
	relabel(want.after, p.place)
	want.left = p.finish(ctx, s)
	return want, p.witness.seen(), nil
}

// relabel takes the place out of the records of a state, whose objects have lost it.
func relabel(s *state, at place) {
	for _, r := range s.records {
		r.Manifest = at.hide(r.Manifest)
	}
}

// disturbed plays a scenario with a fault.
func (st *stage) disturbed(ctx context.Context, s Scenario, in Injection, want *expectation, group string) Case {
	c := Case{Scenario: s.Name, Injection: in}
	p, err := st.newPlay(group)
	if err != nil {
		c.Violations = []Violation{{"harness", err.Error()}}
		return c
	}
	defer p.sweep(context.WithoutCancel(ctx))
	if err := p.setup(ctx, s); err != nil {
		c.Violations = []Violation{{"harness", err.Error()}}
		return c
	}
	o := p.command(ctx, s.Command, &in)
	c.Missed, c.Killed = !o.hit, o.killed
	if !o.ok {
		c.Output = p.hide(o.output)
	}
	if !o.killed {
		p.checkEnd(ctx, s.Command)
	}
	if p.next.Load()%8 == 0 {
		p.checkHelm(ctx)
	}
	verb := p.goOn(ctx, s, o, in == Injection{want.keys[len(want.keys)-1], KillAfter})
	after, err := p.api.observe(ctx, p.place)
	if err != nil {
		p.witness.violate("harness", "reading the state: %v", err)
	} else {
		p.witness.checkHooks(verb, after.records)
		for _, v := range after.compare(want.after, p.place) {
			p.witness.violate(v.Invariant, "%s", v.Text)
		}
	}
	left := p.finish(ctx, s)
	for name := range left.objects {
		if _, ok := want.left.objects[name]; !ok {
			p.witness.violate("left", "%s is left", name)
		}
	}
	c.Violations = p.witness.seen()
	return c
}

// goOn does after a disturbed command what a person would do. It returns the verb whose
// hooks have run when all is done. A command that was killed when the server had done
// its last request, which is all of it, has ended: an installation that is repeated then
// is a second one, which is refused, and so is an uninstall.
func (p *play) goOn(ctx context.Context, s Scenario, o outcome, all bool) string {
	args, last := s.Command, s.Command
	switch {
	case s.Then != nil:
		args = s.Then
	case o.ok, o.killed && all && !s.Fails && (s.Command[0] == "install" || s.Command[0] == "uninstall"):
		args = nil
	case !o.killed && s.Recover != nil:
		args = s.Recover
	}
	exists := !p.witness.empty()
	if args != nil {
		last = args
		again := p.command(ctx, args, nil)
		if !again.ok {
			p.witness.violate("I3", "%s then failed: %s", args[0], p.hide(again.output))
		}
		p.checkEnd(ctx, args)
	}
	return verb(last, exists)
}
