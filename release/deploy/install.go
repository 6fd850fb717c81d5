package deploy

import (
	"context"
	"fmt"

	"github.com/hchart/hchart/chart"
	"github.com/hchart/hchart/engine"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/manifest"
)

// InstallOptions are the options of Install.
type InstallOptions struct {
	Apply
	Rendering
	// CreateNamespace makes the namespace of the release if it is not there.
	CreateNamespace bool
	// Replace uses a name whose release failed or was uninstalled with its history
	// kept.
	Replace bool
	// RollbackOnFailure uninstalls what could not be installed. It implies waiting.
	RollbackOnFailure bool
	SkipCRDs          bool
	Labels            map[string]string
}

// Install makes the first revision of a release. The release comes back with an error,
// too, once there is a record of it.
//
// The errors are those of the chart's packages, *InUseError, *kube.HeldError,
// *PendingError, *kube.OwnershipError, *kube.StatusError and others of package kube, and,
// after the record was made, *FailedError.
func Install(ctx context.Context, env Env, name string, ch *chart.Chart, vals map[string]any, opts InstallOptions) (*release.Release, error) {
	in := &installer{env: &env, name: name, opts: &opts}
	if err := in.check(); err != nil {
		return nil, err
	}
	if err := in.prepare(ctx, ch, vals); err != nil {
		return in.rel, err
	}
	if opts.DryRun != DryRunNone {
		in.rel.Info.Description = "Dry run complete"
		return in.rel, env.tryOut(ctx, name, &in.plan, &opts.Apply)
	}
	if opts.CreateNamespace {
		if _, err := env.Client.CreateNamespace(ctx, env.Namespace); err != nil {
			return nil, fmt.Errorf("creating the namespace %q: %w", env.Namespace, err)
		}
	}
	err := begin(ctx, &env, name, "install", in.run)
	return in.rel, err
}

// installer is one call of Install.
type installer struct {
	env  *Env
	name string
	opts *InstallOptions
	rel  *release.Release
	plan plan
}

func (in *installer) check() error {
	if in.opts.DryRun == DryRunNone && in.opts.HideSecrets {
		return &OptionError{Reason: errHidesNothing}
	}
	if err := CheckLabels(in.opts.Labels); err != nil {
		return err
	}
	if in.opts.RollbackOnFailure && !in.opts.waits() {
		in.opts.Wait = kube.WaitWatcher
	}
	var err error
	if in.plan.serverSide, err = serverSide(in.opts.ServerSide, "true", ""); err != nil {
		return err
	}
	return in.opts.Apply.check(in.plan.serverSide)
}

// prepare renders the chart and looks at what is there.
func (in *installer) prepare(ctx context.Context, ch *chart.Chart, vals map[string]any) error {
	if in.opts.DryRun != DryRunClient && !in.opts.SkipCRDs {
		var err error
		if in.plan.crds, err = in.env.definitions(ctx, ch); err != nil {
			return err
		}
	}
	out, err := in.env.render(ctx, ch, vals, engine.Release{
		Name: in.name, Namespace: in.env.Namespace, Revision: 1, IsInstall: true,
	}, &in.opts.Rendering, in.opts.DryRun, in.plan.crds)
	if err != nil {
		return err
	}
	now := in.env.now()
	in.rel = &release.Release{
		Name: in.name, Namespace: in.env.Namespace, Chart: out.chart, Config: vals,
		Manifest: out.manifest, Hooks: out.hooks, Version: 1, Labels: in.opts.Labels,
		ApplyMethod: applyMethod(in.plan.serverSide),
		Info: &release.Info{
			FirstDeployed: now, LastDeployed: now, Notes: out.notes,
			Status: release.PendingInstall, Description: "Initial install underway",
		},
	}
	if in.opts.DryRun == DryRunClient {
		return nil
	}
	return in.observe(ctx)
}

// observe finds the objects of the manifest, and those which are there already.
func (in *installer) observe(ctx context.Context) error {
	var err error
	if in.plan.target, err = in.env.objects(ctx, in.rel.Manifest); err != nil {
		return err
	}
	in.plan.live, err = in.env.unclaimed(ctx, in.name, in.plan.target, in.opts.TakeOwnership)
	return err
}

// run installs, with the lease.
func (in *installer) run(ctx context.Context, op *operation) error {
	if err := in.available(op); err != nil || in.rel.Info.Status == release.Deployed {
		return err
	}
	if last := op.history.Last(); last != nil {
		if err := in.replace(ctx, op, last); err != nil {
			return err
		}
	}
	// That the record is younger than the lease says whose it is.
	now := in.env.now()
	in.rel.Info.FirstDeployed, in.rel.Info.LastDeployed = now, now
	rec, err := op.add(ctx, in.rel)
	if err != nil {
		return err
	}
	if err := in.complete(ctx, op, rec); err != nil {
		return in.failed(ctx, op, rec, err)
	}
	return nil
}

func (in *installer) complete(ctx context.Context, op *operation, rec *release.Record) error {
	if _, err := op.execute(ctx, rec, &in.plan, manifest.PreInstall, manifest.PostInstall, &in.opts.Apply); err != nil {
		return err
	}
	in.rel.Info.Description = "Install complete"
	if in.opts.Description != "" {
		in.rel.Info.Description = in.opts.Description
	}
	return op.succeed(ctx, rec)
}

// available makes sure that the name can be used. After an install that died, it can be
// used by the same one given again; if that had come to its end, nothing is left to do.
func (in *installer) available(op *operation) error {
	last := op.history.Last()
	if last == nil {
		return nil
	}
	status := last.Release.Info.Status
	switch {
	case op.inherited("install") && op.isDeads(last.Release) && status == release.Failed:
		return nil
	case op.inherited("install") && op.isDeads(last.Release) && status == release.Deployed && in.isDone(last.Release):
		in.rel = last.Release
		return nil
	case in.opts.Replace && (status == release.Uninstalled || status == release.Failed):
		return nil
	case status.IsPending():
		return op.pending()
	}
	return &InUseError{Name: in.name, Status: status}
}

// isDone reports whether a revision is what is to be installed: the same chart with the
// same values. (What it was rendered to may differ: templates can use chance.)
func (in *installer) isDone(r *release.Release) bool {
	return sameJSON(r.Chart, in.rel.Chart) && (len(r.Config) == 0 && len(in.rel.Config) == 0 || sameJSON(r.Config, in.rel.Config))
}

// replace goes on after the records that are there.
func (in *installer) replace(ctx context.Context, op *operation, last *release.Record) error {
	in.rel.Version = last.Release.Version + 1
	if last.Release.Info.Status == release.Failed {
		return op.compareWith(ctx, &in.plan)
	}
	last.Release.SetStatus(release.Superseded, "superseded by new release")
	return op.save(ctx, last)
}

// failed ends the revision as failed, and undoes it if that is wanted.
func (in *installer) failed(ctx context.Context, op *operation, rec *release.Record, cause error) error {
	failure := &FailedError{Name: in.name, Err: cause}
	recordErr := op.fail(ctx, rec, fmt.Sprintf("Release %q failed: %s", in.name, cause))
	if in.opts.RollbackOnFailure && ctx.Err() == nil {
		u := &uninstaller{env: in.env, name: in.name, opts: &UninstallOptions{Timeout: in.opts.Timeout, NoHooks: in.opts.NoHooks, Wait: in.opts.Wait}}
		if failure.UndoErr = u.run(ctx, op); failure.UndoErr == nil {
			failure.Undone = "uninstalled"
		}
	}
	return join(failure, recordErr)
}
