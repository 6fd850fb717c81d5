package deploy

import (
	"context"
	"errors"
	"fmt"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/manifest"
)

// UpgradeOptions are the options of Upgrade.
type UpgradeOptions struct {
	Apply
	Rendering
	// RollbackOnFailure rolls back to the last good revision. It implies waiting.
	RollbackOnFailure bool
	// Of the values of the last revision: ResetValues takes none, ReuseValues takes
	// all with the defaults of its chart, ResetThenReuseValues those the user gave,
	// over the new chart's defaults. Without any of them they are used when no new
	// ones are given.
	ResetValues, ReuseValues, ResetThenReuseValues bool
	// SkipCRDs leaves out the definitions of the chart. An upgrade makes those that are
	// missing only while no revision was ever deployed: what failed before it may have
	// failed at them.
	SkipCRDs bool
	// MaxHistory is how many records are kept, all if it is 0.
	MaxHistory int
	// Labels are added to the last revision's; the value "null" takes one away.
	Labels map[string]string
}

// Upgrade makes a new revision of a release. The release comes back with an error, too,
// once there is a record of it. The errors are like those of Install, and
// *NothingDeployedError.
func Upgrade(ctx context.Context, env Env, name string, ch *chart.Chart, vals map[string]any, opts UpgradeOptions) (*release.Release, error) {
	up := &upgrader{env: &env, name: name, opts: &opts}
	if opts.DryRun == DryRunNone && opts.HideSecrets {
		return nil, &OptionError{Reason: errHidesNothing}
	}
	if err := CheckLabels(opts.Labels); err != nil {
		return nil, err
	}
	if opts.RollbackOnFailure && !opts.waits() {
		opts.Wait = kube.WaitWatcher
	}
	if opts.DryRun != DryRunNone {
		op := &operation{env: &env, name: name}
		if err := op.load(ctx); err != nil {
			return nil, err
		}
		if err := up.prepare(ctx, op, ch, vals); err != nil {
			return up.rel, err
		}
		up.rel.Info.Description = "Dry run complete"
		if opts.Description != "" {
			up.rel.Info.Description = opts.Description
		}
		return up.rel, env.tryOut(ctx, name, &up.plan, &opts.Apply)
	}
	err := begin(ctx, &env, name, "upgrade", func(ctx context.Context, op *operation) error {
		if err := up.prepare(ctx, op, ch, vals); err != nil {
			return err
		}
		return up.run(ctx, op)
	})
	return up.rel, err
}

// upgrader is one call of Upgrade.
type upgrader struct {
	env  *Env
	name string
	opts *UpgradeOptions
	rel  *release.Release
	plan plan
}

// current is the revision to go on from: the deployed one, else a failed or superseded
// last one.
func (up *upgrader) current(op *operation) (*release.Release, error) {
	last := op.history.Last()
	if last == nil {
		return nil, &NothingDeployedError{Name: up.name}
	}
	if err := op.pending(); err != nil {
		return nil, err
	}
	if deployed := op.history.LastDeployed(); deployed != nil {
		return deployed.Release, nil
	}
	if s := last.Release.Info.Status; s != release.Failed && s != release.Superseded {
		return nil, &NothingDeployedError{Name: up.name}
	}
	return last.Release, nil
}

// prepare renders the chart and looks at what is there.
func (up *upgrader) prepare(ctx context.Context, op *operation, ch *chart.Chart, vals map[string]any) error {
	current, err := up.current(op)
	if err != nil {
		return err
	}
	op.base = current
	last := op.history.Last().Release
	if up.plan.serverSide, err = serverSide(up.opts.ServerSide, "auto", last.ApplyMethod); err != nil {
		return err
	}
	if err := up.opts.Apply.check(up.plan.serverSide); err != nil {
		return err
	}
	if ch, vals, err = up.values(ctx, ch, vals, current); err != nil {
		return err
	}
	if op.history.LastGood() == nil && up.opts.DryRun != DryRunClient && !up.opts.SkipCRDs {
		if up.plan.crds, err = up.env.definitions(ctx, ch); err != nil {
			return err
		}
	}
	out, err := up.env.render(ctx, ch, vals, engine.Release{
		Name: up.name, Namespace: up.env.Namespace, Revision: op.next(), IsUpgrade: true,
	}, &up.opts.Rendering, up.opts.DryRun, up.plan.crds)
	if err != nil {
		return err
	}
	up.rel = &release.Release{
		Name: up.name, Namespace: up.env.Namespace, Chart: out.chart, Config: vals,
		Manifest: out.manifest, Hooks: out.hooks, Version: op.next(), Labels: mergeLabels(last.Labels, up.opts.Labels),
		ApplyMethod: applyMethod(up.plan.serverSide),
		Info: &release.Info{
			FirstDeployed: current.Info.FirstDeployed, LastDeployed: up.env.now(), Notes: out.notes,
			Status: release.PendingUpgrade, Description: "Preparing upgrade",
		},
	}
	if up.opts.DryRun == DryRunClient {
		return nil
	}
	return up.observe(ctx, op)
}

