package deploy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hchart/hchart/release"
	"github.com/hchart/hchart/release/kube"
)

// operation is one verb at work on one release, whose lease it has.
type operation struct {
	env   *Env
	name  string
	lease *kube.Lease
	// history is what was there, oldest first; new records are added to it.
	history release.History
	// dead is the command that died with the lease, if there was one.
	dead *kube.Dead
	// base is the revision that an upgrade goes on from.
	base *release.Release
	// open says that a record could not be brought to its end.
	open bool
	// until is when everything has to have ended, once the context has.
	until time.Time
}

// How long ending takes at most: writing the last record and giving back the lease, both
// together after the context has ended, each otherwise.
const (
	hasteTime  = 700 * time.Millisecond
	endingTime = 15 * time.Second
)

// ending is a context for what has to be done at the end, even if ctx has ended.
func (op *operation) ending(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return context.WithTimeout(ctx, endingTime)
	}
	if op.until.IsZero() {
		op.until = time.Now().Add(hasteTime)
	}
	return context.WithDeadline(context.WithoutCancel(ctx), op.until)
}

// begin takes the lease of a release, reads its records, and repairs what a command left
// that died. do is called with a context that ends when the lease is lost.
func begin(ctx context.Context, env *Env, name, verb string, do func(context.Context, *operation) error) error {
	lease, err := env.Client.AcquireLease(ctx, env.Namespace, name, kube.LeaseOptions{
		Operation: verb,
		Waiting: func(holder string) {
			env.warn(fmt.Sprintf("%s has the lease on release %q; waiting until it shows that it is alive, or the lease expires", holder, name))
		},
	})
	if err != nil {
		if op, ok := withoutNamespace(ctx, env, name, verb, err); ok {
			return do(ctx, op)
		}
		return err
	}
	if denied := lease.Denied(); denied != nil {
		env.warn(fmt.Sprintf("going on without a lease: do not work on release %q from two places at once (%v)", name, denied))
	}
	op := &operation{env: env, name: name, lease: lease}
	if dead, ok := lease.Stolen(); ok {
		op.dead = &dead
	}
	inner, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-lease.Lost():
			cancel(errLost)
		case <-stop:
		}
	}()
	err = op.load(inner)
	if err == nil {
		err = do(inner, op)
	}
	if errors.Is(context.Cause(inner), errLost) {
		err = lease.Check(ctx)
	}
	return join(err, op.end(ctx))
}

// withoutNamespace is the operation on a release in a namespace that does not exist, for
// which there is no lease. The release is not there either, which is what do says then
// before it does anything; only install goes on from there. ok is false where records
// are kept somewhere else and there are some.
func withoutNamespace(ctx context.Context, env *Env, name, verb string, err error) (op *operation, ok bool) {
	if verb == "install" || !kube.IsNotFound(err) {
		return nil, false
	}
	op = &operation{env: env, name: name}
	if op.load(ctx) != nil || op.history.Last() != nil {
		return nil, false
	}
	return op, true
}

var errLost = errors.New("the lease was lost")

// end gives the lease back, or leaves it for the next command to find if there is
// something to repair.
func (op *operation) end(ctx context.Context) error {
	ctx, cancel := op.ending(ctx)
	defer cancel()
	if op.open {
		op.lease.Abandon(ctx)
		return nil
	}
	if err := op.lease.Release(ctx); err != nil {
		op.env.warn(fmt.Sprintf("the lease of release %q could not be deleted, it expires in half a minute: %v", op.name, err))
	}
	return nil
}

// load reads the records, and marks the one of a command that died as failed.
func (op *operation) load(ctx context.Context) error {
	h, err := release.LoadHistory(ctx, op.env.Store, op.name)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	op.history = h
	last := h.Last().Release
	// An installation that died while it undid what it had done is as one that failed.
	undoing := last.Info.Status == release.Uninstalling && op.inherited("install")
	if !op.isDeads(last) || !last.Info.Status.IsPending() && !undoing {
		return nil
	}
	op.env.warn(fmt.Sprintf("revision %d of release %q was left %s by a command that died; it is marked as failed", last.Version, last.Name, last.Info.Status))
	last.SetStatus(release.Failed, fmt.Sprintf("Left %s by a command that died", last.Info.Status))
	over := op.endHooks(last)
	if err := op.save(ctx, h.Last()); err != nil {
		return err
	}
	op.sweepHooks(ctx, over, last.ApplyMethod == release.ServerSide)
	return nil
}

