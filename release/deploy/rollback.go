package deploy

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/hchart/hchart/hooks"
	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
	"github.com/hchart/hchart/release/manifest"
)

// RollbackOptions are the options of Rollback.
type RollbackOptions struct {
	Apply
	// Revision is the one to go back to; 0 means the one before the last.
	Revision int
	// MaxHistory is how many records are kept, all if it is 0.
	MaxHistory int
}

// MaxDescription is Helm's limit for the description of a rollback, in characters.
const MaxDescription = 256

// Rollback makes a new revision that is like an earlier one. The release comes back with
// an error, too, once there is a record of it. The errors are like those of Upgrade, and
// *NoRevisionError.
func Rollback(ctx context.Context, env Env, name string, opts RollbackOptions) (*release.Release, error) {
	if opts.Revision < 0 {
		return nil, &OptionError{Reason: "invalid release revision"}
	}
	if n := utf8.RuneCountInString(opts.Description); n > MaxDescription {
		return nil, &OptionError{Reason: fmt.Sprintf("description must be %d characters or less, got %d", MaxDescription, n)}
	}
	r := &roller{env: &env, name: name, opts: &opts}
	if opts.DryRun != DryRunNone {
		op := &operation{env: &env, name: name}
		if err := op.load(ctx); err != nil {
			return nil, err
		}
		err := r.prepare(op)
		return r.rel, err
	}
	err := begin(ctx, &env, name, "rollback", r.run)
	return r.rel, err
}

// roller is one call of Rollback.
type roller struct {
	env  *Env
	name string
	opts *RollbackOptions
	rel  *release.Release
	plan plan
}

// target is the revision to go back to. What a rollback that died went back to is what
// the same one, given again without a revision, goes back to.
func (r *roller) target(op *operation) (*release.Release, error) {
	last := op.history.Last()
	if last == nil {
		return nil, &release.NotFoundError{Name: r.name}
	}
	revision := r.opts.Revision
	if revision == 0 {
		revision = last.Release.Version - 1
		if again := last.Release.Info.RollbackRevision; op.inherited("rollback") && op.isDeads(last.Release) && again != 0 {
			revision = again
		}
	}
	rec := op.history.Revision(revision)
	if rec == nil {
		return nil, &NoRevisionError{Name: r.name, Revision: revision}
	}
	return rec.Release, nil
}

func (r *roller) prepare(op *operation) error {
	to, err := r.target(op)
	if err != nil {
		return err
	}
	if r.plan.serverSide, err = serverSide(r.opts.ServerSide, "auto", to.ApplyMethod); err != nil {
		return err
	}
	if err := r.opts.Apply.check(r.plan.serverSide); err != nil {
		return err
	}
	last := op.history.Last().Release
	clone := to.Clone()
	r.rel = &release.Release{
		Name: r.name, Namespace: last.Namespace, Chart: to.Chart, Config: to.Config,
		Manifest: to.Manifest, Hooks: clone.Hooks, Version: op.next(), Labels: clone.Labels,
		ApplyMethod: applyMethod(r.plan.serverSide),
		Info: &release.Info{
			FirstDeployed: last.Info.FirstDeployed, LastDeployed: r.env.now(), Notes: to.Info.Notes,
			Status: release.PendingRollback, RollbackRevision: to.Version,
			Description: fmt.Sprintf("Rollback to %d", to.Version),
		},
	}
	if r.opts.Description != "" {
		r.rel.Info.Description = r.opts.Description
	}
	return nil
}

// run rolls back, with the lease. A release that another program has left pending can be
// rolled back: that is the way out.
func (r *roller) run(ctx context.Context, op *operation) error {
	if last := op.history.Last(); last != nil && r.isDone(op, last.Release) {
		r.rel = last.Release
		return op.succeed(ctx, last)
	}
	if err := r.prepare(op); err != nil {
		return err
	}
	var err error
	if r.plan.target, err = r.env.objects(ctx, r.rel.Manifest); err != nil {
		return err
	}
	if err := op.compareWith(ctx, &r.plan); err != nil {
		return err
	}
	if err := op.settle(ctx); err != nil {
		return err
	}
	rec, err := op.add(ctx, r.rel)
	if err != nil {
		return err
	}
	changes, err := op.execute(ctx, rec, &r.plan, manifest.PreRollback, manifest.PostRollback, &r.opts.Apply)
	if err == nil {
		if err = op.succeed(ctx, rec); err == nil {
			return op.prune(ctx, r.opts.MaxHistory)
		}
	}
	failure := &FailedError{Name: r.name, Err: err}
	// Helm's words: waiting has its own.
	what := "Rollback"
	_, hook := errors.AsType[*hooks.Error](err)
	if _, ok := errors.AsType[*kube.WaitError](err); ok && !hook {
		what = "Release"
	}
	recordErr := op.fail(ctx, rec, fmt.Sprintf("%s %q failed: %s", what, r.name, err))
	if r.opts.CleanupOnFail && ctx.Err() == nil && recordErr == nil {
		failure.CleanupErr = op.cleanUp(ctx, changes)
	}
	return join(failure, recordErr)
}

// isDone reports whether the last revision is what this rollback is to make: the same
// one made it, and died before it could say so.
func (r *roller) isDone(op *operation, last *release.Release) bool {
	back := last.Info.RollbackRevision
	return op.inherited("rollback") && op.isDeads(last) && last.Info.Status == release.Deployed && back != 0 &&
		(r.opts.Revision == 0 || r.opts.Revision == back)
}

// settle ends a last revision that another program left pending.
func (op *operation) settle(ctx context.Context) error {
	last := op.history.Last()
	if !last.Release.Info.Status.IsPending() {
		return nil
	}
	last.Release.SetStatus(release.Failed, fmt.Sprintf("Left %s", last.Release.Info.Status))
	return op.save(ctx, last)
}