// observe finds the objects of the manifest, those which are there already, and those of
// earlier revisions.
func (up *upgrader) observe(ctx context.Context, op *operation) error {
	var err error
	if up.plan.target, err = up.env.objects(ctx, up.rel.Manifest); err != nil {
		return err
	}
	if err := op.compareWith(ctx, &up.plan); err != nil {
		return err
	}
	if up.opts.TakeOwnership {
		return nil
	}
	var fresh []*kube.Object
	for _, o := range up.plan.target {
		if !contains(up.plan.previous, o) {
			fresh = append(fresh, o)
		}
	}
	owner := kube.Owner{Release: up.name, Namespace: up.env.Namespace}
	if err := kube.CheckOwnership(up.plan.live, fresh, owner); err != nil {
		return fmt.Errorf("unable to continue with update: %w", err)
	}
	return nil
}

func contains(objs []*kube.Object, o *kube.Object) bool {
	for _, other := range objs {
		if other.Same(o) {
			return true
		}
	}
	return false
}

// compareWith looks at what earlier revisions may have left, and at what is there.
func (op *operation) compareWith(ctx context.Context, p *plan) error {
	since := op.history.Since()
	var err error
	if p.previous, err = op.env.earlier(ctx, since); err != nil {
		return err
	}
	p.steady = len(since) == 1 && since[0].Release.Info.Status == release.Deployed
	p.live, err = op.env.Client.Observe(ctx, append(p.previous[:len(p.previous):len(p.previous)], p.target...), kube.ObserveOptions{})
	return err
}

// run upgrades, with the lease.
func (up *upgrader) run(ctx context.Context, op *operation) error {
	rec, err := op.add(ctx, up.rel)
	if err != nil {
		return err
	}
	changes, err := op.execute(ctx, rec, &up.plan, manifest.PreUpgrade, manifest.PostUpgrade, &up.opts.Apply)
	if err == nil {
		up.rel.Info.Description = "Upgrade complete"
		if up.opts.Description != "" {
			up.rel.Info.Description = up.opts.Description
		}
		err = op.succeed(ctx, rec)
		if err == nil {
			return op.prune(ctx, up.opts.MaxHistory)
		}
	}
	return up.failed(ctx, op, rec, changes, err)
}

// failed ends the revision as failed, and undoes it if that is wanted.
func (up *upgrader) failed(ctx context.Context, op *operation, rec *release.Record, changes []kube.Change, cause error) error {
	failure := &FailedError{Name: up.name, Err: cause}
	recordErr := op.fail(ctx, rec, fmt.Sprintf("Upgrade %q failed: %s", up.name, cause))
	if ctx.Err() != nil || recordErr != nil {
		return join(failure, recordErr)
	}
	if up.opts.CleanupOnFail {
		failure.CleanupErr = op.cleanUp(ctx, changes)
	}
	if up.opts.RollbackOnFailure {
		good := op.history.LastGood()
		if good == nil {
			failure.UndoErr = errors.New("unable to find a previously successful release when attempting to rollback")
			return failure
		}
		opts := RollbackOptions{Revision: good.Release.Version, Apply: up.opts.Apply, MaxHistory: up.opts.MaxHistory}
		opts.Description, opts.CleanupOnFail = "", false
		// The revision may have been applied in the other way, which one of these does not go with.
		if on, err := serverSide(opts.ServerSide, "auto", good.Release.ApplyMethod); err == nil {
			opts.ForceConflicts, opts.ForceReplace = opts.ForceConflicts && on, opts.ForceReplace && !on
		}
		back := &roller{env: up.env, name: up.name, opts: &opts}
		if failure.UndoErr = back.run(ctx, op); failure.UndoErr == nil {
			failure.Undone = "rolled back"
		}
	}
	return failure
}