// isDeads reports whether a revision is the work of the command that died.
func (op *operation) isDeads(r *release.Release) bool { return op.whileDead(r.Info.LastDeployed) }

// whileDead reports whether a time is of when the command ran that died.
func (op *operation) whileDead(t time.Time) bool {
	return op.dead != nil && !t.Before(op.dead.Since) && !t.After(op.dead.Until)
}

// inherited reports whether the command that died was doing verb.
func (op *operation) inherited(verb string) bool { return op.dead != nil && op.dead.Operation == verb }

// pending is the error for a release that somebody else works on.
func (op *operation) pending() error {
	if last := op.history.Last(); last != nil && last.Release.Info.Status.IsPending() {
		r := last.Release
		return &PendingError{Name: r.Name, Revision: r.Version, Status: r.Info.Status, Since: r.Info.LastDeployed}
	}
	return nil
}

// add writes the record of a new revision.
func (op *operation) add(ctx context.Context, r *release.Release) (*release.Record, error) {
	if err := op.lease.Check(ctx); err != nil {
		return nil, err
	}
	version, err := op.create(ctx, r)
	if err != nil {
		// It may have been written, or may still be.
		op.open = ctx.Err() != nil || passing(err)
		return nil, err
	}
	rec := &release.Record{Release: r, Version: version}
	op.history = append(op.history, rec)
	if err := ctx.Err(); err != nil {
		return nil, join(err, op.fail(ctx, rec, fmt.Sprintf("Release %q failed: %s", r.Name, err)))
	}
	return rec, nil
}

// fail ends a revision as failed. It tries to write that even if ctx has ended.
func (op *operation) fail(ctx context.Context, rec *release.Record, description string) error {
	rec.Release.SetStatus(release.Failed, description)
	ctx, cancel := op.ending(ctx)
	defer cancel()
	if err := op.save(ctx, rec); err != nil {
		op.open = true
		return fmt.Errorf("recording that it failed: %w", err)
	}
	return nil
}

// succeed ends a revision as deployed, and then those that were before it as superseded,
// so that there always is one that is deployed.
func (op *operation) succeed(ctx context.Context, rec *release.Record) error {
	if err := op.lease.Check(ctx); err != nil {
		op.open = true
		return err
	}
	rec.Release.Info.Status = release.Deployed
	if err := op.save(ctx, rec); err != nil {
		op.open = true
		return fmt.Errorf("recording that it is deployed: %w", err)
	}
	for _, old := range op.history {
		if old != rec && op.isOver(old.Release) {
			old.Release.Info.Status = release.Superseded
			if err := op.save(ctx, old); err != nil {
				op.open = true
				return fmt.Errorf("recording that revision %d is superseded: %w", old.Release.Version, err)
			}
		}
	}
	return nil
}

// isOver reports whether a revision is to be superseded by one that is deployed. As in
// Helm, it may have failed if an upgrade went on from it.
func (op *operation) isOver(r *release.Release) bool {
	return r.Info.Status == release.Deployed || r == op.base && r.Info.Status == release.Failed
}

// prune deletes the oldest records beyond a limit.
func (op *operation) prune(ctx context.Context, keep int) error {
	for _, old := range op.history.Prune(keep) {
		if err := op.remove(ctx, old.Release.Version); err != nil {
			return fmt.Errorf("deleting revision %d, which is beyond the limit of the history: %w", old.Release.Version, err)
		}
	}
	return nil
}

// next is the number of the next revision.
func (op *operation) next() int {
	if last := op.history.Last(); last != nil {
		return last.Release.Version + 1
	}
	return 1
}
