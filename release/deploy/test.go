package deploy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hchart/hchart/hooks"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/manifest"
)

// TestOptions are the options of Test.
type TestOptions struct {
	// Timeout is for each test.
	Timeout time.Duration
	// Include are the names of the tests to run, all if there are none; Exclude are
	// not run.
	Include, Exclude []string
	// Logs reports the logs of all tests as events, before any is deleted.
	Logs bool
}

// Test runs the test hooks of the last revision. The release comes back with an error,
// too, if there is one: its hooks say how their last run went.
func Test(ctx context.Context, env Env, name string, opts TestOptions) (*release.Release, error) {
	t := &tester{env: &env, name: name, opts: &opts}
	err := begin(ctx, &env, name, "test", t.run)
	return t.rel, err
}

// tester is one call of Test.
type tester struct {
	env  *Env
	name string
	opts *TestOptions
	rel  *release.Release
}

func (t *tester) run(ctx context.Context, op *operation) error {
	last := op.history.Last()
	if last == nil {
		return &release.NotFoundError{Name: t.name}
	}
	t.rel = last.Release
	all := t.rel.Hooks
	var wanted []*release.Hook
	for _, h := range all {
		if t.wants(h) {
			wanted = append(wanted, h)
		}
	}
	chosen := &release.Record{Release: t.rel.Clone(), Version: last.Version}
	chosen.Release.Hooks = wanted
	list, hookOpts := op.hooksOf(chosen, &Apply{Timeout: t.opts.Timeout})
	// The record has all hooks; those that run are shared with it.
	record := hookOpts.Record
	hookOpts.Record = func(ctx context.Context) error {
		chosen.Release.Hooks = all
		err := record(ctx)
		chosen.Release.Hooks = wanted
		return err
	}
	hookOpts.Keep = true
	cluster := op.hookCluster(t.rel.IsServerSide())
	failure := hooks.Run(ctx, cluster, list, manifest.Test, hookOpts)
	last.Version = chosen.Version
	if ctx.Err() == nil {
		if t.opts.Logs {
			t.logs(ctx, cluster, list)
		}
		failure = join(failure, hooks.Clean(ctx, cluster, list, manifest.Test, failure, hookOpts))
	}
	ctx, cancel := op.ending(ctx)
	defer cancel()
	return join(failure, op.save(ctx, last))
}

func (t *tester) wants(h *release.Hook) bool {
	if len(t.opts.Include) > 0 && !slices.Contains(t.opts.Include, h.Name) {
		return false
	}
	return !slices.Contains(t.opts.Exclude, h.Name)
}

// logs reports the logs of the tests that ran.
func (t *tester) logs(ctx context.Context, cluster *hookCluster, list []*hooks.Hook) {
	for _, h := range hooks.Order(list, manifest.Test) {
		if h.Phase == "" {
			continue
		}
		err := cluster.Logs(ctx, h.Manifest, func(pod, container, text string) {
			t.env.notify(Event{Kind: HookLog, Pod: pod, Container: container, Text: text})
		})
		if err != nil && !kube.IsNotFound(err) {
			t.env.warn(fmt.Sprintf("logs of %s %q: %v", h.Kind, h.Name, err))
		}
	}
}
