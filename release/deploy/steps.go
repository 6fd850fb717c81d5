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

// plan is what a verb found out and decided before it writes anything.
type plan struct {
	// target are the objects wanted, previous those that may be there.
	target, previous []*kube.Object
	live             *kube.Observed
	// steady says that previous is what was applied last and nothing else.
	steady     bool
	serverSide bool
	crds       []*kube.Object
}

// execute carries a plan out: definitions, hooks, objects, waiting, hooks. It returns
// what it changed, also with an error.
func (op *operation) execute(ctx context.Context, rec *release.Record, p *plan, pre, post manifest.Event, a *Apply) ([]kube.Change, error) {
	env := op.env
	if len(p.crds) > 0 {
		changes, err := env.Client.InstallCRDs(ctx, p.crds, kube.ApplyOptions{ServerSide: p.serverSide, Guard: op.lease.Check}, max(a.Timeout, time.Minute))
		for _, ch := range changes {
			env.notify(Event{Kind: Applied, Change: ch})
		}
		if err != nil {
			return nil, fmt.Errorf("failed to install CRDs: %w", err)
		}
	}
	if !a.NoHooks {
		if err := op.runHooks(ctx, rec, pre, p.serverSide, a); err != nil {
			return nil, hookFailed(pre, err)
		}
	}
	changes, err := env.Client.Apply(ctx, kube.Plan{Live: p.live, Previous: p.previous, Target: p.target}, kube.ApplyOptions{
		ServerSide: p.serverSide, ForceConflicts: a.ForceConflicts, ForceReplace: a.ForceReplace, Steady: p.steady,
		Owner: kube.Owner{Release: op.name, Namespace: env.Namespace}, Guard: op.lease.Check,
		Progress: func(ch kube.Change) { env.notify(Event{Kind: Applied, Change: ch}) },
	})
	if err != nil {
		return changes, err
	}
	if a.waits() {
		err := env.Client.Wait(ctx, p.target, kube.WaitOptions{
			Strategy: a.Wait, Jobs: a.WaitForJobs, Timeout: a.Timeout,
			Progress: func(pr kube.Progress) { env.notify(Event{Kind: Waiting, Progress: pr}) },
		})
		if err != nil {
			return changes, err
		}
	}
	if !a.NoHooks {
		if err := op.runHooks(ctx, rec, post, p.serverSide, a); err != nil {
			return changes, hookFailed(post, err)
		}
	}
	return changes, nil
}

// hookFailed says in Helm's words which hooks failed.
func hookFailed(event manifest.Event, err error) error {
	switch event {
	case manifest.PreInstall, manifest.PostInstall:
		return fmt.Errorf("failed %s: %w", event, err)
	case manifest.PreUpgrade, manifest.PostUpgrade:
		return fmt.Errorf("%s hooks failed: %w", event, err)
	}
	return err
}

// runHooks runs the hooks of an event and keeps the record up to date.
func (op *operation) runHooks(ctx context.Context, rec *release.Record, event manifest.Event, serverSide bool, a *Apply) error {
	list, opts := op.hooksOf(rec, a)
	return hooks.Run(ctx, op.hookCluster(serverSide), list, event, opts)
}

// hooksOf makes the hooks of a record ready to run.
func (op *operation) hooksOf(rec *release.Record, a *Apply) ([]*hooks.Hook, hooks.Options) {
	var list []*hooks.Hook
	back := map[*hooks.Hook]*release.Hook{}
	for _, h := range rec.Release.Hooks {
		run := &hooks.Hook{
			Name: h.Name, Kind: h.Kind, Path: h.Path, Manifest: h.Manifest, Events: h.Events, Weight: h.Weight,
			DeletePolicies: h.DeletePolicies, LogPolicies: h.OutputLogPolicies,
		}
		list = append(list, run)
		back[run] = h
	}
	copyBack := func(h *hooks.Hook) {
		r := back[h]
		r.DeletePolicies = h.DeletePolicies
		r.LastRun = release.HookRun{StartedAt: h.StartedAt, CompletedAt: h.CompletedAt, Phase: release.Phase(h.Phase)}
	}
	env := op.env
	return list, hooks.Options{
		Timeout: a.Timeout, WaitDeleted: a.waits(), Now: env.now,
		Record: func(ctx context.Context) error {
			for _, h := range list {
				if h.Phase != "" {
					copyBack(h)
				}
			}
			if err := op.lease.Check(ctx); err != nil {
				return err
			}
			return op.save(ctx, rec)
		},
		Started: func(h *hooks.Hook) { env.notify(Event{Kind: HookStarted, Hook: back[h]}) },
		Ended: func(h *hooks.Hook) {
			copyBack(h)
			env.notify(Event{Kind: HookEnded, Hook: back[h]})
		},
		Log: func(h *hooks.Hook, pod, container, text string) {
			env.notify(Event{Kind: HookLog, Hook: back[h], Pod: pod, Container: container, Text: text})
		},
		Warn: func(h *hooks.Hook, err error) { env.warn(fmt.Sprintf("hook %s %q: %v", h.Kind, h.Name, err)) },
	}
}

// cleanUp deletes what a failed operation made (--cleanup-on-fail).
func (op *operation) cleanUp(ctx context.Context, changes []kube.Change) error {
	var made []*kube.Object
	for _, ch := range slices.Backward(changes) {
		if ch.Action == kube.Created {
			made = append(made, ch.Object)
		}
	}
	_, err := op.env.Client.Delete(ctx, made, kube.DeleteOptions{Guard: op.lease.Check, EvenKept: true})
	return err
}

// serverSide decides how objects are applied; before is how the release was.
func serverSide(option, byDefault, before string) (bool, error) {
	if option == "" {
		option = byDefault
	}
	switch option {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "auto":
		return before == release.ServerSide, nil
	}
	return false, &OptionError{Reason: "invalid/unknown release server-side apply method: " + option}
}

func applyMethod(serverSide bool) string {
	if serverSide {
		return release.ServerSide
	}
	return release.ClientSide
}

// check finds options that do not go together.
func (a *Apply) check(serverSide bool) error {
	switch {
	case a.ForceConflicts && a.ForceReplace:
		return &OptionError{Reason: "invalid operation: cannot use force conflicts and force replace together"}
	case serverSide && a.ForceReplace:
		return &OptionError{Reason: "invalid operation: cannot use server-side apply and force replace together"}
	case !serverSide && a.ForceConflicts:
		return &OptionError{Reason: "forceConflicts enabled when serverSideApply disabled: leave --force-conflicts out, " +
			"or apply on the server's side (--server-side=true)"}
	}
	return nil
}
